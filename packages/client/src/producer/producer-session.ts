import { ErrorCode, KafkaError } from "@ottla/protocol";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import type { VersionBounds } from "../net/broker-versions.ts";
import type { ProducerIdentity } from "./partition-sequences.ts";

const EPOCH_MAX = 32767;
const TRANSACTION_TIMEOUT_MS = 60_000;

/**
 * What a producer is to the cluster: its id and epoch, and the transaction it is in. The {@link Sender} asks it before each batch; a producer without one
 * numbers nothing.
 */
export interface ProducerSession {
  /** Undefined until there is one, and while the cluster is asked for another. */
  readonly current: ProducerIdentity | undefined;
  /** Goes with every Produce request; null outside transactions. */
  readonly transactionalId: string | null;
  /** Batches carry the transactional bit. */
  readonly isTransactional: boolean;
  /** Of Produce requests: brokers take a transaction's protocol from them. */
  readonly produceVersions: VersionBounds;
  /** Whether a batch for the partition may go now: a transaction of the classic protocol tells the coordinator of each partition before the first one. */
  admits(topic: string, partition: number): boolean;
  /** No batch is sent before this (monotonic ms). */
  readonly notBeforeMs: number;
  /** A Produce request was answered so long after it was sent. */
  noteAnswered(tookMs: number): void;
  /** Resolves when there is an identity. Rejects when the cluster refuses for good; while it cannot be reached it is asked again. */
  obtain(): Promise<void>;
  /**
   * The next epoch of the same id; undefined when the id is used up, then {@link obtain} gets another. Never called in a transaction: only its end brings another
   * epoch.
   */
  bump(): ProducerIdentity | undefined;
}

/** Idempotence without transactions: an id from the cluster, once, and an epoch that counts up when sequences have to begin anew (KIP-360). */
export class IdempotentSession implements ProducerSession {
  readonly transactionalId = null;
  readonly isTransactional = false;
  readonly produceVersions: VersionBounds = {};
  readonly notBeforeMs = 0;
  readonly #cluster: Cluster;
  readonly #lane: Lane;
  #current: ProducerIdentity | undefined;
  #asking: Promise<void> | undefined;

  constructor(cluster: Cluster, lane: Lane) {
    this.#cluster = cluster;
    this.#lane = lane;
  }

  get current(): ProducerIdentity | undefined {
    return this.#current;
  }

  admits(): boolean {
    return true;
  }

  noteAnswered(): void {}

  obtain(): Promise<void> {
    if (this.#current) return Promise.resolve();
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  bump(): ProducerIdentity | undefined {
    const before = this.#current;
    if (before === undefined) return undefined;
    this.#current =
      before.producerEpoch < EPOCH_MAX ? { producerId: before.producerId, producerEpoch: before.producerEpoch + 1 } : undefined;
    return this.#current;
  }

  async #ask(): Promise<void> {
    // A fresh start says −1/−1: 0/0 would claim an id that may be another's.
    const request = makeInitProducerIdRequest({
      transactionalId: this.transactionalId,
      transactionTimeoutMs: TRANSACTION_TIMEOUT_MS,
      producerId: -1,
      producerEpoch: -1,
    });
    await this.#cluster.retrying("InitProducerId", this.#cluster.limit({ timeoutMs: Infinity }), async () => {
      const response = await this.#lane.callAny(initProducerIdApi, () => request);
      if (response.errorCode !== ErrorCode.NONE) throw new KafkaError(response.errorCode);
      this.#current = { producerId: response.producerId, producerEpoch: response.producerEpoch };
    });
  }
}
