import { makeTopic } from "./fill-topic.ts";
import { type ClientBenchPart, inTurns } from "./part.ts";
import { withPayloads } from "./payloads.ts";

const PAYLOAD_BYTES = 100;
const RECORDS = 1000;

/** Transactions of 1,000 records, one after the other. */
export const transactionsPart: ClientBenchPart = {
  title: "The client beside its peers: transactions of 1,000 records",
  run: (options, bootstrap, table) =>
    withPayloads(PAYLOAD_BYTES, async (payloadFile) => {
      await makeTopic(bootstrap, "transactions");
      const place = { bootstrap, topic: "transactions", payloadFile, payloadBytes: PAYLOAD_BYTES };
      await inTurns(options, async (peer) => {
        const seconds = options.quick ? 1 : 5;
        const result = await options.peers.run(peer, { kind: "transactions", ...place, recordsPerTransaction: RECORDS, seconds });
        if (result === undefined) return;
        table.add("transactions/s", peer, result.count / result.seconds, { ofBest: 1, ofJava: 0.8 });
        table.add("CPU µs/record", peer, (result.cpuSeconds * 1e6) / result.count / RECORDS, { ofBest: 1 }, "less");
      });
    }),
};
