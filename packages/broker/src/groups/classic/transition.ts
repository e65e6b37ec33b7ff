import { invariant } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { Reply, RequestToken, TimerChange } from "../../coordinator/coordinator-spec.ts";
import type { GroupRecord } from "../group-records.ts";
import { type ClassicGroup, EMPTY_ASSIGNMENT, type GroupState } from "./classic-group.ts";
import type { ClassicAnswer, GroupDecision, GroupLimits, GroupTimer, JoinAnswer, LeaveAnswer, SyncAnswer } from "./group-decision.ts";
import { groupRecord } from "./group-snapshot.ts";
import type { GroupMember, MemberTable } from "./member-table.ts";

type Draft = { -readonly [Field in keyof ClassicGroup]: ClassicGroup[Field] };

/** Which states a group may come from. */
const PREVIOUS_STATES: Readonly<Record<GroupState, readonly GroupState[]>> = {
  Empty: ["PreparingRebalance"],
  PreparingRebalance: ["Stable", "CompletingRebalance", "Empty"],
  CompletingRebalance: ["PreparingRebalance"],
  Stable: ["CompletingRebalance"],
};

/**
 * One decision in the making: a draft of the next group and what must happen along with it. The group it starts from is never touched.
 */
export class Transition {
  readonly limits: GroupLimits;
  readonly #nowMs: number;
  readonly #group: Draft;
  #members: MemberTable | undefined;
  #records: readonly GroupRecord[] = [];
  #durability: "required" | "best-effort" = "best-effort";
  readonly #timers: TimerChange<GroupTimer>[] = [];
  readonly #replies: Reply<ClassicAnswer>[] = [];

  constructor(group: ClassicGroup, limits: GroupLimits, nowMs: number) {
    this.#group = { ...group };
    this.limits = limits;
    this.#nowMs = nowMs;
  }

  /** The group as it would be now. */
  get group(): ClassicGroup {
    return this.#group;
  }

  finish(): GroupDecision {
    const { leaderId, members } = this.#group;
    if (leaderId !== null && !members.has(leaderId)) this.#group.leaderId = members.first()?.memberId ?? null;
    return {
      soft: { ...this.#group },
      records: this.#records,
      durability: this.#durability,
      timers: this.#timers,
      replies: this.#replies,
    };
  }

  moveTo(state: GroupState): void {
    invariant(
      PREVIOUS_STATES[state].includes(this.#group.state),
      `Group "${this.#group.groupId}" cannot go from ${this.#group.state} to ${state}.`,
    );
    this.#group.state = state;
    this.#group.stateTimestampMs = this.#nowMs;
  }

  set(change: Partial<Omit<ClassicGroup, "type" | "groupId" | "state" | "stateTimestampMs" | "members">>): void {
    Object.assign(this.#group, change);
  }

  /** The member, which must exist. */
  member(memberId: string): GroupMember {
    const member = this.#group.members.get(memberId);
    invariant(member, `Group "${this.#group.groupId}" has no member "${memberId}".`);
    return member;
  }

  /** Adds the member, or changes it and keeps its place. */
  putMember(member: GroupMember): void {
    this.#ownMembers().put(member);
  }

  changeMember(memberId: string, change: Partial<GroupMember>): void {
    this.putMember({ ...this.member(memberId), ...change });
  }

  /** Takes a member or a pending member out, with its session; a lost leader is in the end followed by the longest-standing member. */
  removeMember(memberId: string): void {
    if (this.#group.members.has(memberId)) this.#ownMembers().remove(memberId);
    this.removePending(memberId);
    this.cancelTimer({ kind: "session", memberId });
  }

  addPending(memberId: string): void {
    this.#ownMembers().addPending(memberId);
  }

  removePending(memberId: string): void {
    if (this.#group.members.isPending(memberId)) this.#ownMembers().removePending(memberId);
  }

  setTimer(timer: GroupTimer, delayMs: number): void {
    this.#timers.push({ timer, delayMs });
  }

  cancelTimer(timer: GroupTimer): void {
    this.#timers.push({ timer, delayMs: null });
  }

  /** Writes down the group, as it is now unless told otherwise. */
  persist(durability: "required" | "best-effort", group: ClassicGroup = this.#group): void {
    this.#records = [groupRecord(group)];
    if (durability === "required") this.#durability = durability;
  }

  /** Answers the member's parked JoinGroup, if there is one. */
  completeJoin(memberId: string, answer: JoinAnswer): void {
    const { awaitingJoin } = this.member(memberId);
    if (awaitingJoin === null) return;
    this.replyToJoin(awaitingJoin, answer);
    this.changeMember(memberId, { awaitingJoin: null });
  }

  /** Answers the member's parked SyncGroup, if there is one; tells whether there was. */
  completeSync(memberId: string, answer: SyncAnswer): boolean {
    const { awaitingSync } = this.member(memberId);
    if (awaitingSync === null) return false;
    this.replyToSync(awaitingSync, answer);
    this.changeMember(memberId, { awaitingSync: null });
    return true;
  }

  replyToJoin(token: RequestToken, answer: JoinAnswer): void {
    this.#replies.push({ token, answer });
  }

  replyToSync(token: RequestToken, answer: SyncAnswer): void {
    this.#replies.push({ token, answer });
  }

  replyToHeartbeat(token: RequestToken, errorCode: number): void {
    this.#replies.push({ token, answer: { errorCode } });
  }

  replyToLeave(token: RequestToken, answer: LeaveAnswer): void {
    this.#replies.push({ token, answer });
  }

  #ownMembers(): MemberTable {
    if (!this.#members) {
      this.#members = this.#group.members.draft();
      this.#group.members = this.#members;
    }
    return this.#members;
  }
}

/** What a JoinGroup that failed is answered with. */
export function joinError(errorCode: number, memberId: string): JoinAnswer {
  return { errorCode, memberId, generationId: -1, protocolType: null, protocolName: null, leader: "", skipAssignment: false, members: [] };
}

/** What a SyncGroup that failed is answered with. */
export function syncError(errorCode: number): SyncAnswer {
  return { errorCode, protocolType: null, protocolName: null, assignment: EMPTY_ASSIGNMENT };
}

/** Removes a member; a request it still waits with is told to start over. */
export function dropMember(t: Transition, memberId: string): void {
  t.completeJoin(memberId, joinError(ErrorCode.UNKNOWN_MEMBER_ID, ""));
  t.completeSync(memberId, syncError(ErrorCode.UNKNOWN_MEMBER_ID));
  t.removeMember(memberId);
}
