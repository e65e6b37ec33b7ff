import { ClientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import type { ClassicMember } from "../group/classic-member.ts";
import { commitOffsets } from "../offsets/committed-offsets.ts";
import type { CallOptions } from "../options/call-options.ts";
import { partitionKey } from "../topic-partition.ts";
import type { AssignedPartitions } from "./assigned-partitions.ts";
import type { TopicPartitionOffset } from "./consumer-types.ts";

/** Commits for a group, as its member or as a stranger with assigned partitions, and remembers what stands there. */
export class OffsetCommitter {
  readonly #cluster: Cluster;
  readonly #lane: Lane;
  readonly #groupId: string | undefined;
  readonly #groupInstanceId: string | undefined;
  readonly #member: () => ClassicMember | undefined;
  readonly #committed = new Map<string, number>();

  constructor(
    cluster: Cluster,
    lane: Lane,
    group: { readonly groupId: string | undefined; readonly groupInstanceId: string | undefined },
    member: () => ClassicMember | undefined,
  ) {
    this.#cluster = cluster;
    this.#lane = lane;
    this.#groupId = group.groupId;
    this.#groupInstanceId = group.groupInstanceId;
    this.#member = member;
  }

  /** Rejects with `ClientError` COMMIT_FAILED when the group has gone on, else with the first partition's `KafkaError`. */
  async commit(offsets: readonly TopicPartitionOffset[], options?: CallOptions): Promise<void> {
    if (this.#groupId === undefined) throw new ClientError("INVALID_ARGUMENT", "A commit needs a groupId; give the consumer one.");
    if (offsets.length === 0) return;
    const member = this.#member();
    const me = member?.identity;
    if (member && !member.isMember) throw commitFailed(this.#groupId, "it is no member of it at the moment");
    const committer = {
      groupId: this.#groupId,
      generationId: me?.generationId ?? -1,
      memberId: me?.memberId ?? "",
      groupInstanceId: me && this.#groupInstanceId,
    };
    const limit = this.#cluster.limit(options);
    const attempt = async () => {
      const outcomes = await commitOffsets(this.#cluster, this.#lane, committer, offsets, limit);
      const passing = outcomes.find(({ error }) => error?.retriable);
      if (passing?.error) throw passing.error;
      return outcomes;
    };
    // A topic whose id is not known there may be newer than the broker's metadata, or than ours.
    const results = await this.#cluster.retrying(`OffsetCommit for "${this.#groupId}"`, limit, attempt, () =>
      this.#cluster.metadata.requestRefresh(),
    );
    for (const { error } of results) {
      if (error === undefined) continue;
      if (member?.noteCommitRefusal(error.errorCode, me?.generationId ?? -1)) throw commitFailed(this.#groupId, error.message);
      throw error;
    }
    for (const { topic, partition, offset } of offsets) this.#committed.set(partitionKey(topic, partition), offset);
  }

  /** Positions that are not committed yet. */
  uncommitted(partitions: AssignedPartitions): TopicPartitionOffset[] {
    return positionsOf(partitions).filter(({ topic, partition, offset }) => this.#committed.get(partitionKey(topic, partition)) !== offset);
  }

  /** Partitions have changed hands: what was committed may be another's by now. */
  forget(): void {
    this.#committed.clear();
  }
}

/** Where the application stands in each partition. */
export function positionsOf(partitions: AssignedPartitions): TopicPartitionOffset[] {
  const positions: TopicPartitionOffset[] = [];
  for (const each of partitions) {
    if (!each.hasPosition) continue;
    positions.push({
      topic: each.topic,
      partition: each.partition,
      offset: each.position,
      leaderEpoch: each.positionEpoch < 0 ? undefined : each.positionEpoch,
    });
  }
  return positions;
}

function commitFailed(groupId: string, why: string): ClientError {
  return new ClientError(
    "COMMIT_FAILED",
    `Offsets of this consumer in group "${groupId}" were not committed: ${why} Poll again to rejoin; the records may be read again.`,
  );
}
