import { ErrorCode, type KafkaError } from "@ottla/protocol";
import { ClientError } from "../client-error.ts";
import type { CallLimit } from "../cluster/call-limit.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import { UNKNOWN_TOPIC_ATTEMPTS } from "../cluster/retries.ts";
import type { MemberIdentity, Membership } from "../group/membership.ts";
import { commitOffsets } from "../offsets/committed-offsets.ts";
import type { CallOptions } from "../options/call-options.ts";
import { partitionKey, type TopicPartition } from "../topic-partition.ts";
import type { AssignedPartitions } from "./assigned-partitions.ts";
import type { TopicPartitionOffset } from "./consumer-types.ts";

/** Commits for a group, as its member or as a stranger with assigned partitions, and remembers what stands there. */
export class OffsetCommitter {
  readonly #cluster: Cluster;
  readonly #lane: Lane;
  readonly #groupId: string | undefined;
  readonly #groupInstanceId: string | undefined;
  readonly #member: () => Membership | undefined;
  readonly #partitions: AssignedPartitions;
  readonly #committed = new Map<string, number>();
  /** The number of the latest commit of each partition: what an earlier one tries again must not overwrite it. */
  readonly #latest = new Map<string, number>();
  #commits = 0;

  constructor(
    cluster: Cluster,
    lane: Lane,
    group: { readonly groupId: string | undefined; readonly groupInstanceId: string | undefined },
    member: () => Membership | undefined,
    partitions: AssignedPartitions,
  ) {
    this.#cluster = cluster;
    this.#lane = lane;
    this.#groupId = group.groupId;
    this.#groupInstanceId = group.groupInstanceId;
    this.#member = member;
    this.#partitions = partitions;
  }

  /** Rejects with `ClientError` COMMIT_FAILED when the group has gone on, else with the first partition's `KafkaError`. */
  async commit(offsets: readonly TopicPartitionOffset[], options?: CallOptions): Promise<void> {
    if (this.#groupId === undefined) throw new ClientError("INVALID_ARGUMENT", "A commit needs a groupId; give the consumer one.");
    if (offsets.length === 0) return;
    const member = this.#member();
    if (member && !member.isMember) throw commitFailed(this.#groupId, "it is no member of it at the moment.");
    const limit = this.#cluster.limit(options);
    const number = ++this.#commits;
    for (const each of offsets) this.#latest.set(keyOf(each), number);
    const held = offsets.flatMap(({ topic, partition }) => this.#partitions.find(topic, partition) ?? []);
    for (;;) {
      const me = member?.identity;
      const refusal = await this.#commitAs(me, offsets, number, limit);
      if (refusal === undefined) break;
      const isRefused = member?.noteCommitRefusal(refusal.errorCode, me) ?? false;
      const isStale = refusal.errorCode === ErrorCode.STALE_MEMBER_EPOCH;
      // Under a new epoch what went to somebody else meanwhile would be set back.
      const isHeld = () => held.every((partition) => partition.isAssigned);
      if (isStale && member && me && isHeld() && (await this.#hasNewEpoch(member, me, limit)) && isHeld()) continue;
      throw isRefused ? commitFailed(this.#groupId, refusal.message) : refusal;
    }
    for (const each of offsets) if (this.#latest.get(keyOf(each)) === number) this.#committed.set(keyOf(each), each.offset);
  }

  /** Returns the first partition's refusal. */
  async #commitAs(
    me: MemberIdentity | undefined,
    offsets: readonly TopicPartitionOffset[],
    number: number,
    limit: CallLimit,
  ): Promise<KafkaError | undefined> {
    const committer = {
      groupId: this.#groupId!,
      generationId: me?.generationId ?? -1,
      memberId: me?.memberId ?? "",
      groupInstanceId: me && this.#groupInstanceId,
    };
    const isLatest = (each: TopicPartition) => (this.#latest.get(keyOf(each)) ?? number) === number;
    let attempts = 0;
    const attempt = async () => {
      const outcomes = await commitOffsets(this.#cluster, this.#lane, committer, offsets, limit, isLatest);
      attempts++;
      const passing = outcomes.find(({ topic, error }) => error !== undefined && this.#mayPass(topic, error, attempts));
      if (passing?.error) throw passing.error;
      return outcomes;
    };
    // A topic whose id is not known there may be newer than the broker's metadata, or than ours.
    const results = await this.#cluster.retrying(`OffsetCommit for "${this.#groupId}"`, limit, attempt, () =>
      this.#cluster.metadata.requestRefresh(),
    );
    return results.find(({ error }) => error !== undefined)?.error;
  }

  /** A topic that is not known after some attempts is not there: it was deleted, or never made. */
  #mayPass(topic: string, error: KafkaError, attempts: number): boolean {
    const isMissing = error.errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION || error.errorCode === ErrorCode.UNKNOWN_TOPIC_ID;
    return error.retriable && !(isMissing && attempts >= UNKNOWN_TOPIC_ATTEMPTS && !this.#cluster.madeTopics.isYoung(topic));
  }

  /** Waits for the heartbeat that brings the epoch the group already has for this member. False: it is none any more, or the time is up. */
  async #hasNewEpoch(member: Membership, used: MemberIdentity, limit: CallLimit): Promise<boolean> {
    while (member.isMember && !limit.hasPassed) {
      if (member.identity.generationId !== used.generationId) return true;
      await limit.sleep(this.#cluster.options.retryBackoffMs);
      limit.throwIfEnded();
    }
    return false;
  }

  /** Where the application is done, as far as that is not committed yet. */
  uncommitted(partitions: AssignedPartitions): TopicPartitionOffset[] {
    return consumedOf(partitions).filter((each) => this.#committed.get(keyOf(each)) !== each.offset);
  }

  /** Partitions have changed hands: what was committed may be another's by now. */
  forget(): void {
    this.#committed.clear();
    this.#latest.clear();
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return partitionKey(topic, partition);
}

/** Where the application is done with what it was given, in each partition. */
export function consumedOf(partitions: AssignedPartitions): TopicPartitionOffset[] {
  const places: TopicPartitionOffset[] = [];
  for (const { topic, partition, consumed, consumedEpoch } of partitions) {
    if (consumed === undefined) continue;
    places.push({ topic, partition, offset: consumed, leaderEpoch: consumedEpoch < 0 ? undefined : consumedEpoch });
  }
  return places;
}

/** Behind what each partition has delivered. */
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
