import { ErrorCode, KafkaError } from "@ottla/protocol";
import { initProducerIdApi, makeInitProducerIdRequest } from "@ottla/protocol/apis/init-producer-id";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import type { ProducerIdentity } from "./partition-sequences.ts";

const EPOCH_MAX = 32767;
const TRANSACTION_TIMEOUT_MS = 60_000;

/** Gets the producer id from the cluster, once, and counts its epoch up when sequences have to begin anew (KIP-360). */
export class ProducerIdSource {
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

  /** Resolves when there is an identity. Rejects when the cluster refuses for good; while it cannot be reached it is asked again. */
  obtain(): Promise<void> {
    if (this.#current) return Promise.resolve();
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  /** The next epoch of the same id; at the last epoch the id is given up and {@link obtain} gets another. */
  bump(): ProducerIdentity | undefined {
    const before = this.#current;
    if (before === undefined) return undefined;
    this.#current =
      before.producerEpoch < EPOCH_MAX ? { producerId: before.producerId, producerEpoch: before.producerEpoch + 1 } : undefined;
    return this.#current;
  }

  async #ask(): Promise<void> {
    // Defect 4 of client.md: a fresh start says −1/−1, never 0/0.
    const request = makeInitProducerIdRequest({
      transactionalId: null,
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
