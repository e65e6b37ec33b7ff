import { type Clock, type Logger, mapInSlices, TimeSlice } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { CoordinatorShard } from "../coordinator/coordinator-shard.ts";
import type { MarkerWriter, TransactionMarker } from "../partitions/transaction-gate.ts";
import { isPrepared, type Transaction } from "./transaction.ts";
import { eachPartition, type TopicPartition } from "./transaction-partitions.ts";
import type { TransactionTypes } from "./transaction-spec.ts";

/** Markers of one transaction under way at once; those that wait for the disk share a sync. */
const MARKERS_AT_ONCE = 128;
const FIRST_RETRY_MS = 20;
const LONGEST_RETRY_MS = 1000;
/** What cannot be written is told of at the first try, and then every so many. */
const TRIES_PER_WARNING = 60;

export interface MarkerDeliveryDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly markers: MarkerWriter;
  coordinatorEpoch(partition: number): number;
}

/**
 * Carries decisions out: writes the markers of a prepared transaction into each of its partitions, again and again until all are there, then tells the coordinator.
 * It gives up when its shard is resigned, since the next coordinator finds the decision in the log and carries it out itself.
 */
export class MarkerDelivery {
  readonly #deps: MarkerDeliveryDeps;
  /** One per transactional id. A coordinator that takes over within this process waits for the last marker of the one before, which would fall into a later transaction else. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(deps: MarkerDeliveryDeps) {
    this.#deps = deps;
  }

  /** Transactions whose markers are being written. */
  get size(): number {
    return this.#underWay.size;
  }

  /** Begins. The transaction is the one that the shard has under the id now. */
  begin(shard: CoordinatorShard<TransactionTypes>, transactionalId: string): void {
    const before = this.#underWay.get(transactionalId);
    const delivery = (before ? before.then(() => this.#deliver(shard, transactionalId)) : this.#deliver(shard, transactionalId)).finally(
      () => {
        if (this.#underWay.get(transactionalId) === delivery) this.#underWay.delete(transactionalId);
      },
    );
    this.#underWay.set(transactionalId, delivery);
  }

  async #deliver(shard: CoordinatorShard<TransactionTypes>, transactionalId: string): Promise<void> {
    const transaction = shard.state.get(transactionalId);
    if (shard.isResigned || transaction === undefined || !isPrepared(transaction)) return;
    const { clock, logger } = this.#deps;
    const marker = markerOf(transaction, this.#deps.coordinatorEpoch(shard.partition));
    let missing: readonly TopicPartition[] = [...eachPartition(transaction.partitions)];
    for (let tries = 0, retryMs = FIRST_RETRY_MS; ; tries++, retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS)) {
      missing = await this.#writeAll(shard, transactionalId, missing, marker);
      const [first] = missing;
      if (first === undefined || shard.isResigned) break;
      if (tries % TRIES_PER_WARNING === 0) {
        logger.warn("markers of a transaction could not be written; they are tried again", {
          transactionalId,
          missing: missing.length,
          ...first,
        });
      }
      await new Promise<void>((resolve) => {
        clock.schedule(retryMs, resolve);
      });
    }
    if (!shard.isResigned) shard.run(transactionalId, { kind: "markers-written" });
  }

  /** Those that must be tried again. */
  async #writeAll(
    shard: CoordinatorShard<TransactionTypes>,
    transactionalId: string,
    partitions: readonly TopicPartition[],
    marker: TransactionMarker,
  ): Promise<TopicPartition[]> {
    const missing: TopicPartition[] = [];
    const slice = new TimeSlice(this.#deps.clock);
    for (let from = 0; from < partitions.length && !shard.isResigned; from += MARKERS_AT_ONCE) {
      if (slice.isOver) await slice.rest();
      const some = partitions.slice(from, from + MARKERS_AT_ONCE);
      // A partition's first records make its files: a hundred of them at once would hold the loop.
      const errorCodes = await Promise.all(await mapInSlices(slice, some, (at) => this.#deps.markers.writeMarker(at, marker)));
      some.forEach((at, i) => {
        if (!this.#isSettled(at, transactionalId, errorCodes[i]!)) missing.push(at);
      });
    }
    return missing;
  }

  #isSettled({ topic, partition }: TopicPartition, transactionalId: string, errorCode: number): boolean {
    switch (errorCode) {
      case ErrorCode.NONE:
      // Deleted meanwhile, with all that was in it.
      case ErrorCode.UNKNOWN_TOPIC_OR_PARTITION:
        return true;
      case ErrorCode.INVALID_PRODUCER_EPOCH:
      case ErrorCode.TRANSACTION_COORDINATOR_FENCED:
        // An operator has ended it there by a marker of his own; trying again changes nothing, and the producer must be able to go on.
        this.#deps.logger.error("a partition takes no marker of a transaction that was decided", {
          transactionalId,
          topic,
          partition,
          errorCode,
        });
        return true;
      default:
        return false;
    }
  }
}

function markerOf(transaction: Transaction, coordinatorEpoch: number): TransactionMarker {
  const { producerId, producerEpoch, clientVersion, state } = transaction;
  return { producerId, producerEpoch, coordinatorEpoch, isCommit: state === "PrepareCommit", transactionVersion: clientVersion };
}
