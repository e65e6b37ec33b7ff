import { fillTopic } from "./fill-topic.ts";
import { type ClientBenchPart, inTurns } from "./part.ts";
import { withPayloads } from "./payloads.ts";

const PAYLOAD_BYTES = 100;
const workloads = [
  { name: "one at a time, the function returns at once", concurrency: 1, workMs: 0, records: 1_000_000 },
  { name: "100 by key, the function returns at once", concurrency: 100, workMs: 0, records: 1_000_000 },
  { name: "100 by key, the function waits 1 ms", concurrency: 100, workMs: 1, records: 200_000 },
] as const;

/** A function per record, with commits once a second: `run` beside eachMessage. */
export const handlePart: ClientBenchPart = {
  title: "The client beside its peers: a function per record, with commits",
  run: (options, bootstrap, table) =>
    withPayloads(PAYLOAD_BYTES, async (payloadFile) => {
      const topic = "handle";
      const content = { payloadFile, payloadBytes: PAYLOAD_BYTES, records: options.quick ? 20_000 : 1_000_000, hasKeys: true };
      await fillTopic(bootstrap, topic, content);
      for (const { name, concurrency, workMs, records: all } of workloads) {
        if (!name.includes(options.workload)) continue;
        const records = options.quick ? 5000 : all;
        const task = { kind: "handle", bootstrap, topic, concurrency, workMs, records } as const;
        await inTurns(options, async (peer) => {
          const result = await options.peers.run(peer, {
            ...task,
            warmUpRecords: Math.min(records / 5, 2000 / (workMs + 1)),
            secondsMax: 4,
          });
          if (result === undefined) return;
          table.add(`${name}: k records/s`, peer, result.count / result.seconds / 1000, { ofBest: 3 });
          table.add(`${name}: CPU µs/record`, peer, (result.cpuSeconds * 1e6) / result.count, { ofBest: 1 }, "less");
        });
      }
    }),
};
