import type { TimeSlice } from "@ottla/base";
import type { Admin, TopicPartition, TransactionListing } from "@ottla/client";
import { isObserved, notObserved, type Observed, observed } from "../../snapshot/observed.ts";
import type { PartitionOffsets } from "../../snapshot/topic-snapshot.ts";
import type { HangingTransactionSnapshot, TransactionSnapshot } from "../../snapshot/transaction-snapshot.ts";
import type { CallPacer } from "./call-pacer.ts";
import { pieces } from "./collect-topics.ts";
import { notObservedOf } from "./not-observed-of.ts";

const TRANSACTIONS_PER_CALL = 20;
const PARTITIONS_PER_CALL = 100;
/** Partitions whose producers are asked for: those where readers are held up, at most so many. */
const HELD_PARTITIONS_MAX = 500;
/** Transactions that are described: those in progress, at most so many. */
const OPEN_TRANSACTIONS_MAX = 1000;
/** As the coordinator names those with nothing in progress. */
const ENDED: ReadonlySet<string> = new Set(["Empty", "CompleteCommit", "CompleteAbort", "Dead"]);

/** The transactions in progress, as their coordinators know them. */
export async function collectTransactions(
  admin: Admin,
  pacer: CallPacer,
  brokers: number,
): Promise<Observed<readonly TransactionSnapshot[]>> {
  const listed = await pacer.run(brokers, (options) => admin.listTransactions(options));
  if (!isObserved(listed)) return listed;
  const open = listed.value.filter(({ state }) => !ENDED.has(state));
  if (open.length > OPEN_TRANSACTIONS_MAX)
    return notObserved(
      "notAsked",
      `${open.length} transactions are in progress; more than ${OPEN_TRANSACTIONS_MAX} are not looked at one by one.`,
    );
  const described = await Promise.all(
    pieces(open, TRANSACTIONS_PER_CALL).map((some) =>
      pacer.run(some.length * 2, (options) =>
        admin.describeTransactions(
          some.map(({ transactionalId }) => transactionalId),
          options,
        ),
      ),
    ),
  );
  const failed = described.find((part) => !isObserved(part));
  if (failed && !isObserved(failed)) return failed;
  const details = described.flatMap((part) => (isObserved(part) ? part.value : []));
  // One that ended in between is no gap; of any other, nobody knows how long it is open.
  const untold = details.find(({ error }) => error !== undefined && error.code !== "TRANSACTIONAL_ID_NOT_FOUND");
  if (untold) return notObservedOf(untold.error);
  return observed(details.flatMap(({ value }, i) => (value ? [transactionOf(open[i]!, value)] : [])));
}

function transactionOf(
  listing: TransactionListing,
  {
    producerEpoch,
    timeoutMs,
    startTimestamp,
    state,
  }: { readonly producerEpoch: number; readonly timeoutMs: number; readonly startTimestamp: number | undefined; readonly state: string },
): TransactionSnapshot {
  const { transactionalId, producerId, coordinator } = listing;
  return { transactionalId, producerId, producerEpoch, state, coordinator, timeoutMs, startedAtMs: startTimestamp };
}

/** Transactions open in a partition that no coordinator has in progress. Only partitions where the last stable offset is behind the end can have one. */
export async function collectHangingTransactions(
  admin: Admin,
  pacer: CallPacer,
  offsets: ReadonlyMap<string, Observed<PartitionOffsets>>,
  brokers: number,
  slice: TimeSlice,
): Promise<Observed<readonly HangingTransactionSnapshot[]>> {
  const held: TopicPartition[] = [];
  for (const [name, seen] of offsets) {
    if (slice.isOver) await slice.rest();
    if (!isObserved(seen)) continue;
    const { lastStableOffset, highWatermark } = seen.value;
    if (lastStableOffset === undefined || highWatermark === undefined || lastStableOffset >= highWatermark) continue;
    const colon = name.lastIndexOf(":");
    held.push({ topic: name.slice(0, colon), partition: Number(name.slice(colon + 1)) });
  }
  if (held.length > HELD_PARTITIONS_MAX)
    return notObserved(
      "notAsked",
      `Readers wait in ${held.length} partitions; more than ${HELD_PARTITIONS_MAX} are not looked at one by one.`,
    );
  const producers = await Promise.all(
    pieces(held, PARTITIONS_PER_CALL).map((some) => pacer.run(brokers, (options) => admin.describeProducers(some, options))),
  );
  const failed = producers.find((part) => !isObserved(part));
  if (failed && !isObserved(failed)) return failed;
  const told = producers.flatMap((part) => (isObserved(part) ? part.value : []));
  const open = told.flatMap(({ topic, partition, value = [] }) =>
    value.flatMap(({ producerId, producerEpoch, coordinatorEpoch, currentTransactionStartOffset: startOffset, lastTimestamp }) =>
      startOffset === undefined
        ? []
        : [{ topic, partition, producerId, producerEpoch, coordinatorEpoch, startOffset, lastWriteAtMs: lastTimestamp }],
    ),
  );
  // Nothing found in those that answered says nothing of those that did not.
  const untold = told.find(({ error }) => error !== undefined && error.code !== "UNKNOWN_TOPIC_OR_PARTITION");
  if (open.length === 0) return untold ? notObservedOf(untold.error) : observed([]);
  // Asked after the partitions: a transaction that ended in between is not in progress, and not open there any more either when it is looked at again.
  const known = await pacer.run(brokers, (options) => admin.listTransactions(options));
  if (!isObserved(known)) return known;
  const inProgress = new Set(known.value.filter(({ state }) => !ENDED.has(state)).map(({ producerId }) => producerId));
  return observed(open.filter(({ producerId }) => !inProgress.has(producerId)));
}
