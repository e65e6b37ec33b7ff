import { fillTopic } from "./fill-topic.ts";
import { type ClientBenchPart, inTurns } from "./part.ts";
import { withPayloads } from "./payloads.ts";
import type { ConsumeTask, PeerResult } from "./task.ts";

const SECONDS_MAX = 5;
const goals = { batches: { ofBest: 5, ofJava: 1 }, "batch objects": { ofBest: 2, ofJava: 1 }, records: { ofBest: 2, ofJava: 1 } } as const;
const modeNames = { batches: "batches", "batch objects": "objects, batch by batch", records: "one record at a time" } as const;
const sizes = [
  { name: "100 B", payloadBytes: 100, records: 4_000_000 },
  { name: "1 KB", payloadBytes: 1000, records: 1_000_000 },
] as const;

/** Reading what is there, from the beginning, by one member of a group. */
export const consumePart: ClientBenchPart = {
  title: "The client beside its peers: consuming",
  async run(options, bootstrap, table) {
    for (const { name, payloadBytes, records: all } of sizes) {
      if (!name.includes(options.workload)) continue;
      const records = options.quick ? all / 50 : all;
      await withPayloads(payloadBytes, async (payloadFile) => {
        const topic = `consume-${payloadBytes}`;
        await fillTopic(bootstrap, topic, { payloadFile, payloadBytes, records });
        const task = {
          kind: "consume",
          bootstrap,
          topic,
          records,
          warmUpRecords: records / 5,
          secondsMax: SECONDS_MAX,
        } as const;
        for (const mode of ["batches", "batch objects", "records"] as const) {
          await inTurns(options, async (peer) => {
            const add = (result: PeerResult | undefined): void => {
              if (result === undefined) return;
              const { count, seconds, cpuSeconds } = result;
              const row = `${name}, ${modeNames[mode]}`;
              table.add(`${row}: k records/s`, peer, count / seconds / 1000, goals[mode]);
              table.add(`${row}: CPU µs/record`, peer, (cpuSeconds * 1e6) / count, { ofBest: 1 }, "less");
            };
            add(await options.peers.run(peer, { ...task, mode } satisfies ConsumeTask));
          });
        }
      });
    }
  },
};
