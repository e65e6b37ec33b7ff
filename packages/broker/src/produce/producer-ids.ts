import type { ClusterMetadata } from "../metadata/cluster-metadata.ts";
import type { MetadataController } from "../metadata/metadata-controller.ts";

/** Ids reserved in the journal at a time, so that handing one out seldom needs a write. */
const BLOCK_SIZE = 1000;

/** Hands out producer ids, each once in the life of a data directory. */
export class ProducerIds {
  readonly #controller: MetadataController;
  readonly #metadata: ClusterMetadata;
  #next = 0;
  #end = 0;

  constructor(controller: MetadataController, metadata: ClusterMetadata) {
    this.#controller = controller;
    this.#metadata = metadata;
  }

  /** A new id; resolves once no restart can hand it out again. Rejects with disk errors. */
  async next(): Promise<number> {
    if (this.#next === this.#end) {
      const first = this.#metadata.nextProducerId;
      const reserved = this.#controller.commit([{ kind: "producer-ids", nextProducerId: first + BLOCK_SIZE }]);
      this.#next = first;
      this.#end = first + BLOCK_SIZE;
      const id = this.#next++;
      await reserved;
      return id;
    }
    return this.#next++;
  }
}
