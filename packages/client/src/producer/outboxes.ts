import type { Clock } from "@ottla/base";
import type { MetadataCache } from "../cluster/metadata-cache.ts";
import { NodeOutbox } from "./node-outbox.ts";
import type { BatchQueue } from "./producer-batch.ts";

/** Where queues wait whose partition has no leader now. */
export const NO_HOME = -1;

/** One outbox per broker. A queue with something to send stands in that of its partition's leader. */
export class Outboxes implements Iterable<NodeOutbox> {
  readonly #metadata: MetadataCache;
  readonly #clock: Clock;
  readonly #byNode = new Map<number, NodeOutbox>();
  readonly #homes = new Map<BatchQueue, number>();

  constructor(metadata: MetadataCache, clock: Clock) {
    this.#metadata = metadata;
    this.#clock = clock;
  }

  [Symbol.iterator](): Iterator<NodeOutbox> {
    return this.#byNode.values();
  }

  /** The outbox of the queue's leader, with the queue in it. */
  put(queue: BatchQueue): NodeOutbox {
    const outbox = this.of(queue);
    outbox.queues.add(queue);
    return outbox;
  }

  of(queue: BatchQueue): NodeOutbox {
    let home = this.#homes.get(queue);
    if (home === undefined) this.#homes.set(queue, (home = this.leaderOf(queue)));
    return this.#outbox(home);
  }

  find(nodeId: number): NodeOutbox | undefined {
    return this.#byNode.get(nodeId);
  }

  leaderOf(queue: BatchQueue): number {
    return this.#metadata.topic(queue.topic)?.partitions[queue.partition]?.leader ?? NO_HOME;
  }

  /** Leaders may have moved: so do the queues. Returns the outboxes that got some. */
  rehome(): Set<NodeOutbox> {
    const changed = new Set<NodeOutbox>();
    for (const [queue, home] of this.#homes) {
      const leader = this.leaderOf(queue);
      if (leader === home) continue;
      this.#homes.set(queue, leader);
      if (this.#outbox(home).queues.delete(queue)) changed.add(this.put(queue));
    }
    return changed;
  }

  close(): void {
    for (const outbox of this) outbox.close();
  }

  #outbox(nodeId: number): NodeOutbox {
    let outbox = this.#byNode.get(nodeId);
    if (outbox === undefined) this.#byNode.set(nodeId, (outbox = new NodeOutbox(nodeId, this.#clock)));
    return outbox;
  }
}
