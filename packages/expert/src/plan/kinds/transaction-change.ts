import type { ChangeRules } from "../change-rules.ts";
import type { AbortTransaction } from "../cluster-change.ts";
import { kafkaTool } from "../command-line.ts";
import type { ObservedOf } from "../observed.ts";

export const transactionRules: ChangeRules<AbortTransaction, ObservedOf["abortTransaction"]> = {
  subject: ({ topic }) => topic,
  sentence: ({ topic, partition, startOffset, producerId, producerEpoch }) =>
    `Abort the transaction that hangs in ${topic}-${partition} since offset ${startOffset} (producer ${producerId}, epoch ${producerEpoch}).`,
  risk: () => ({
    class: "high",
    why: "Readers of committed records skip what it wrote there; a transaction that still lives is torn by it.",
  }),
  kafka: ({ topic, partition, startOffset }, tools) => [
    kafkaTool("kafka-transactions", tools, [
      "abort",
      "--topic",
      topic,
      "--partition",
      String(partition),
      "--start-offset",
      String(startOffset),
    ]),
  ],
  ottla: ({ topic, partition, startOffset }) => [["transactions", "abort", `${topic}:${partition}`, "--start-offset", String(startOffset)]],
  inverse: ({ startOffset }, before) => (before.startOffset === startOffset ? undefined : []),
  doneWhen: ({ topic, partition }) => `the producer has no open transaction in ${topic}-${partition}`,
  isDone: ({ startOffset }, now) => now.startOffset !== startOffset,
};
