import { ErrorCode } from "@ottla/protocol";
import type { CoordinatorDeps } from "./coordinator-deps.ts";
import type { CoordinatorRecord } from "./coordinator-records.ts";
import { partitionForKey } from "./group-partition.ts";
import type { GroupShard } from "./group-shard.ts";
import { loadShard } from "./load-shard.ts";
import type { AppendOutcome } from "./offsets-topic.ts";
import { encodeRecord } from "./record-codec.ts";

/** Partitions read at once when the coordinator starts. */
const LOADS_AT_ONCE = 4;

/** A partition as the node that led it when loading began coordinates it. */
type Slot = { readonly leader: number } & (
  | { readonly kind: "loading" }
  | { readonly kind: "failed" }
  | { readonly kind: "active"; readonly shard: GroupShard }
);

/** What the owner does when a shard comes or goes. */
export interface ShardEvents {
  loaded(shard: GroupShard): void;
  resigned(shard: GroupShard): void;
}

/** Which partitions of `__consumer_offsets` this process coordinates, and whether they are ready. */
export class GroupShards {
  readonly #deps: CoordinatorDeps;
  readonly #events: ShardEvents;
  readonly #slots = new Map<number, Slot>();
  #loading: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(deps: CoordinatorDeps, events: ShardEvents) {
    this.#deps = deps;
    this.#events = events;
  }

  get groupCount(): number {
    let count = 0;
    for (const shard of this.active()) count += shard.groupCount;
    return count;
  }

  /** The partition that keeps the group. */
  partitionOf(groupId: string): number {
    return partitionForKey(groupId, this.#deps.topic.partitionCount());
  }

  /** The shard that coordinates the group at this node, or the error that a client is to be told. */
  find(groupId: string, nodeId: number): GroupShard | number {
    if (this.#isStopped) return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    const { topic } = this.#deps;
    if (!topic.exists()) return ErrorCode.NOT_COORDINATOR;
    const partition = this.partitionOf(groupId);
    if (topic.leaderOf(partition) !== nodeId) return ErrorCode.NOT_COORDINATOR;
    const slot = this.#slots.get(partition);
    if (slot?.kind === "active") return slot.shard;
    return slot?.kind === "loading" ? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS : ErrorCode.NOT_COORDINATOR;
  }

  /** The group's shard, if it is ready, whoever asks. */
  ready(groupId: string): GroupShard | undefined {
    const slot = this.#slots.get(this.partitionOf(groupId));
    return slot?.kind === "active" ? slot.shard : undefined;
  }

  *active(): IterableIterator<GroupShard> {
    for (const slot of this.#slots.values()) {
      if (slot.kind === "active") yield slot.shard;
    }
  }

  /** Whether some partition that the node leads is still loading. */
  isLoading(nodeId: number): boolean {
    for (const [partition, slot] of this.#slots) {
      if (slot.kind === "loading" && this.#deps.topic.leaderOf(partition) === nodeId) return true;
    }
    return false;
  }

  /**
   * Brings the shards in line with the topic as it is now: partitions that are gone or have another leader are resigned, those that are
   * not there yet, or again, are loaded from the log. Resolves when nothing is loading any more.
   */
  reconcile(): Promise<void> {
    if (this.#isStopped) return this.#loading;
    const { topic } = this.#deps;
    const partitionCount = topic.exists() ? topic.partitionCount() : 0;
    for (const [partition, { leader }] of [...this.#slots]) {
      if (partition >= partitionCount || topic.leaderOf(partition) !== leader) this.#resign(partition);
    }
    const missing: number[] = [];
    for (let partition = 0; partition < partitionCount; partition++) {
      if (this.#slots.has(partition)) continue;
      this.#slots.set(partition, { kind: "loading", leader: topic.leaderOf(partition) });
      missing.push(partition);
    }
    if (missing.length > 0) this.#loading = Promise.all([this.#loading, this.#loadAll(missing)]).then(() => {});
    return this.#loading;
  }

  stop(): void {
    this.#isStopped = true;
    for (const partition of [...this.#slots.keys()]) this.#resign(partition);
  }

  /** Drops a partition's state. Its clients are told to look for the coordinator again. */
  #resign(partition: number): void {
    const slot = this.#slots.get(partition);
    this.#slots.delete(partition);
    if (slot?.kind === "active") this.#events.resigned(slot.shard);
  }

  /** Writes records to the shard's partition; nothing is applied. */
  append(shard: GroupShard, records: readonly CoordinatorRecord[]): AppendOutcome {
    return this.#deps.topic.append(shard.partition, records.map(encodeRecord), this.#deps.clock.nowMs());
  }

  async #loadAll(partitions: readonly number[]): Promise<void> {
    const next = partitions.values();
    await Promise.all(Array.from({ length: LOADS_AT_ONCE }, () => this.#loadEach(next)));
  }

  async #loadEach(partitions: Iterator<number>): Promise<void> {
    for (let next = partitions.next(); !next.done; next = partitions.next()) await this.#load(next.value);
  }

  async #load(partition: number): Promise<void> {
    const slot = this.#slots.get(partition);
    if (!slot) return;
    const { leader } = slot;
    const shard = await loadShard(partition, this.#deps);
    // Resigned, or stopped, while it was read.
    if (this.#slots.get(partition) !== slot) return;
    if (!shard) {
      this.#slots.set(partition, { kind: "failed", leader });
      return;
    }
    this.#slots.set(partition, { kind: "active", leader, shard });
    this.#events.loaded(shard);
  }
}
