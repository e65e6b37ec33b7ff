import type { ClusterMetadata } from "../metadata/cluster-metadata.ts";
import type { MetadataController } from "../metadata/metadata-controller.ts";

/** Ids reserved in the journal at a time, so that handing one out seldom needs a write. */
const BLOCK_SIZE = 1000;

/** Ids that a restart will not hand out again, once `reserved` has resolved. */
interface Block {
  next: number;
  readonly end: number;
}

/** Hands out producer ids, each once in the life of a data directory. */
export class ProducerIds {
  readonly #controller: MetadataController;
  readonly #metadata: ClusterMetadata;
  #block: Block = { next: 0, end: 0 };
  /** Under way while a block is reserved; all who ask meanwhile wait for it. */
  #reservation: Promise<void> | undefined;

  constructor(controller: MetadataController, metadata: ClusterMetadata) {
    this.#controller = controller;
    this.#metadata = metadata;
  }

  /** A new id; resolves once no restart can hand it out again. Rejects with the journal's errors, and then no id of that block is handed out to anybody. */
  async next(): Promise<number> {
    // More may wait than one block has.
    while (this.#block.next === this.#block.end) await (this.#reservation ??= this.#reserve());
    return this.#block.next++;
  }

  async #reserve(): Promise<void> {
    let first = 0;
    try {
      await this.#controller.change(() => {
        first = this.#metadata.nextProducerId;
        return [{ kind: "producer-ids", nextProducerId: first + BLOCK_SIZE }];
      });
      this.#block = { next: first, end: first + BLOCK_SIZE };
    } finally {
      this.#reservation = undefined;
    }
  }
}
