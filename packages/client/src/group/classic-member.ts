import type { Timer } from "@ottla/base";
import { ErrorCode, KafkaError } from "@ottla/protocol";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import { isRetriable } from "../cluster/retries.ts";
import { isEnding } from "../lifetime.ts";
import { backoffMs, sleep } from "../net/backoff.ts";
import { refusalAt } from "../outcome.ts";
import type { TopicPartition } from "../topic-partition.ts";
import type { Assignor, RebalanceProtocol } from "./assignor.ts";
import type { Assignment } from "./consumer-protocol.ts";
import { GroupCalls } from "./group-calls.ts";
import { groupTrouble } from "./group-errors.ts";
import { changeSince, type LeaderPlan, planAssignment } from "./group-leader.ts";
import { KeptByGroup } from "./kept-by-group.ts";
import { MemberName } from "./member-name.ts";
import { offeredProtocols, readAssignment } from "./offered-protocols.ts";
import { PollDeadline } from "./poll-deadline.ts";
import {
  isSameMember,
  LATE_HEARTBEAT_MS,
  type MemberIdentity,
  type Membership,
  type MembershipEvents,
  type MembershipStep,
  type MembershipView,
} from "./membership.ts";
import { textOf } from "../thrown.ts";

const NO_GENERATION = -1;
/** A coordinator that wants a member to join again may want that so many times in a row at once. */
const JOINS_AT_ONCE_MAX = 4;

/** The group has a new generation, and this is this member's part of it. */
interface Joined {
  readonly assignment: Assignment;
  readonly assignor: Assignor;
}

export interface ClassicMemberOptions {
  readonly groupId: string;
  readonly groupInstanceId: string | undefined;
  readonly assignors: readonly Assignor[];
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly maxPollIntervalMs: number;
  readonly rack: string | undefined;
}

/**
 * One member of a classic group: joins, syncs, sends heartbeats on its own time, and says when it has to join again. What partitions coming
 * and going mean for the application is its caller's business: see {@link Membership}.
 * Source: KIP-62, KIP-134, KIP-345, KIP-394, KIP-429.
 */
export class ClassicMember implements Membership {
  readonly protocol = "classic";
  readonly #cluster: Cluster;
  readonly #options: ClassicMemberOptions;
  readonly #calls: GroupCalls;
  readonly #events: MembershipEvents;
  readonly #name = new MemberName();
  #generationId = NO_GENERATION;
  #rejoinReason: string | undefined = "first join";
  #isLost = false;
  #joining = false;
  #joined: Joined | undefined;
  /** What the group must have back before this member joins again was given up. */
  #isReleased = false;
  #fatal: Error | undefined;
  #heartbeat: Timer | undefined;
  #lastHeardMs = 0;
  readonly #kept: KeptByGroup;
  readonly #pollDeadline: PollDeadline;
  #planned: LeaderPlan | undefined;
  #left = false;

  constructor(cluster: Cluster, lane: Lane, options: ClassicMemberOptions, events: MembershipEvents) {
    this.#cluster = cluster;
    this.#options = options;
    this.#calls = new GroupCalls(cluster, lane);
    this.#events = events;
    this.#pollDeadline = new PollDeadline(cluster.deps.clock, options.maxPollIntervalMs);
    this.#kept = new KeptByGroup(cluster.deps.clock, options.heartbeatIntervalMs);
  }

  get identity(): MemberIdentity {
    const { groupId, groupInstanceId } = this.#options;
    return { groupId, groupInstanceId, memberId: this.#name.id, generationId: this.#generationId };
  }

  get failure(): Error | undefined {
    return this.#fatal;
  }

  get isMember(): boolean {
    return this.#generationId !== NO_GENERATION;
  }

  get keptUntilMs(): number | undefined {
    return this.isMember ? this.#kept.sinceMs + this.#options.sessionTimeoutMs : undefined;
  }

  get mayCommit(): boolean {
    return this.isMember && !this.#joining;
  }

  get hasWork(): boolean {
    return this.#isLost || this.#fatal !== undefined || this.#joined !== undefined || this.#isRejoinNeeded;
  }

  next({ topics, owned }: MembershipView): MembershipStep | undefined {
    if (this.#isLost) {
      this.#isLost = false;
      return { kind: "lost" };
    }
    if (this.#fatal) return { kind: "failed", error: this.#fatal };
    const joined = this.#joined;
    if (joined !== undefined) {
      this.#joined = undefined;
      const { generationId } = this.identity;
      const { assignment, assignor } = joined;
      return { kind: "assigned", partitions: assignment.partitions, onApplied: () => assignor.onAssignment?.(assignment, generationId) };
    }
    if (!this.#isRejoinNeeded || topics === undefined) return undefined;
    const held = owned();
    if (held.length > 0 && !this.#isReleased) return { kind: "release", partitions: this.#toRelease(topics, held) };
    this.#join(topics, held);
    return undefined;
  }

  carriedOut(step: MembershipStep, revokedCount: number): void {
    if (step.kind === "release") this.#isReleased = true;
    // Only now that they are free can the group give them to somebody else (KIP-429).
    if (step.kind === "assigned" && revokedCount > 0) this.requestRejoin("gave up partitions that the group wants to move");
  }

  get #isRejoinNeeded(): boolean {
    return this.#rejoinReason !== undefined && !this.#joining;
  }

  /** Everything under the eager protocol; under the cooperative one only what is not subscribed to any more. */
  #toRelease(topics: readonly string[], owned: readonly TopicPartition[]): readonly TopicPartition[] {
    if (this.#protocol === "eager") return owned;
    const wanted = new Set(topics);
    return owned.filter((each) => !wanted.has(each.topic));
  }

  /** The best protocol that all assignors share. */
  get #protocol(): RebalanceProtocol {
    return this.#options.assignors.every((assignor) => assignor.protocols.includes("cooperative")) ? "cooperative" : "eager";
  }

  notePoll(nowMs: number): void {
    this.#pollDeadline.note(nowMs);
  }

  enterPoll(): void {
    this.#pollDeadline.enter();
  }

  leavePoll(): void {
    this.#pollDeadline.leave();
  }

  subscriptionChanged(): void {
    this.requestRejoin("the topics that match the subscription changed");
  }

  requestRejoin(reason: string): void {
    this.#rejoinReason ??= reason;
    this.#events.news();
  }

  /** The leader looks whether topics have as many partitions as when it divided them. */
  metadataChanged(): void {
    if (this.#planned === undefined || this.#rejoinReason !== undefined) return;
    const change = changeSince(this.#planned, this.#cluster);
    if (change === undefined) return;
    this.#planned = undefined;
    this.requestRejoin(change);
  }

  /** Starts joining in the background. Revocation must be done before. */
  #join(topics: readonly string[], owned: readonly TopicPartition[]): void {
    this.#joining = true;
    this.#isReleased = false;
    const reason = this.#rejoinReason ?? "";
    this.#rejoinReason = undefined;
    this.#stopHeartbeat();
    this.#joinUntilDone(topics, owned, reason).then(
      (joined) => this.#conclude(joined),
      (error: Error) => {
        if (!isEnding(error)) this.#fatal = error;
        this.#conclude(undefined);
      },
    );
  }

  /** A refusal of a generation that is being replaced is no loss: the commit was late. */
  noteCommitRefusal(errorCode: number, as: MemberIdentity | undefined): boolean {
    const trouble = groupTrouble(errorCode);
    const isStale = this.#joining || as === undefined || !isSameMember(as, this.identity);
    if (errorCode === ErrorCode.FENCED_INSTANCE_ID) this.#fail(this.#refusal(errorCode));
    else if (trouble !== "rebalance" && trouble !== "forgotten") return false;
    else if (isStale) return true;
    else if (trouble === "rebalance") this.requestRejoin("a rebalance was seen in a commit");
    else this.#forget(errorCode);
    return true;
  }

  stop(): void {
    this.#left = true;
    this.#stopHeartbeat();
  }

  async leave(reason: string): Promise<void> {
    this.stop();
    if (this.#options.groupInstanceId !== undefined) return;
    const isWaiting = this.#joining && this.#name.id !== "";
    // Whom the group is about to name would stay there, and hold up all others, until its session ends.
    await this.#name.known(this.#cluster.deps.clock, this.#cluster.options.requestTimeoutMs);
    const me = this.identity;
    if (me.memberId === "") return;
    try {
      await this.#calls.leave(me, reason, isWaiting);
    } catch (error) {
      this.#cluster.deps.logger.warn("could not leave the group", { group: me.groupId, error: textOf(error) });
    }
  }

  #conclude(joined: Joined | undefined): void {
    this.#joining = false;
    if (this.#left) return;
    this.#joined = joined;
    if (joined) this.#startHeartbeat();
    this.#events.news();
  }

  async #joinUntilDone(topics: readonly string[], owned: readonly TopicPartition[], reason: string): Promise<Joined | undefined> {
    const { clock, random } = this.#cluster.deps;
    for (let failures = 0, joinsAtOnce = 0; !this.#left; ) {
      let errorCode: number;
      try {
        const outcome = await this.#joinOnce(topics, owned, reason);
        if (this.#left) return undefined;
        if (typeof outcome !== "number") return outcome;
        errorCode = outcome;
      } catch (error) {
        if (!isRetriable(error)) throw error;
        errorCode = ErrorCode.COORDINATOR_NOT_AVAILABLE;
      }
      const trouble = groupTrouble(errorCode);
      if (trouble === "fatal") throw this.#refusal(errorCode);
      if (trouble === "coordinator") this.#cluster.coordinators.forget("group", this.#options.groupId);
      if (trouble === "forgotten") this.#reset(errorCode);
      const isAtOnce = trouble !== "coordinator" && ++joinsAtOnce <= JOINS_AT_ONCE_MAX;
      failures = isAtOnce ? 0 : failures + 1;
      const { retryBackoffMs, retryBackoffMaxMs } = this.#cluster.options;
      if (!isAtOnce) await sleep(clock, backoffMs(failures, retryBackoffMs, retryBackoffMaxMs, random), this.#cluster.lifetime);
    }
    return undefined;
  }

  /** One JoinGroup and SyncGroup. Returns the error code that stopped it. */
  async #joinOnce(topics: readonly string[], owned: readonly TopicPartition[], reason: string): Promise<Joined | number> {
    const { sessionTimeoutMs, maxPollIntervalMs, rack } = this.#options;
    const offer = { topics, owned, generationId: this.#generationId, rack };
    const protocols = offeredProtocols(this.#options.assignors, offer);
    const connection = await this.#calls.connect(this.#options.groupId);
    if (this.#left) return ErrorCode.NONE;
    const joined = await this.#name.by(() =>
      this.#kept.whileWaiting(() =>
        this.#calls.join(connection, this.identity, { sessionTimeoutMs, rebalanceTimeoutMs: maxPollIntervalMs, protocols, reason }),
      ),
    );
    if (joined.errorCode !== ErrorCode.NONE || this.#left) return joined.errorCode;
    this.#generationId = joined.generationId;
    const assignor = this.#options.assignors.find((each) => each.name === joined.protocolName);
    if (assignor === undefined)
      throw new KafkaError(
        ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
        `The group chose the assignor "${joined.protocolName}", which this consumer does not have.`,
      );
    const isLeader = joined.leader === joined.memberId && !joined.skipAssignment;
    this.#planned = isLeader ? await planAssignment(this.#cluster, this.#options.groupId, assignor, joined.members) : undefined;
    const assignments = this.#planned?.assignments ?? new Map<string, Buffer>();
    const synced = await this.#kept.whileWaiting(() => this.#calls.sync(this.identity, assignor.name, assignments, maxPollIntervalMs));
    if (synced.errorCode !== ErrorCode.NONE) return synced.errorCode;
    return { assignment: readAssignment(this.#options.groupId, synced.assignment), assignor };
  }

  #startHeartbeat(): void {
    this.#lastHeardMs = this.#cluster.deps.clock.monotonicMs();
    this.#scheduleHeartbeat(this.#options.heartbeatIntervalMs);
  }

  #scheduleHeartbeat(delayMs: number): void {
    this.#heartbeat?.cancel();
    const { clock } = this.#cluster.deps;
    const dueMs = clock.monotonicMs() + delayMs;
    this.#heartbeat = clock.schedule(delayMs, () => {
      const lateMs = clock.monotonicMs() - dueMs;
      if (lateMs > LATE_HEARTBEAT_MS) this.#events.late(lateMs);
      void this.#beat();
    });
  }

  #stopHeartbeat(): void {
    this.#heartbeat?.cancel();
    this.#heartbeat = undefined;
  }

  async #beat(): Promise<void> {
    if (this.#pollDeadline.hasPassed) {
      await this.#leaveForNotPolling();
      return;
    }
    const me = this.identity;
    const sentMs = this.#cluster.deps.clock.monotonicMs();
    let errorCode: number;
    try {
      errorCode = await this.#calls.heartbeat(me);
    } catch (error) {
      this.#cluster.deps.logger.warn("heartbeat failed", { group: me.groupId, error: textOf(error) });
      errorCode = ErrorCode.COORDINATOR_NOT_AVAILABLE;
    }
    if (this.#heartbeat === undefined || this.#left || !isSameMember(me, this.identity)) return;
    this.#onHeartbeat(errorCode, sentMs);
  }

  #onHeartbeat(errorCode: number, sentMs: number): void {
    const { clock } = this.#cluster.deps;
    const trouble = errorCode === ErrorCode.NONE ? undefined : groupTrouble(errorCode);
    if (trouble === undefined || trouble === "rebalance") {
      this.#lastHeardMs = clock.monotonicMs();
      this.#kept.note(sentMs);
    }
    if (trouble === "rebalance") this.requestRejoin("the group is rebalancing");
    if (trouble === "coordinator") this.#cluster.coordinators.forget("group", this.#options.groupId);
    if (trouble === "forgotten") {
      this.#forget(errorCode);
      return;
    }
    if (trouble === "fatal") {
      this.#fail(this.#refusal(errorCode));
      return;
    }
    const { heartbeatIntervalMs } = this.#options;
    const isSilent = clock.monotonicMs() - this.#lastHeardMs > heartbeatIntervalMs;
    this.#scheduleHeartbeat(
      trouble === "coordinator" && isSilent ? Math.min(heartbeatIntervalMs, this.#cluster.options.retryBackoffMaxMs) : heartbeatIntervalMs,
    );
  }

  async #leaveForNotPolling(): Promise<void> {
    const { maxPollIntervalMs, groupId } = this.#options;
    this.#cluster.deps.logger.warn("left the group: no poll within maxPollIntervalMs", { group: groupId, maxPollIntervalMs });
    const me = this.identity;
    this.#reset(ErrorCode.UNKNOWN_MEMBER_ID);
    this.#rejoinReason = `no poll for more than ${maxPollIntervalMs} ms`;
    if (me.groupInstanceId === undefined) await this.#calls.leave(me, this.#rejoinReason, false).catch(() => {});
    this.#events.news();
  }

  /** The group knows this member or its generation no more. */
  #forget(errorCode: number): void {
    this.#reset(errorCode);
    this.requestRejoin(new KafkaError(errorCode).code);
  }

  #reset(errorCode: number): void {
    this.#stopHeartbeat();
    this.#joined = undefined;
    if (this.#generationId !== NO_GENERATION) this.#isLost = true;
    this.#generationId = NO_GENERATION;
    if (errorCode === ErrorCode.UNKNOWN_MEMBER_ID) this.#name.forget();
  }

  #fail(error: Error): void {
    this.#reset(ErrorCode.NONE);
    this.#fatal = error;
    this.#events.news();
  }

  /** What nothing helps against, in words. */
  #refusal(errorCode: number): KafkaError {
    const { groupId, groupInstanceId } = this.#options;
    if (errorCode !== ErrorCode.FENCED_INSTANCE_ID) return refusalAt(`Group "${groupId}"`, errorCode);
    return new KafkaError(
      errorCode,
      `Another consumer joined group "${groupId}" as instance "${groupInstanceId}" and took this one's place.`,
    );
  }
}
