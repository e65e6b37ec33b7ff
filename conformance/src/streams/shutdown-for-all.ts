import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createClient } from "@ottla/client";
import { type ApplicationProtocol, serdes, streams, StreamsBuilder } from "@ottla/streams";
import { waitUntil } from "../process/wait-until.ts";

/** One of three instances fails and asks for the end of the whole application: all end in an error, that one in its own. */
export async function assertShutdownForAll(bootstrap: string, groupProtocol: ApplicationProtocol): Promise<void> {
  const applicationId = `ends-${randomUUID().slice(0, 8)}`;
  const lines = `${applicationId}-lines`;
  const client = createClient({ bootstrapServers: bootstrap });
  try {
    await client.admin().createTopics([{ name: lines, partitionCount: 3 }]);
    const instance = (fails: boolean) => {
      const b = new StreamsBuilder();
      const counted = b.stream(lines, { key: serdes.string, value: serdes.string }).groupByKey().count({ store: "counts" });
      counted.toStream().forEach((count) => {
        if (fails && count === 2) throw new Error("two is too many");
      });
      return streams(b.build(), {
        applicationId,
        bootstrapServers: bootstrap,
        groupProtocol,
        commitIntervalMs: 50,
        cacheMaxBytes: 0,
        onError: { fatal: fails ? "shutdownApplication" : () => "restart" },
      });
    };
    await using failing = instance(true);
    await using second = instance(false);
    await using third = instance(false);
    const apps = [failing, second, third];
    await Promise.all(apps.map((app) => app.start()));
    const producer = client.producer();
    for (let round = 0; round < 2; round++) {
      await Promise.all([0, 1, 2].map((partition) => producer.send([{ topic: lines, partition, key: "a", value: "b" }])));
    }
    for (const app of apps) await waitUntil("the application ends", () => app.state === "ERROR");
    assert.match(failing.error?.message ?? "", /two is too many/);
    for (const { error } of [second, third]) await assert.rejects(Promise.reject(error!), { code: "STREAMS_SHUTDOWN" });
  } finally {
    await client.close();
  }
}
