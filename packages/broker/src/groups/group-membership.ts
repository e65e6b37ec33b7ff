import { invariant, type Random } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { RequestToken } from "./classic-group.ts";
import type { CoordinatorDeps } from "./coordinator-deps.ts";
import { decideAppendFailure, decideGroup, decideResignation } from "./decide-group.ts";
import type {
  GroupDecision,
  GroupInput,
  GroupReply,
  HeartbeatAnswer,
  HeartbeatInput,
  JoinAnswer,
  JoinInput,
  LeaveAnswer,
  LeaveInput,
  SyncAnswer,
  SyncInput,
  TimerChange,
} from "./group-decision.ts";
import type { GroupShard } from "./group-shard.ts";
import type { GroupShards } from "./group-shards.ts";
import { GroupTimers } from "./group-timers.ts";
import { joinError, syncError } from "./transition.ts";

type Answer = GroupReply["answer"];
type AnswerTo<Kind extends GroupReply["kind"]> = Extract<GroupReply, { readonly kind: Kind }>["answer"];

/** A request to a group, with the virtual broker it came to. */
export type ToGroup<Input> = Input & { readonly groupId: string; readonly nodeId: number };

/**
 * Runs the rules of group membership: keeps who waits for which answer, the timers, and the order "write, keep, answer".
 * Every request is answered exactly once, at the latest when its member's timers or the coordinator's term end.
 */
export class GroupMembership {
  readonly #deps: CoordinatorDeps;
  readonly #shards: GroupShards;
  readonly #timers: GroupTimers;
  readonly #waiting = new Map<RequestToken, (answer: Answer) => void>();
  #lastToken: RequestToken = 0;

  constructor(deps: CoordinatorDeps, shards: GroupShards) {
    this.#deps = deps;
    this.#shards = shards;
    this.#timers = new GroupTimers(deps.clock, (groupId, timer) => this.#timedOut(groupId, timer));
  }

  /** Requests without an answer so far. */
  get waitingCount(): number {
    return this.#waiting.size;
  }

  get timerCount(): number {
    return this.#timers.size;
  }

  /** JoinGroup; parked until the rebalance ends. */
  join(request: ToGroup<Omit<JoinInput, "newMemberId">>): JoinAnswer | Promise<JoinAnswer> {
    const { minSessionTimeoutMs, maxSessionTimeoutMs, groupsMax } = this.#deps.config();
    const { groupId, nodeId, memberId, sessionTimeoutMs } = request;
    if (groupId === "") return joinError(ErrorCode.INVALID_GROUP_ID, memberId);
    if (sessionTimeoutMs < minSessionTimeoutMs || sessionTimeoutMs > maxSessionTimeoutMs) {
      return joinError(ErrorCode.INVALID_SESSION_TIMEOUT, memberId);
    }
    const shard = this.#shards.find(groupId, nodeId);
    if (typeof shard === "number") return joinError(shard, memberId);
    if (!shard.group(groupId) && this.#shards.groupCount >= groupsMax) return joinError(ErrorCode.GROUP_MAX_SIZE_REACHED, memberId);
    const newMemberId = `${request.groupInstanceId ?? request.clientId}-${memberUuid(this.#deps.random)}`;
    return this.#ask(shard, groupId, (token) => ({ ...request, kind: "join", token, newMemberId }));
  }

  /** SyncGroup; a follower's is parked until the leader has assigned. */
  sync(request: ToGroup<SyncInput>): SyncAnswer | Promise<SyncAnswer> {
    const shard = this.#find(request);
    if (typeof shard === "number") return syncError(shard);
    return this.#ask(shard, request.groupId, (token) => ({ ...request, kind: "sync", token }));
  }

  heartbeat(request: ToGroup<HeartbeatInput>): HeartbeatAnswer | Promise<HeartbeatAnswer> {
    const shard = this.#find(request);
    if (typeof shard === "number") {
      // While loading, nobody knows whether the member is one; let it go on.
      return { errorCode: shard === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : shard };
    }
    return this.#ask(shard, request.groupId, (token) => ({ ...request, kind: "heartbeat", token }));
  }

  leave(request: ToGroup<LeaveInput>): LeaveAnswer | Promise<LeaveAnswer> {
    const shard = this.#find(request);
    if (typeof shard === "number") return { errorCode: shard, members: [] };
    return this.#ask(shard, request.groupId, (token) => ({ ...request, kind: "leave", token }));
  }

  /** Lets what is due happen now: who wants a group deleted when its sessions are over must not find it alive because the process was busy. */
  catchUp(): void {
    this.#timers.fireDue();
  }

  /** Begins the sessions of a loaded shard's members. */
  resume(shard: GroupShard): void {
    for (const { groupId } of [...shard.groups()]) this.#run(shard, groupId, { kind: "loaded" });
  }

  /** Ends the coordinator's term for a shard. */
  resign(shard: GroupShard): void {
    for (const group of shard.groups()) {
      this.#timers.cancelGroup(group.groupId);
      this.#send(decideResignation(group));
    }
  }

  /** The group is gone. */
  forget(groupId: string): void {
    this.#timers.cancelGroup(groupId);
  }

  setTimers(groupId: string, changes: readonly TimerChange[]): void {
    for (const { timer, delayMs } of changes) {
      if (delayMs === null) this.#timers.cancel(groupId, timer);
      else this.#timers.set(groupId, timer, delayMs);
    }
  }

  stop(): void {
    this.#timers.stop();
  }

  #find({ groupId, nodeId }: { readonly groupId: string; readonly nodeId: number }): GroupShard | number {
    return groupId === "" ? ErrorCode.INVALID_GROUP_ID : this.#shards.find(groupId, nodeId);
  }

  /** Runs an input that asks something; the answer may be there at once. */
  #ask<Kind extends GroupReply["kind"]>(
    shard: GroupShard,
    groupId: string,
    input: (token: RequestToken) => GroupInput & { readonly kind: Kind },
  ): AnswerTo<Kind> | Promise<AnswerTo<Kind>> {
    const token = ++this.#lastToken;
    let answer: Answer | undefined;
    this.#waiting.set(token, (given) => {
      answer = given;
    });
    this.#run(shard, groupId, input(token));
    // A request is answered with a reply of its own kind.
    return (answer ?? new Promise<Answer>((resolve) => this.#waiting.set(token, resolve))) as AnswerTo<Kind> | Promise<AnswerTo<Kind>>;
  }

  #timedOut(groupId: string, timer: TimerChange["timer"]): void {
    const shard = this.#shards.ready(groupId);
    if (shard) this.#run(shard, groupId, { kind: "timeout", timer });
  }

  #run(shard: GroupShard, groupId: string, input: GroupInput): void {
    const { limits } = this.#deps.config();
    const nowMs = this.#deps.clock.nowMs();
    const group = shard.group(groupId);
    const decision = decideGroup(group, input, limits, nowMs);
    if (decision.records.length === 0) {
      this.#adopt(shard, groupId, decision);
      return;
    }
    const outcome = this.#shards.append(shard, decision.records);
    if (outcome.kind === "ok") {
      this.#adopt(shard, groupId, decision, outcome.durable);
      return;
    }
    this.#deps.logger.warn("group metadata could not be written", { groupId, partition: shard.partition, errorCode: outcome.errorCode });
    if (decision.durability === "best-effort") this.#adopt(shard, groupId, decision);
    else this.#adopt(shard, groupId, decideAppendFailure(group, input, outcome.errorCode, limits, nowMs));
  }

  #adopt(shard: GroupShard, groupId: string, { group, timers, replies }: GroupDecision, durable?: Promise<void>): void {
    if (group) {
      this.#logStateChange(shard, group.state, groupId, group.generationId);
      shard.keep(group);
    }
    this.setTimers(groupId, timers);
    if (!durable) {
      this.#send(replies);
      return;
    }
    durable.then(
      () => this.#send(replies),
      () => this.#send(replies.map((reply) => failed(reply))),
    );
  }

  #logStateChange(shard: GroupShard, state: string, groupId: string, generationId: number): void {
    const before = shard.group(groupId)?.state;
    if (before !== undefined && before !== state)
      this.#deps.logger.info("group changed state", { groupId, from: before, to: state, generationId });
  }

  #send(replies: readonly GroupReply[]): void {
    for (const { token, answer } of replies) {
      const resolve = this.#waiting.get(token);
      invariant(resolve, `Request ${token} was answered twice.`);
      this.#waiting.delete(token);
      resolve(answer);
    }
  }
}

/** The write was taken but did not reach the disk: the client must find out anew where the group stands. */
function failed(reply: GroupReply): GroupReply {
  const errorCode = ErrorCode.NOT_COORDINATOR;
  switch (reply.kind) {
    case "join":
      return { ...reply, answer: joinError(errorCode, reply.answer.memberId) };
    case "sync":
      return { ...reply, answer: syncError(errorCode) };
    case "heartbeat":
      return { ...reply, answer: { errorCode } };
    case "leave":
      return { ...reply, answer: { errorCode, members: [] } };
  }
}

/** A version 4 UUID in the usual hyphenated form, as Kafka puts it into member ids. */
function memberUuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
