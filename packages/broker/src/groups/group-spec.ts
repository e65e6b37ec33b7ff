import type { Logger } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { LogRecord, RecordTransaction } from "../coordinator/coordinator-log.ts";
import type { CoordinatorSpec, CoordinatorTypes, Decision, RequestToken } from "../coordinator/coordinator-spec.ts";
import { type ClassicGroup, newGroup } from "./classic/classic-group.ts";
import { decideAppendFailure, decideGroup } from "./classic/decide-group.ts";
import type { ClassicAnswer, ClassicInput, GroupTimer } from "./classic/group-decision.ts";
import type {
  BackgroundAnswer,
  CheckedTopics,
  ConsumerEnvironment,
  ConsumerHeartbeatAnswer,
  ConsumerInput,
  MemberTimer,
} from "./consumer/consumer-decision.ts";
import { decideClassicRequest, decideConsumerGroup, decideTimerFailure, resumeConsumerGroup } from "./consumer/decide-consumer-group.ts";
import {
  decideClassicToStreams,
  decideStreamsGroup,
  resumeStreamsGroup,
  retryStreamsTimer,
  streamsMemberTimedOut,
} from "./streams/decide-streams-group.ts";
import type { FirstAssignmentTimer, StreamsEnvironment, StreamsHeartbeatAnswer, StreamsInput } from "./streams/streams-decision.ts";
import type { StreamsSoft } from "./streams/streams-group.ts";
import type { Group } from "./group.ts";
import type { GroupConfig } from "./group-config.ts";
import { decodeRecord, encodeRecord, KnownOffset, readKnownOffset } from "./group-record-codec.ts";
import type { GroupRecord } from "./group-records.ts";
import { GroupState } from "./group-state.ts";
import {
  checkGroupDelete,
  decideExpiry,
  decideGroupDelete,
  decideOffsetCommit,
  decideOffsetDelete,
  decideTopicCleanup,
  decideTransactionalCommit,
  type OffsetCommitInput,
  type OffsetDecision,
  type OffsetsAnswer,
  type Removal,
  type TransactionalCommitInput,
} from "./offsets/offset-rules.ts";
import type { OffsetWalk } from "./offsets/committed-offsets.ts";

/** What happens to one group: to its membership, whose rules its kind has, or to its offsets, whose rules all kinds share. */
export type GroupInput =
  | ClassicInput
  | ConsumerInput
  | StreamsInput
  | { readonly kind: "commit"; readonly token: RequestToken; readonly request: OffsetCommitInput }
  | {
      readonly kind: "commit-in-transaction";
      readonly token: RequestToken;
      readonly request: TransactionalCommitInput;
      readonly transaction: RecordTransaction;
    }
  | { readonly kind: "delete-offsets"; readonly token: RequestToken; readonly topics: Parameters<typeof decideOffsetDelete>[2] }
  | { readonly kind: "delete-group"; readonly token: RequestToken }
  /** Retention takes what it no longer keeps. */
  | { readonly kind: "expire"; readonly walk?: OffsetWalk }
  /** Topics went, and with them what was committed of them. */
  | { readonly kind: "topics-gone"; readonly walk?: OffsetWalk; readonly isGone: (topic: string, topicId: string) => boolean };

type GroupAnswer = ClassicAnswer | OffsetsAnswer | ConsumerHeartbeatAnswer | BackgroundAnswer | StreamsHeartbeatAnswer;

export interface GroupTypes extends CoordinatorTypes {
  readonly State: GroupState;
  readonly Input: GroupInput;
  readonly Record: GroupRecord;
  readonly Soft: ClassicGroup | CheckedTopics | StreamsSoft;
  readonly Timer: GroupTimer | MemberTimer | FirstAssignmentTimer;
  readonly Answer: GroupAnswer;
}

type GroupDecision = Decision<GroupTypes>;

/** The one that was read last: a start reads millions. */
const knownOffset = new KnownOffset();

/** Groups of every kind as a coordinator's rules: which room decides about what, and which record belongs to whom. */
export class GroupSpec implements CoordinatorSpec<GroupTypes> {
  readonly loaded: GroupInput = { kind: "loaded" };
  readonly #config: () => GroupConfig;
  readonly #environment: (groupId: string) => ConsumerEnvironment;
  readonly #streamsEnvironment: (groupId: string) => StreamsEnvironment;
  readonly #logger: Logger;

  /** `config` and the environments are asked anew for each decision, so that dynamic changes count at once. */
  constructor(
    config: () => GroupConfig,
    environment: (groupId: string) => ConsumerEnvironment,
    streamsEnvironment: (groupId: string) => StreamsEnvironment,
    logger: Logger,
  ) {
    this.#config = config;
    this.#environment = environment;
    this.#streamsEnvironment = streamsEnvironment;
    this.#logger = logger;
  }

  newState(): GroupState {
    return new GroupState();
  }

  encode(record: GroupRecord): LogRecord {
    return encodeRecord(record);
  }

  decode(record: LogRecord): GroupRecord | undefined {
    return decodeRecord(record);
  }

  apply(state: GroupState, record: GroupRecord): void {
    state.apply(record);
  }

  load(state: GroupState, record: LogRecord): void {
    const { cursor } = record;
    if (cursor !== undefined && record.producerId === undefined && readKnownOffset(cursor, knownOffset)) {
      const { groupId, topic, partition, offset, commit } = knownOffset;
      state.offsets.restore(groupId, topic, partition, offset, commit);
      return;
    }
    const decoded = decodeRecord(record);
    if (decoded !== undefined) state.apply(decoded);
  }

  endTransaction(state: GroupState, producerId: number, isCommit: boolean): void {
    state.offsets.endTransaction(producerId, isCommit);
  }

  adopt(state: GroupState, groupId: string, group: ClassicGroup | CheckedTopics | StreamsSoft): void {
    if (group.type === "streams-soft") {
      const present = state.group(groupId);
      if (present?.type === "streams") present.adopt(group.soft);
      return;
    }
    if (group.type === "checked-topics") {
      const checked = state.group(groupId);
      if (checked?.type === "consumer") checked.checkedRevision = group.revision;
      return;
    }
    const before = state.group(groupId)?.state;
    if (before !== undefined && before !== group.state) {
      this.#logger.info("group changed state", { groupId, from: before, to: group.state, generationId: group.generationId });
    }
    state.adopt(group);
  }

  decide(state: GroupState, groupId: string, input: GroupInput, nowMs: number): GroupDecision {
    const group = state.group(groupId);
    const { limits, offsetMetadataLengthMax, offsetsRetentionMs } = this.#config();
    switch (input.kind) {
      case "commit":
        return offsetDecision(
          decideOffsetCommit(group, input.request, offsetMetadataLengthMax, nowMs),
          input,
          "required",
          committedBy(group, groupId, nowMs),
        );
      case "commit-in-transaction": {
        const { request, transaction } = input;
        const decision = decideTransactionalCommit(group, request, transaction.producerId, offsetMetadataLengthMax, nowMs);
        return { ...offsetDecision(decision, input, "required", committedBy(group, groupId, nowMs)), transaction };
      }
      case "delete-offsets":
        return offsetDecision(decideOffsetDelete(group, state.offsets, input.topics), input, "piecemeal");
      case "delete-group": {
        const errorCode = checkGroupDelete(group);
        if (!group || errorCode !== ErrorCode.NONE) return replied(input.token, { errorCode });
        const removed = removal(decideGroupDelete(group, state.offsets), input);
        if (removed.next !== undefined) return removed;
        return { ...removed, timers: "cancel-all", replies: [{ token: input.token, answer: { errorCode } }] };
      }
      case "expire": {
        const { walk = state.offsets.walk(groupId) } = input;
        return group ? removal(decideExpiry(group, state.offsets, offsetsRetentionMs, nowMs, walk), { ...input, walk }) : NOTHING;
      }
      case "topics-gone": {
        const { isGone, walk = state.offsets.walk(groupId) } = input;
        return removal(decideTopicCleanup(groupId, state.offsets, isGone, walk), { ...input, walk });
      }
      case "loaded":
        if (group?.type === "consumer") return resumeConsumerGroup(group, this.#environment(groupId));
        if (group?.type === "streams") return resumeStreamsGroup(group, this.#streamsEnvironment(groupId));
        return decideGroup(state.stored(groupId, nowMs), input, limits, nowMs);
      case "join":
      case "sync":
      case "heartbeat":
      case "leave":
        if (group?.type === "consumer") return decideClassicRequest(group, input, this.#environment(groupId));
        if (group?.type === "streams") return decideClassicToStreams(group, input, this.#streamsEnvironment(groupId));
        return decideGroup(group, input, limits, nowMs);
      case "timeout":
        return group === undefined || group.type === "classic" ? decideGroup(group, input, limits, nowMs) : NOTHING;
      case "streams-heartbeat":
      case "first-assignment-due":
      case "streams-target-part":
      case "streams-target-done":
        return decideStreamsGroup(group, input, this.#streamsEnvironment(groupId));
      case "member-timeout":
        if (group?.type === "streams") return streamsMemberTimedOut(group, input.timer, this.#streamsEnvironment(groupId));
        return decideConsumerGroup(group, input, this.#environment(groupId));
      case "consumer-heartbeat":
      case "regexes-resolved":
      case "target-part":
      case "target-done":
        return decideConsumerGroup(group, input, this.#environment(groupId));
    }
  }

  decideFailure(state: GroupState, groupId: string, input: GroupInput, errorCode: number, nowMs: number): GroupDecision | undefined {
    if (input.kind === "member-timeout") return decideTimerFailure(input.timer);
    if (input.kind === "first-assignment-due") return retryStreamsTimer({ kind: "first-assignment" });
    const group = state.group(groupId);
    if (input.kind !== "sync" || (group !== undefined && group.type !== "classic")) return undefined;
    return decideAppendFailure(group, input, errorCode, this.#config().limits, nowMs);
  }

  timedOut(timer: GroupTypes["Timer"]): GroupInput {
    switch (timer.kind) {
      case "first-assignment":
        return { kind: "first-assignment-due" };
      case "join":
      case "sync":
      case "session":
        return { kind: "timeout", timer };
      case "member-session":
      case "member-revocation":
      case "member-rejoin":
      case "member-sync":
        return { kind: "member-timeout", timer };
    }
  }

  timerName(timer: GroupTypes["Timer"]): string {
    return "memberId" in timer ? `${timer.kind} ${timer.memberId}` : timer.kind;
  }

  keys(state: GroupState): Iterable<string> {
    return state.groupIds();
  }
}

/** Who commits outside of any group makes one that only stores offsets. */
function committedBy(group: Group | undefined, groupId: string, nowMs: number): ClassicGroup | undefined {
  if (group !== undefined && group.type !== "classic") return undefined;
  return group ?? newGroup(groupId, nowMs);
}

const NOTHING: GroupDecision = { records: [], durability: "piecemeal", timers: [], replies: [] };

function removal({ records, isPartial }: Removal, next: GroupInput): GroupDecision {
  return { ...NOTHING, records, next: isPartial ? next : undefined };
}

function replied(token: RequestToken, answer: GroupAnswer): GroupDecision {
  return { ...NOTHING, replies: [{ token, answer }] };
}

function offsetDecision(
  decision: OffsetDecision,
  input: GroupInput & { readonly token: RequestToken },
  durability: GroupDecision["durability"],
  soft?: ClassicGroup,
): GroupDecision {
  const { token } = input;
  if (decision.kind === "refused") return replied(token, { errorCode: decision.errorCode, topics: [] });
  const { records, isPartial, timers, topics } = decision;
  const replies = isPartial ? [] : [{ token, answer: { errorCode: ErrorCode.NONE, topics } }];
  // A group comes into being with its first offset, not with a commit of which nothing is kept.
  return { records, durability, next: isPartial ? input : undefined, ...(records.length > 0 && { soft }), timers, replies };
}
