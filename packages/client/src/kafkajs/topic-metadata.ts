import type { Clock } from "@ottla/base";
import type { Admin, PartitionDescription } from "../admin/admin-types.ts";
import { ErrorCode } from "@ottla/protocol";
import type { PartitionMetadata } from "./message-types.ts";

const MAX_AGE_MS = 300_000;
const TOPICS_MAX = 10_000;

export function toPartitionMetadata({ partition, leader, replicas, isr, offlineReplicas }: PartitionDescription): PartitionMetadata {
  return {
    partitionErrorCode: leader === undefined ? ErrorCode.LEADER_NOT_AVAILABLE : ErrorCode.NONE,
    partitionId: partition,
    leader: leader ?? -1,
    replicas: [...replicas],
    isr: [...isr],
    offlineReplicas: [...offlineReplicas],
  };
}

/** What a partitioner is told of its topics; asked for once and kept for a while. */
export class TopicMetadata {
  readonly #clock: Clock;
  readonly #maxAgeMs: number;
  readonly #known = new Map<string, { readonly atMs: number; readonly partitions: Promise<PartitionMetadata[] | undefined> }>();

  constructor(clock: Clock, maxAgeMs: number = MAX_AGE_MS) {
    this.#clock = clock;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Undefined when there is no such topic. */
  partitionsOf(admin: Admin, topic: string): Promise<PartitionMetadata[] | undefined> {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#known.get(topic);
    if (known !== undefined && nowMs - known.atMs < this.#maxAgeMs) return known.partitions;
    const partitions = this.#ask(admin, topic);
    if (this.#known.size >= TOPICS_MAX) this.#known.clear();
    this.#known.set(topic, { atMs: nowMs, partitions });
    return partitions;
  }

  async #ask(admin: Admin, topic: string): Promise<PartitionMetadata[] | undefined> {
    try {
      const [described] = await admin.describeTopics([topic]);
      if (described?.error === undefined && described?.value !== undefined && described.value.partitions.length > 0)
        return described.value.partitions.map(toPartitionMetadata);
      this.#known.delete(topic);
      if (described?.error && described.error.errorCode !== ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) throw described.error;
      return undefined;
    } catch (error) {
      this.#known.delete(topic);
      throw error;
    }
  }
}
