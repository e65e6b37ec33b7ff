import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

const STATES = ["Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort", "PrepareEpochFence"];

export const transactionCommands: readonly CommandSpec[] = [
  {
    path: ["transactions", "list"],
    summary: "list transactional ids and where their transactions stand",
    options: [
      { name: "state", kind: "text", repeatable: true, placeholder: "STATE", choices: STATES, summary: "only ids in this state" },
      { name: "producer-id", kind: "number", repeatable: true, placeholder: "N", summary: "only ids of this producer" },
      {
        name: "longer-than-ms",
        kind: "number",
        placeholder: "MS",
        summary: "only transactions that began longer ago (Kafka 3.8 and later)",
      },
      { name: "id-pattern", kind: "text", placeholder: "REGEX", summary: "only ids that match as a whole (Kafka 4.1 and later)" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla transactions list", does: "all transactional ids of the cluster" },
      {
        command: "ottla transactions list --state Ongoing --longer-than-ms 60000",
        does: "transactions that are open for more than a minute",
      },
    ],
    load: async () => (await import("./list-transactions.ts")).listTransactions,
  },
  {
    path: ["transactions", "describe"],
    summary: "show the producer, the times and the partitions of transactions",
    arguments: [{ name: "id", summary: "a transactional id", variadic: true }],
    options: [JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla transactions describe payments-1", does: "who writes under the id, since when, and to what" }],
    load: async () => (await import("./describe-transactions.ts")).describeTransactions,
  },
  {
    path: ["transactions", "find-hanging"],
    summary: "find open transactions that no coordinator will ever end",
    description:
      'Such a transaction keeps every reader of committed records from going on in its partition. It shows as a producer with a transaction open for longer\nthan any may last, which its coordinator does not know, or not in that partition. Status 1 if there are any; end them by "ottla transactions abort".',
    options: [
      {
        name: "topic",
        short: "t",
        kind: "text",
        repeatable: true,
        placeholder: "TOPIC[:0,3]",
        summary: "look there",
        defaultText: "everywhere",
      },
      { name: "broker", kind: "number", placeholder: "ID", summary: "only partitions that this broker leads" },
      {
        name: "max-timeout-minutes",
        kind: "number",
        placeholder: "N",
        summary: "how long a transaction may last: the broker's transaction.max.timeout.ms",
        defaultText: "15",
      },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [
      { command: "ottla transactions find-hanging", does: "looks through all partitions" },
      { command: "ottla transactions find-hanging -t orders:0", does: "is it a transaction that readers of orders wait for?" },
    ],
    load: async () => (await import("./find-hanging.ts")).findHanging,
  },
  {
    path: ["transactions", "abort"],
    summary: "abort a hanging transaction in one partition",
    description:
      'Writes an abort marker into the partition, past the coordinator. Name the transaction by the offset it begins at, or by the producer as\n"ottla transactions find-hanging" shows it. A transaction that is not hanging is torn by it: its other partitions may still be committed.',
    arguments: [{ name: "partition", summary: "TOPIC:PARTITION" }],
    options: [
      { name: "start-offset", kind: "number", placeholder: "N", summary: "where the transaction begins" },
      { name: "producer-id", kind: "number", placeholder: "N", summary: "its producer" },
      { name: "producer-epoch", kind: "number", placeholder: "N", summary: "its producer's epoch" },
      {
        name: "coordinator-epoch",
        kind: "number",
        placeholder: "N",
        summary: "the coordinator's epoch, if the partition knows one",
        defaultText: "0",
      },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [{ command: "ottla transactions abort orders:0 --start-offset 1734", does: "readers of committed records go on" }],
    load: async () => (await import("./abort-transaction.ts")).abortTransaction,
  },
];
