import type { Client } from "@ottla/client";
import { readProcessUsage, readResidentMemory } from "@ottla/conformance/process/process-usage";
import { makeTemporaryFolder, removeTemporaryFolder } from "@ottla/conformance/process/temporary-folder";
import { Comparison } from "../measure/comparison.ts";
import { Contestant } from "./contestant.ts";
import { makeInputTopics, PARTITIONS } from "./input-topics.ts";
import { bodyOf, sidesOf, type StreamsBenchPart } from "./part.ts";

const RECORDS = 10_000_000;
const KEY_BYTES = 12;
const VALUE_BYTES = 8;
const APPLICATION_ID = "bench-restore";
const COMMIT_INTERVAL_MS = 100;

/** How long an application takes to make its counts again from their changelog, and what memory it has then. */
export const restorePart: StreamsBenchPart = {
  title: "restoring a store",
  async run(options, { cluster, client }) {
    const { records = RECORDS } = options;
    await makeInputTopics(client);
    await fillChangelog(client, records);
    const comparison = new Comparison();
    const megabytes = (records * (KEY_BYTES + VALUE_BYTES)) / 1e6;
    for (let round = 0; round < options.rounds; round++) {
      for (const stores of options.stores) {
        for (const side of sidesOf(options, round)) {
          const folder = makeTemporaryFolder("streams-restore");
          const isExact = options.guarantees[0] === "exactlyOnce";
          const application = {
            shape: "count",
            applicationId: APPLICATION_ID,
            isExact,
            stores,
            commitIntervalMs: COMMIT_INTERVAL_MS,
          } as const;
          const contestant = await Contestant.start(side, { ...application, bootstrap: cluster.bootstrap, folder }, options.nodeArguments);
          try {
            if (options.applicationCore !== undefined) contestant.pinTo(options.applicationCore);
            await contestant.state("REBALANCING");
            const before = { atMs: performance.now(), cpuSeconds: readProcessUsage(contestant.pid).cpuSeconds };
            await contestant.running();
            const seconds = (performance.now() - before.atMs) / 1000;
            const { cpuSeconds } = readProcessUsage(contestant.pid);
            const { ownBytes, fileBytes } = readResidentMemory(contestant.pid);
            const row = `into ${stores === "disk" ? "lmdb, RocksDB" : "memory"}`;
            comparison.add(`${row}: MB/s`, side, megabytes / seconds, { than: "kafka", atLeast: 1 });
            comparison.add(`${row}: MB per second of CPU`, side, megabytes / (cpuSeconds - before.cpuSeconds));
            comparison.add(`${row}: own memory when it runs, MiB`, side, ownBytes / 2 ** 20);
            comparison.add(`${row}: pages of mapped files beside it, MiB`, side, fileBytes / 2 ** 20);
          } finally {
            await contestant.close();
            removeTemporaryFolder(folder);
            // Java's stays a member until its session ends, and the next one speaks another protocol.
            await client.admin().removeGroupMembers(APPLICATION_ID);
          }
        }
      }
    }
    const said = `${records / 1e6} million counts in ${PARTITIONS} partitions, each of its own key (${KEY_BYTES} bytes of key, ${VALUE_BYTES} of value: ${Math.round(megabytes)} MB), from joining the group until the application runs. Java's is given a heap of 4 GiB. Pages of mapped files are the system's cache of the file, which go when something else needs the room; RocksDB reads its files without mapping them, and what the system caches of them counts nowhere.`;
    return bodyOf(said, comparison);
  },
};

/** What an application that counted so many keys has left behind; its group has committed nothing, and its input is empty. */
async function fillChangelog(client: Client, records: number): Promise<void> {
  const topic = `${APPLICATION_ID}-counts-changelog`;
  const configs = { "cleanup.policy": "compact" };
  await client.admin().createTopics([{ name: topic, partitionCount: PARTITIONS, replicationFactor: 1, configs }]);
  const producer = client.producer({ lingerMs: 5, batchSizeBytes: 131_072 });
  const value = Buffer.alloc(VALUE_BYTES);
  const timestamp = Date.now();
  for (let i = 0; i < records; i++) {
    value.writeBigInt64BE(BigInt(i));
    const key = `key-${String((i * 7919) % records).padStart(KEY_BYTES - 4, "0")}`;
    const room = producer.enqueue({ topic, key, value, partition: i % PARTITIONS, timestamp });
    if (room !== undefined) await room;
  }
  await producer.close();
}
