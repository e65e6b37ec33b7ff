import { makeTopic } from "./fill-topic.ts";
import { importMsOf } from "./import-time.ts";
import { type ClientBenchPart, inTurns } from "./part.ts";
import { withPayloads } from "./payloads.ts";

const PAYLOAD_BYTES = 100;
/** Two seconds: one blow of other work, which lasts some milliseconds, must not be the slowest hundredth. */
const RECORDS = 20_000;

/** One record sent and acknowledged, then the next. */
export const latencyPart: ClientBenchPart = {
  title: "The client beside its peers: one record and its acknowledgement",
  run: (options, bootstrap, table) =>
    withPayloads(PAYLOAD_BYTES, async (payloadFile) => {
      await makeTopic(bootstrap, "latency");
      const place = { bootstrap, topic: "latency", payloadFile, payloadBytes: PAYLOAD_BYTES };
      await inTurns(options, async (peer) => {
        const result = await options.peers.run(peer, { kind: "latency", ...place, records: options.quick ? 300 : RECORDS });
        if (result === undefined) return;
        table.add("import, as installed, ms", peer, await importMsOf(peer), {}, "less");
        table.add("from the import to the first acknowledgement, ms", peer, result.firstMs, { ofBest: 1 }, "less");
        table.add("acks=1, linger 0: p50, ms", peer, result.p50Ms, { ofBest: 1 }, "less");
        table.add("acks=1, linger 0: p99, ms", peer, result.p99Ms, { ofBest: 1 }, "less");
        table.add("acks=1, linger 0: CPU µs/record", peer, (result.cpuSeconds * 1e6) / result.count, { ofBest: 1 }, "less");
      });
    }),
};
