import type { Timer } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { CoordinatorDeps } from "./coordinator-deps.ts";
import type { CommittedOffset, CoordinatorRecord } from "./coordinator-records.ts";
import { clientErrorCode } from "./decide-group.ts";
import type { GroupMembership, ToGroup } from "./group-membership.ts";
import type { GroupShard } from "./group-shard.ts";
import type { GroupShards } from "./group-shards.ts";
import {
  decideExpiry,
  decideGroupDelete,
  decideOffsetCommit,
  decideOffsetDelete,
  decideTopicCleanup,
  type OffsetCommitInput,
  type OffsetDecision,
  type TopicResult,
} from "./offset-rules.ts";

/** Tombstones of one clean-up are written in batches of this many. */
const CLEANUP_BATCH_RECORDS = 1000;

/** `errorCode` other than NONE stands for the whole request; then `topics` is empty. */
export interface OffsetsAnswer {
  readonly errorCode: number;
  readonly topics: readonly TopicResult[];
}

/** Runs the rules of committed offsets: commit, fetch, delete, expiry. */
export class GroupOffsets {
  readonly #deps: CoordinatorDeps;
  readonly #shards: GroupShards;
  readonly #membership: GroupMembership;
  #expiryTimer: Timer | undefined;

  constructor(deps: CoordinatorDeps, shards: GroupShards, membership: GroupMembership) {
    this.#deps = deps;
    this.#shards = shards;
    this.#membership = membership;
  }

  /** OffsetCommit. Resolves when the offsets are as safe as the topic is set to make them. The group id "" is legal here. */
  commit(request: ToGroup<OffsetCommitInput>): OffsetsAnswer | Promise<OffsetsAnswer> {
    const shard = this.#shards.find(request.groupId, request.nodeId);
    if (typeof shard === "number") return refused(shard);
    const { offsetMetadataLengthMax, groupsMax } = this.#deps.config();
    const group = shard.group(request.groupId);
    if (!group && this.#shards.groupCount >= groupsMax) return refused(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    return this.#carryOut(shard, request.groupId, decideOffsetCommit(group, request, offsetMetadataLengthMax, this.#deps.clock.nowMs()));
  }

  /** The offsets a group has committed, or the error a client is to be told. A group that does not exist has none. */
  committed(groupId: string, nodeId: number): ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> | number {
    const shard = this.#shards.find(groupId, nodeId);
    return typeof shard === "number" ? shard : shard.offsets.of(groupId);
  }

  /** OffsetDelete. */
  delete(groupId: string, nodeId: number, topics: Parameters<typeof decideOffsetDelete>[2]): OffsetsAnswer | Promise<OffsetsAnswer> {
    const shard = groupId === "" ? ErrorCode.INVALID_GROUP_ID : this.#shards.find(groupId, nodeId);
    if (typeof shard === "number") return refused(shard);
    return this.#carryOut(shard, groupId, decideOffsetDelete(shard.group(groupId), shard.offsets, topics));
  }

  /** DeleteGroups, one group: its error code. */
  deleteGroup(groupId: string, nodeId: number): number | Promise<number> {
    const shard = this.#shards.find(groupId, nodeId);
    if (typeof shard === "number") return shard;
    this.#membership.catchUp();
    const { errorCode, records } = decideGroupDelete(shard.group(groupId), shard.offsets);
    if (errorCode !== ErrorCode.NONE) return errorCode;
    const outcome = this.#write(shard, records);
    if (outcome.kind === "error") return clientErrorCode(outcome.errorCode);
    if (!outcome.durable) return ErrorCode.NONE;
    return outcome.durable.then(
      () => ErrorCode.NONE,
      () => ErrorCode.NOT_COORDINATOR,
    );
  }

  /** Drops the offsets of a topic that was deleted. */
  topicDeleted(topicId: string): void {
    for (const shard of this.#shards.active())
      this.#cleanUp(
        shard,
        decideTopicCleanup(shard.offsets, (_, committedId) => committedId === topicId),
      );
  }

  /** Drops the offsets of topics that went while nobody looked. */
  resume(shard: GroupShard): void {
    this.#cleanUp(
      shard,
      decideTopicCleanup(shard.offsets, (topic) => !this.#deps.topicExists(topic)),
    );
  }

  /** Begins to look for expired offsets from time to time. */
  start(): void {
    this.#expiryTimer = this.#deps.clock.schedule(this.#deps.config().offsetsRetentionCheckIntervalMs, () => {
      this.expire();
      this.start();
    });
  }

  stop(): void {
    this.#expiryTimer?.cancel();
  }

  /** Removes what retention no longer keeps. */
  expire(): void {
    const { offsetsRetentionMs } = this.#deps.config();
    const nowMs = this.#deps.clock.nowMs();
    for (const shard of this.#shards.active()) {
      const records: CoordinatorRecord[] = [];
      for (const group of shard.groups()) records.push(...decideExpiry(group, shard.offsets, offsetsRetentionMs, nowMs));
      this.#cleanUp(shard, records);
    }
  }

  #carryOut(shard: GroupShard, groupId: string, decision: OffsetDecision): OffsetsAnswer | Promise<OffsetsAnswer> {
    if (decision.kind === "refused") return refused(decision.errorCode);
    this.#membership.setTimers(groupId, decision.timers);
    const answer: OffsetsAnswer = { errorCode: ErrorCode.NONE, topics: decision.topics };
    if (decision.records.length === 0) return answer;
    const outcome = this.#write(shard, decision.records);
    if (outcome.kind === "error") return refused(clientErrorCode(outcome.errorCode));
    if (!outcome.durable) return answer;
    return outcome.durable.then(
      () => answer,
      () => refused(ErrorCode.NOT_COORDINATOR),
    );
  }

  #write(shard: GroupShard, records: readonly CoordinatorRecord[]): ReturnType<GroupShards["append"]> {
    const outcome = this.#shards.append(shard, records);
    if (outcome.kind === "error") return outcome;
    const nowMs = this.#deps.clock.nowMs();
    for (const record of records) {
      shard.apply(record, nowMs);
      if (record.kind === "group" && !record.value) this.#membership.forget(record.groupId);
    }
    return outcome;
  }

  /** Writes tombstones in batches. What cannot be written now is found again at the next look. */
  #cleanUp(shard: GroupShard, records: readonly CoordinatorRecord[]): void {
    for (let from = 0; from < records.length; from += CLEANUP_BATCH_RECORDS) {
      if (!this.#writeTombstones(shard, records.slice(from, from + CLEANUP_BATCH_RECORDS))) return;
    }
    if (records.length > 0)
      this.#deps.logger.info("offsets and groups removed", { partition: shard.partition, tombstones: records.length });
  }

  #writeTombstones(shard: GroupShard, records: readonly CoordinatorRecord[]): boolean {
    const { partition } = shard;
    const outcome = this.#write(shard, records);
    if (outcome.kind === "ok") {
      // Nobody waits for tombstones; if they are lost, what they removed is found again after the restart.
      outcome.durable?.catch((error: unknown) => this.#deps.logger.warn("tombstones did not reach the disk", { partition, error }));
      return true;
    }
    if (outcome.errorCode === ErrorCode.MESSAGE_TOO_LARGE && records.length > 1) {
      const middle = records.length >> 1;
      return this.#writeTombstones(shard, records.slice(0, middle)) && this.#writeTombstones(shard, records.slice(middle));
    }
    this.#deps.logger.warn("offsets and groups could not be removed", { partition, errorCode: outcome.errorCode });
    return false;
  }
}

function refused(errorCode: number): OffsetsAnswer {
  return { errorCode, topics: [] };
}
