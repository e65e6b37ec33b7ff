import { fillTopic } from "./fill-topic.ts";
import { type ClientBenchPart, inTurns } from "./part.ts";
import { withPayloads } from "./payloads.ts";

const PAYLOAD_BYTES = 1000;
const MEBIBYTE = 2 ** 20;
const topics = [
  { compression: "none", name: "1 GB, none", records: 1_000_000 },
  { compression: "gzip", name: "0.3 GB, gzip", records: 300_000 },
  { compression: "zstd", name: "0.3 GB, zstd", records: 300_000 },
] as const;

/** Reading flat out, batch by batch: how much memory it takes, and what is left of the event loop. */
export const memoryPart: ClientBenchPart = {
  title: "The client beside its peers: memory and event loop while consuming",
  run: (options, bootstrap, table) =>
    withPayloads(PAYLOAD_BYTES, async (payloadFile) => {
      for (const { compression, name, records: all } of topics) {
        if (!name.includes(options.workload)) continue;
        const records = options.quick ? all / 50 : all;
        const topic = `memory-${compression}`;
        await fillTopic(bootstrap, topic, { payloadFile, payloadBytes: PAYLOAD_BYTES, records, compression });
        await inTurns(options, async (peer) => {
          const result = await options.peers.run(peer, {
            kind: "consume",
            mode: "batches",
            bootstrap,
            topic,
            records,
            warmUpRecords: records / 5,
            secondsMax: 20,
            compression,
          });
          if (result === undefined) return;
          table.add(`${name}: peak resident memory, MiB`, peer, result.peakResidentBytes / MEBIBYTE, { ofBest: 1 }, "less");
          table.add(`${name}: event-loop delay p99, ms`, peer, result.loopDelayP99Ms, { ofBest: 1 }, "less");
          table.add(`${name}: k records/s`, peer, result.count / result.seconds / 1000);
          table.add(`${name}: CPU µs/record`, peer, (result.cpuSeconds * 1e6) / result.count, {}, "less");
        });
      }
    }),
};
