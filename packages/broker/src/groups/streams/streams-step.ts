import type { Reply, RequestToken, TimerChange } from "../../coordinator/coordinator-spec.ts";
import type { ClassicGroup } from "../classic/classic-group.ts";
import type { ClassicAnswer, GroupTimer } from "../classic/group-decision.ts";
import type { BackgroundAnswer, MemberTimer } from "../consumer/consumer-decision.ts";
import type { GroupRecord } from "../group-records.ts";
import type { StreamsDecision, StreamsEnvironment, StreamsHeartbeatAnswer, StreamsTimer } from "./streams-decision.ts";
import type { StreamsGroup, StreamsSoftState } from "./streams-group.ts";
import type { StreamsMember } from "./streams-member.ts";
import type { StreamsPart } from "./streams-records.ts";

/** One decision about a streams group in the making. The group is never touched: what is written changes it when it is applied. */
export class StreamsStep {
  readonly group: StreamsGroup;
  readonly env: StreamsEnvironment;
  /** Whether the log has nothing of the group so far. */
  readonly isNewGroup: boolean;
  readonly #records: GroupRecord[] = [];
  readonly #timers: TimerChange<StreamsTimer | GroupTimer>[] = [];
  readonly #replies: Reply<StreamsHeartbeatAnswer | ClassicAnswer | BackgroundAnswer>[] = [];
  #soft: StreamsSoftState;

  constructor(group: StreamsGroup, env: StreamsEnvironment, isNewGroup: boolean = false) {
    this.group = group;
    this.env = env;
    this.isNewGroup = isNewGroup;
    this.#soft = group.soft;
  }

  get soft(): StreamsSoftState {
    return this.#soft;
  }

  change(soft: Partial<StreamsSoftState>): void {
    this.#soft = { ...this.#soft, ...soft };
  }

  write(part: StreamsPart): void {
    this.#records.push({ kind: "streams", groupId: this.group.groupId, part });
  }

  /** The group was a classic one without members until now. */
  writeClassicTombstone(): void {
    this.#records.push({ kind: "group", groupId: this.group.groupId, value: null });
  }

  writeMember(member: StreamsMember): void {
    const { memberId, instanceId, rackId, clientId, clientHost, rebalanceTimeoutMs, topologyEpoch, processId, userEndpoint, clientTags } =
      member;
    this.write({
      type: "member",
      memberId,
      value: { instanceId, rackId, clientId, clientHost, rebalanceTimeoutMs, topologyEpoch, processId, userEndpoint, clientTags },
    });
  }

  writeCurrent(member: StreamsMember): void {
    const { memberId, memberEpoch, previousMemberEpoch, state, assigned, pendingRevocation } = member;
    this.write({ type: "current", memberId, value: { memberEpoch, previousMemberEpoch, state, assigned, pendingRevocation } });
  }

  /** Tombstones for all that the log has of a member. */
  writeRemoval(memberId: string): void {
    this.write({ type: "current", memberId, value: null });
    this.write({ type: "target-member", memberId, value: null });
    this.write({ type: "member", memberId, value: null });
  }

  /** What keeps its place in the log from one epoch to the next. */
  writeEpoch(
    groupEpoch: number,
    more: {
      readonly metadataHash?: number;
      readonly validatedTopologyEpoch?: number;
      readonly assignmentConfigs?: ReadonlyMap<string, string>;
    } = {},
  ): void {
    const { metadataHash, validatedTopologyEpoch, assignmentConfigs } = this.group;
    this.write({ type: "group", value: { metadataHash, validatedTopologyEpoch, assignmentConfigs, ...more, groupEpoch } });
  }

  setTimer(timer: StreamsTimer | GroupTimer, delayMs: number): void {
    this.#timers.push({ timer, delayMs });
  }

  setTimerIfAbsent(timer: StreamsTimer, delayMs: number): void {
    this.#timers.push({ timer, delayMs, ifAbsent: true });
  }

  cancelTimer(timer: MemberTimer | GroupTimer): void {
    this.#timers.push({ timer, delayMs: null });
  }

  cancelTimers(memberId: string): void {
    this.cancelTimer({ kind: "member-session", memberId });
    this.cancelTimer({ kind: "member-revocation", memberId, memberEpoch: 0 });
  }

  reply(token: RequestToken, answer: StreamsHeartbeatAnswer | BackgroundAnswer): void {
    this.#replies.push({ token, answer });
  }

  finish(): StreamsDecision {
    const soft = this.#soft === this.group.soft ? undefined : ({ type: "streams-soft", soft: this.#soft } as const);
    return { records: this.#records, durability: "required", soft, timers: this.#timers, replies: this.#replies };
  }

  /** Ends with the classic room's decision: the group has become its. */
  finishWith(
    other: { readonly records: readonly GroupRecord[]; readonly soft?: ClassicGroup | undefined } & Pick<StreamsDecision, "timers"> & {
        readonly replies: readonly Reply<ClassicAnswer>[];
      },
  ): StreamsDecision {
    return {
      records: [...this.#records, ...other.records],
      durability: "required",
      soft: other.soft,
      timers: [...this.#timers, ...other.timers],
      replies: [...this.#replies, ...other.replies],
    };
  }
}

export const NOTHING_HAPPENS: StreamsDecision = { records: [], durability: "required", timers: [], replies: [] };
