import { makeTopic } from "./fill-topic.ts";
import { type ClientBenchPart, inTurns } from "./part.ts";
import { withPayloads } from "./payloads.ts";

const modes = [
  { mode: "lists", name: "no promise per record", goal: { ofBest: 3, ofJava: 1 } },
  { mode: "promises", name: "a promise per record", goal: { ofBest: 2, ofJava: 1 } },
] as const;
const sizes = [
  { size: "100 B", payloadBytes: 100 },
  { size: "1 KB", payloadBytes: 1000 },
] as const;

/** Producing at full speed to four partitions: acks=all, linger 5 ms, batches of 64 KiB. */
export const producePart: ClientBenchPart = {
  title: "The client beside its peers: producing",
  async run(options, bootstrap, table) {
    await makeTopic(bootstrap, "produce");
    for (const { size, payloadBytes } of sizes) {
      await withPayloads(payloadBytes, async (payloadFile) => {
        for (const compression of ["none", "lz4"] as const) {
          for (const { mode, name, goal } of modes) {
            const row = `${size}, ${compression}, ${name}`;
            if (!row.includes(options.workload)) continue;
            const place = { kind: "produce", bootstrap, topic: "produce", payloadFile, payloadBytes } as const;
            await inTurns(options, async (peer) => {
              const result = await options.peers.run(peer, { ...place, compression, mode, seconds: options.quick ? 0.5 : 2 });
              if (result === undefined) return;
              table.add(`${row}: k records/s`, peer, result.count / result.seconds / 1000, goal);
              table.add(`${row}: CPU µs/record`, peer, (result.cpuSeconds * 1e6) / result.count, { ofBest: 1 }, "less");
            });
          }
        }
      });
    }
  },
};
