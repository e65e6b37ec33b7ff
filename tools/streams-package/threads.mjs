// An application on two threads of the packed package, whose topology is a TypeScript file: a third one comes, one goes, and all is counted exactly once. Usage: threads.mjs BOOTSTRAP
import assert from "node:assert/strict";
import { createClient } from "@ottla/client";
import { serdes, streams } from "@ottla/streams";

const [bootstrapServers] = process.argv.slice(2);
const name = `threads-${process.version}`;
const [input, output] = [`${name}-in`, `${name}-out`];
const KEYS = 20;
const client = createClient({ bootstrapServers });
const made = await client.admin().createTopics([
  { name: input, partitionCount: 4 },
  { name: output, partitionCount: 1 },
]);
for (const { error } of made) if (error !== undefined) throw error;

const app = streams(
  { module: new URL("./threads-topology.ts", import.meta.url), data: { input, output } },
  { applicationId: name, bootstrapServers, guarantee: "exactlyOnce", workers: 2, cacheMaxBytes: 0 },
);
await app.start();
assert.equal(app.workers().length, 2);
await produce();
assert.equal(await app.addWorker(), 3);
await produce();
assert.equal(await app.removeWorker(), 3);
await produce();
assert.deepEqual(
  await counts(3),
  Array.from({ length: KEYS }, () => [1, 2, 3]),
);
await app.close();
assert.equal(app.state, "NOT_RUNNING");
await client.close();

async function produce() {
  const producer = client.producer();
  for (let key = 0; key < KEYS; key++) void producer.enqueue({ topic: input, key: String(key), value: "v" });
  await producer.flush();
  await producer.close();
}

/** All counts of each key in their order, when each has as many as that. */
async function counts(each) {
  const consumer = client.consumer({ isolationLevel: "read_committed", autoOffsetReset: "earliest" });
  consumer.assign([{ topic: output, partition: 0 }]);
  const found = Array.from({ length: KEYS }, () => []);
  const deadline = Date.now() + 60_000;
  while (found.some((list) => list.length < each)) {
    assert.ok(Date.now() < deadline, `counts are missing: ${JSON.stringify(found)}`);
    for (const batch of await consumer.poll(1_000)) {
      for (const { key, value } of batch) found[Number(key)].push(Number(serdes.long.deserialize(output, value, [])));
    }
  }
  await consumer.close();
  return found;
}
