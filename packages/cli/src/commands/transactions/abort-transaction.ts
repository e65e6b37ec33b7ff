import { OttlaError } from "@ottla/base";
import type { Admin, HangingTransaction, TopicPartition } from "@ottla/client";
import { INT16_MAX, INT32_MAX, type ParsedOptions, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, shown } from "../../output.ts";
import { parseSelection } from "../offsets/partition-selection.ts";
import { openTransactions } from "./hanging-transactions.ts";

export const abortTransaction: RunCommand = (context) => {
  const { options, positionals, stdout } = context;
  const at = onePartition(positionals[0] ?? "");
  const startOffset = options.integer("start-offset");
  const named = namedProducer(options, at);
  if ((startOffset === undefined) === (named === undefined)) {
    throw new UsageError("Name the transaction by --start-offset, or by --producer-id and --producer-epoch.");
  }
  return withClient(context, async (client) => {
    const admin = client.admin();
    const transaction = named ?? (await beginningAt(admin, at, startOffset!));
    await admin.abortTransaction(transaction);
    if (options.has("json")) printJson(context, { aborted: transaction });
    else stdout.write(shown`Aborted the transaction of producer ${transaction.producerId} in ${at.topic}:${at.partition}.\n`);
    return 0 as const;
  });
};

function onePartition(text: string): TopicPartition {
  const { topic, partitions } = parseSelection(text);
  if (partitions?.length !== 1) throw new UsageError(`"${text}" names no partition; write TOPIC:PARTITION.`);
  return { topic, partition: partitions[0]! };
}

function namedProducer(options: ParsedOptions, at: TopicPartition): HangingTransaction | undefined {
  const producerId = options.integer("producer-id");
  const producerEpoch = options.integer("producer-epoch", 0, INT16_MAX);
  const coordinatorEpoch = options.integer("coordinator-epoch", 0, INT32_MAX);
  if (producerId === undefined && producerEpoch === undefined && coordinatorEpoch === undefined) return undefined;
  if (producerId === undefined || producerEpoch === undefined) throw new UsageError("--producer-id and --producer-epoch go together.");
  return { ...at, producerId, producerEpoch, coordinatorEpoch };
}

/** Errors: `NO_SUCH_TRANSACTION`. */
async function beginningAt(admin: Admin, at: TopicPartition, startOffset: number): Promise<HangingTransaction> {
  const [outcome] = await admin.describeProducers([at]);
  if (outcome?.error) throw outcome.error;
  const open = openTransactions(at, outcome?.value ?? []);
  const found = open.find((each) => each.startOffset === startOffset);
  if (found) return { ...at, producerId: found.producerId, producerEpoch: found.producerEpoch, coordinatorEpoch: found.coordinatorEpoch };
  const there = open.map((each) => each.startOffset).join(", ");
  const hint = there === "" ? "none is open there" : `those that are open begin at ${there}`;
  throw new OttlaError(
    "NO_SUCH_TRANSACTION",
    `No open transaction of ${at.topic}:${at.partition} begins at offset ${startOffset}; ${hint}.`,
  );
}
