// Streams applications on Apache Kafka and on Ottla: the code that passes in the driver and on @ottla/testing passes here, and an input that gets more partitions ends the application with what is to be done.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { createClient } from "@ottla/client";
import { serdes, streams, StreamsBuilder } from "@ottla/streams";
import { waitUntil } from "./process/wait-until.ts";
import { assertSameAsDriver, sharedApplications } from "./streams/same-as-driver.ts";
import { assertShutdownForAll } from "./streams/shutdown-for-all.ts";
import { requireTarget } from "./target.ts";

const { bootstrap } = requireTarget();
const protocols = ["classic", "streams"] as const;

for (const application of sharedApplications) {
  for (const groupProtocol of protocols) {
    for (const guarantee of ["exactlyOnce", "atLeastOnce"] as const) {
      test(`every topic has what the driver writes, ${guarantee}, ${groupProtocol} group: ${application.what}`, () =>
        assertSameAsDriver(bootstrap, application, guarantee, groupProtocol));
    }
  }
}

for (const groupProtocol of protocols) {
  test(`an instance that fails may end them all, ${groupProtocol} group`, () => assertShutdownForAll(bootstrap, groupProtocol));
}

test("an input that gets more partitions ends all instances, and keeps new ones from starting, with both numbers and the remedy", async () => {
  const applicationId = `grown-${randomUUID().slice(0, 8)}`;
  const [lines, counts] = [`${applicationId}-lines`, `${applicationId}-counts`];
  const client = createClient({ bootstrapServers: bootstrap });
  try {
    await client.admin().createTopics([lines, counts].map((name) => ({ name, partitionCount: 2 })));
    const b = new StreamsBuilder();
    b.stream(lines, { key: serdes.string, value: serdes.string }).groupByKey().count({ store: "counts" }).toStream().to(counts);
    const options = { applicationId, bootstrapServers: bootstrap, client: { metadataMaxAgeMs: 500 } } as const;
    await using first = streams(b.build(), options);
    await using second = streams(b.build(), options);
    await Promise.all([first.start(), second.start()]);
    const [grown] = await client.admin().createPartitions([{ topic: lines, partitionCount: 3 }]);
    assert.equal(grown?.error, undefined);
    const expected = {
      code: "STREAMS_INTERNAL_TOPIC",
      message:
        /^Topic .*-lines has 3 partitions now, and had 2: topic .*-counts-changelog .* has 2 partitions and would need 3.*ottla streams reset/,
    };
    for (const app of [first, second]) {
      await waitUntil("the application ends", () => app.state === "ERROR");
      await assert.rejects(Promise.reject(app.error!), expected);
    }
    await using third = streams(b.build(), options);
    await assert.rejects(third.start(), {
      code: "STREAMS_INTERNAL_TOPIC",
      message: /-lines has 3 partitions\) is not as it was .*-counts-changelog .* has 2 partitions and would need 3/,
    });
  } finally {
    await client.close();
  }
});
