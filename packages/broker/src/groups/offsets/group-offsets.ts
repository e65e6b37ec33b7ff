import { ErrorCode, NIL_UUID } from "@ottla/protocol";
import type { RecordTransaction } from "../../coordinator/coordinator-log.ts";
import type { CoordinatorRuntime } from "../../coordinator/coordinator-runtime.ts";
import { PeriodicSweep } from "../../coordinator/periodic-sweep.ts";
import type { CoordinatorShard } from "../../coordinator/coordinator-shard.ts";
import type { Closed } from "../../net/closed.ts";
import { admit, fromGate, type RefusalTerms } from "../../produce/transaction-admission.ts";
import type { ToGroup } from "../classic/group-membership.ts";
import type { GroupCoordinatorDeps } from "../group-config.ts";
import type { GroupTypes } from "../group-spec.ts";
import type { GroupTotals } from "../group-totals.ts";
import { offsetBytes } from "./offset-bytes.ts";
import type { decideOffsetDelete, OffsetCommitInput, OffsetsAnswer, TransactionalCommitInput } from "./offset-rules.ts";
import type { ReadonlyTopicOffsets } from "./topic-offsets.ts";

/** One TxnOffsetCommit. */
export interface TransactionalCommit extends TransactionalCommitInput, RefusalTerms {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** Committed offsets: commit, fetch, delete, expiry. */
export class GroupOffsets {
  readonly #deps: GroupCoordinatorDeps;
  readonly #runtime: CoordinatorRuntime<GroupTypes>;
  readonly #totals: GroupTotals;
  readonly #expiry: PeriodicSweep;
  /** Ids of topics that were deleted and whose offsets the next sweep removes. */
  #deletedTopicIds = new Set<string>();
  #isSweepingTopics = false;

  constructor(deps: GroupCoordinatorDeps, runtime: CoordinatorRuntime<GroupTypes>, totals: GroupTotals) {
    this.#deps = deps;
    this.#runtime = runtime;
    this.#totals = totals;
    this.#expiry = new PeriodicSweep(
      deps.clock,
      () => deps.config().offsetsRetentionCheckIntervalMs,
      () => runtime.sweep({ kind: "expire" }),
    );
  }

  /** OffsetCommit. Resolves when the offsets are as safe as the topic is set to make them. The group id "" is legal here. */
  commit(request: ToGroup<OffsetCommitInput>): OffsetsAnswer | Promise<OffsetsAnswer> {
    const { groupId, nodeId, closed } = request;
    const limit = this.#limitOf(request, false);
    if (limit !== ErrorCode.NONE) return refused(limit);
    return this.#runtime.ask({ key: groupId, nodeId, closed, refused, input: (token) => ({ kind: "commit", token, request }) });
  }

  /**
   * TxnOffsetCommit. The transaction coordinator is asked first, unless the transaction has written to this partition of `__consumer_offsets` already. Resolves as
   * {@link commit}; the offsets count when the transaction is committed.
   */
  commitInTransaction(request: ToGroup<TransactionalCommit> & { readonly closed: Closed }): OffsetsAnswer | Promise<OffsetsAnswer> {
    const { groupId, nodeId, producerId, producerEpoch, mode } = request;
    if (groupId === "") return refused(ErrorCode.INVALID_GROUP_ID);
    if (!isProducer(producerId, producerEpoch)) return refused(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
    const shard = this.#runtime.find(groupId, nodeId);
    const limit = typeof shard === "number" ? shard : this.#limitOf(request, true);
    if (limit !== ErrorCode.NONE) return refused(limit);
    const start = this.#runtime.startVerification(groupId, { producerId, producerEpoch, raisesEpoch: mode === "add" });
    if (start.kind === "rejected") return refused(start.errorCode);
    return start.guard === undefined ? this.#write(request, undefined) : this.#writeWhenAdmitted(request, start.guard);
  }

  async #writeWhenAdmitted(
    request: ToGroup<TransactionalCommit> & { readonly closed: Closed },
    guard: RecordTransaction["guard"],
  ): Promise<OffsetsAnswer> {
    const { admission, log } = this.#deps;
    const { transactionalId, producerId, producerEpoch, mode, knowsAbortable } = request;
    const partitions = [{ topic: log.topic, partition: this.#runtime.partitionOf(request.groupId) }];
    const [code] = await admit(admission, { transactionalId, producerId, producerEpoch, partitions, mode }, request.closed);
    if (code === ErrorCode.NONE) return this.#write(request, guard);
    const refusal = fromGate(code ?? ErrorCode.UNKNOWN_SERVER_ERROR, { mode, knowsAbortable });
    return refused(refusal === ErrorCode.NETWORK_EXCEPTION ? ErrorCode.COORDINATOR_LOAD_IN_PROGRESS : refusal);
  }

  #write(request: ToGroup<TransactionalCommit>, guard: RecordTransaction["guard"]): OffsetsAnswer | Promise<OffsetsAnswer> {
    const { groupId, nodeId, closed, producerId, producerEpoch } = request;
    const transaction = { producerId, producerEpoch, guard };
    return this.#runtime.ask({
      key: groupId,
      nodeId,
      closed,
      refused,
      input: (token) => ({ kind: "commit-in-transaction", token, request, transaction }),
    });
  }

  /** The offsets a group has committed, or the error a client is to be told. A group that does not exist has none. */
  committed(groupId: string, nodeId: number): ReadonlyMap<string, ReadonlyTopicOffsets> | number {
    const shard = this.#runtime.find(groupId, nodeId);
    return typeof shard === "number" ? shard : shard.state.offsets.of(groupId);
  }

  /**
   * Whether what {@link committed} gave now outlives a power loss as well as the topic is set to; undefined: it does. False when it is known that it may not: who asked must look for
   * the coordinator again.
   */
  areKept(groupId: string, nodeId: number): Promise<boolean> | undefined {
    const shard = this.#runtime.find(groupId, nodeId);
    if (typeof shard === "number") return undefined;
    return shard.unsynced?.then(
      () => true,
      () => false,
    );
  }

  /** Which of a group's offsets an open transaction may move. */
  pending(groupId: string, nodeId: number): (topic: string, partition: number) => boolean {
    const shard = this.#runtime.find(groupId, nodeId);
    if (typeof shard === "number" || !shard.state.offsets.pending.hasAnyOf(groupId)) return () => false;
    return (topic, partition) => shard.state.offsets.pending.has(groupId, topic, partition);
  }

  /** OffsetDelete. */
  delete(groupId: string, nodeId: number, topics: Parameters<typeof decideOffsetDelete>[2]): OffsetsAnswer | Promise<OffsetsAnswer> {
    if (groupId === "") return refused(ErrorCode.INVALID_GROUP_ID);
    return this.#runtime.ask({ key: groupId, nodeId, refused, input: (token) => ({ kind: "delete-offsets", token, topics }) });
  }

  /** DeleteGroups, one group: its error code. */
  deleteGroup(groupId: string, nodeId: number): number | Promise<number> {
    this.#runtime.catchUp(groupId, nodeId);
    const answer = this.#runtime.ask({
      key: groupId,
      nodeId,
      refused: (errorCode): { readonly errorCode: number } => ({ errorCode }),
      input: (token) => ({ kind: "delete-group", token }),
    });
    return answer instanceof Promise ? answer.then(({ errorCode }) => errorCode) : answer.errorCode;
  }

  /** Drops the offsets of a topic that was deleted; many that go at once are looked for together. */
  topicDeleted(topicId: string): void {
    this.#deletedTopicIds.add(topicId);
    if (!this.#isSweepingTopics) void this.#sweepDeletedTopics();
  }

  /** Drops the offsets of topics that went while nobody looked, even if others have their names by now. */
  forgetMissingTopics(shard: CoordinatorShard<GroupTypes>): Promise<void> {
    const isGone = (topic: string, topicId: string) => {
      const presentId = this.#deps.topicId(topic);
      return presentId === undefined || (topicId !== NIL_UUID && topicId !== presentId);
    };
    return this.#runtime.sweep({ kind: "topics-gone", isGone }, shard);
  }

  /** Begins to look for expired offsets from time to time. */
  start(): void {
    this.#expiry.start();
  }

  stop(): void {
    this.#expiry.stop();
  }

  async #sweepDeletedTopics(): Promise<void> {
    this.#isSweepingTopics = true;
    try {
      while (this.#deletedTopicIds.size > 0) {
        const deleted = this.#deletedTopicIds;
        this.#deletedTopicIds = new Set();
        await this.#runtime.sweep({ kind: "topics-gone", isGone: (_, topicId) => deleted.has(topicId) });
      }
    } finally {
      this.#isSweepingTopics = false;
    }
  }

  /** Whether a commit is within its bounds: NONE, or what the client is told. What is pending comes on top of what is committed. */
  #limitOf(request: ToGroup<TransactionalCommitInput>, isPending: boolean): number {
    // As what is too large for the log.
    if (partitionCount(request) > this.#deps.config().commitPartitionsMax) return ErrorCode.UNKNOWN_SERVER_ERROR;
    return this.#hasRoomFor(request, isPending) ? ErrorCode.NONE : ErrorCode.COORDINATOR_NOT_AVAILABLE;
  }

  #hasRoomFor({ groupId, nodeId, topics }: ToGroup<TransactionalCommitInput>, isPending: boolean): boolean {
    const shard = this.#runtime.find(groupId, nodeId);
    if (typeof shard === "number") return true;
    if (!shard.state.group(groupId) && !this.#totals.hasRoomForGroup()) return false;
    const { offsets } = shard.state;
    let addedBytes = 0;
    for (const { name, partitions } of topics) {
      for (const { partitionIndex, committedMetadata } of partitions) {
        const before = isPending ? undefined : offsets.get(groupId, name, partitionIndex);
        addedBytes += offsetBytes(committedMetadata ?? "") - (before ? offsetBytes(before.metadata) : 0);
      }
    }
    return addedBytes <= 0 || this.#totals.hasRoomForOffsets(addedBytes);
  }
}

function isProducer(producerId: number, producerEpoch: number): boolean {
  return Number.isSafeInteger(producerId) && producerId >= 0 && producerEpoch >= 0;
}

function partitionCount({ topics }: TransactionalCommitInput): number {
  let count = 0;
  for (const { partitions } of topics) count += partitions.length;
  return count;
}

function refused(errorCode: number): OffsetsAnswer {
  return { errorCode, topics: [] };
}
