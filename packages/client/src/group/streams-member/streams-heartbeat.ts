import {
  makeCopartitionGroup,
  makeKeyValue,
  makeStreamsGroupHeartbeatRequest,
  makeStreamsGroupHeartbeatRequestEndpoint,
  makeStreamsGroupHeartbeatRequestTaskIds,
  makeSubtopology,
  makeTaskOffset,
  makeTopicInfo,
  makeTopology,
  type StreamsGroupHeartbeatRequest,
  type StreamsGroupHeartbeatResponse,
} from "@ottla/protocol/apis/streams-group-heartbeat";
import { type MemberState, onTold } from "../epoch-member/member-state.ts";
import { readAssignment, type StreamsAssignment, streamsAssignments, taskKey, wireTasks } from "./streams-assignment.ts";
import type {
  StreamsEndpoint,
  StreamsGroupStatus,
  StreamsGroupStatusName,
  StreamsInternalTopic,
  StreamsRole,
  StreamsRoleSubtopology,
  StreamsTaskOffset,
  StreamsTopology,
} from "./streams-role.ts";

/** What is told once, and again when it is another. */
export interface StreamsTold {
  readonly owned: StreamsAssignment;
  readonly isShutdownRequested: boolean;
  readonly offsets: ReadonlyMap<string, number>;
  readonly ends: ReadonlyMap<string, number>;
  /** When offsets were told last (monotonic ms). */
  readonly offsetsToldAtMs: number;
}

/** A member of a streams group (KIP-1071). */
export type StreamsMemberState = MemberState<StreamsAssignment, StreamsTold>;

/** What the coordinator asks of its members. */
export interface CoordinatorWishes {
  /** How often offsets are to be told while nothing else happens. */
  readonly taskOffsetIntervalMs: number;
  /** A warm-up that lacks no more than this is told of at once. */
  readonly acceptableRecoveryLag: number;
  /** Of what it said last about who can be asked. */
  readonly endpointInformationEpoch: number;
}

export interface StreamsHeartbeatContext {
  readonly groupId: string;
  readonly instanceId: string | undefined;
  readonly rack: string | undefined;
  readonly rebalanceTimeoutMs: number;
  readonly role: StreamsRole;
  readonly wishes: CoordinatorWishes;
  readonly nowMs: number;
}

/** The next heartbeat, and the state once it was sent. As Java's: who joins says all about itself, then only what is new. */
export function nextStreamsHeartbeat(
  state: StreamsMemberState,
  context: StreamsHeartbeatContext,
): { readonly request: StreamsGroupHeartbeatRequest; readonly state: StreamsMemberState } {
  const { role, wishes, nowMs } = context;
  const { told, owned } = state;
  const isJoin = state.phase === "joining";
  const isOwnedNews = !isJoin && (told.owned === undefined || !streamsAssignments.areSame(told.owned, owned));
  const { offsets, ends } = role.taskOffsets();
  const [offsetOf, endOf] = [byTask(offsets), byTask(ends)];
  const isTime =
    isJoin ||
    isOwnedNews ||
    told.offsetsToldAtMs === undefined ||
    nowMs - told.offsetsToldAtMs >= wishes.taskOffsetIntervalMs ||
    hasCaughtUp(owned, offsetOf, endOf, wishes.acceptableRecoveryLag);
  const areOffsetsNews = isTime && (isJoin || !areSame(told.offsets, offsetOf));
  const areEndsNews = isTime && (isJoin || !areSame(told.ends, endOf));
  const isShutdownRequested = role.isShutdownRequested();
  const tasks = isJoin ? streamsAssignments.none : isOwnedNews ? owned : undefined;
  const request = makeStreamsGroupHeartbeatRequest({
    groupId: context.groupId,
    memberId: state.memberId,
    memberEpoch: state.memberEpoch,
    instanceId: context.instanceId ?? null,
    endpointInformationEpoch: wishes.endpointInformationEpoch,
    shutdownApplication: isShutdownRequested,
    ...(isJoin ? introduction(context) : {}),
    ...(tasks === undefined
      ? {}
      : {
          activeTasks: wireTasks(tasks.active).map((each) => makeStreamsGroupHeartbeatRequestTaskIds(each)),
          standbyTasks: wireTasks(tasks.standby).map((each) => makeStreamsGroupHeartbeatRequestTaskIds(each)),
          warmupTasks: wireTasks(tasks.warmup).map((each) => makeStreamsGroupHeartbeatRequestTaskIds(each)),
        }),
    taskOffsets: areOffsetsNews ? offsets.map((each) => makeTaskOffset(each)) : null,
    taskEndOffsets: areEndsNews ? ends.map((each) => makeTaskOffset(each)) : null,
  });
  const next: StreamsTold = {
    owned: isJoin ? streamsAssignments.none : owned,
    isShutdownRequested,
    offsets: areOffsetsNews || told.offsets === undefined ? offsetOf : told.offsets,
    ends: areEndsNews || told.ends === undefined ? endOf : told.ends,
    offsetsToldAtMs: areOffsetsNews || areEndsNews || told.offsetsToldAtMs === undefined ? nowMs : told.offsetsToldAtMs,
  };
  return { request, state: onTold(state, next) };
}

/** What an answer says of tasks; undefined: they are as before. */
export function targetOf(
  before: StreamsAssignment,
  { activeTasks, standbyTasks, warmupTasks, status }: StreamsGroupHeartbeatResponse,
): StreamsAssignment | undefined {
  const isGroupReady = !(status ?? []).some(({ statusCode }) => unready.has(statusCode));
  if (activeTasks !== null && standbyTasks !== null && warmupTasks !== null)
    return readAssignment(activeTasks, standbyTasks, warmupTasks, isGroupReady);
  return isGroupReady === before.isGroupReady ? undefined : { ...before, isGroupReady };
}

export function statusesOf({ status }: StreamsGroupHeartbeatResponse): StreamsGroupStatus[] {
  return (status ?? []).map(({ statusCode, statusDetail }) => ({
    name: statusNames[statusCode] ?? `UNKNOWN_${statusCode}`,
    detail: statusDetail,
  }));
}

export function endpointsOf({ partitionsByUserEndpoint }: StreamsGroupHeartbeatResponse): StreamsEndpoint[] | undefined {
  const flat = (topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[]) =>
    topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
  return partitionsByUserEndpoint?.map(({ userEndpoint, activePartitions, standbyPartitions }) => ({
    host: userEndpoint.host,
    port: userEndpoint.port,
    active: flat(activePartitions),
    standby: flat(standbyPartitions),
  }));
}

/** By their codes. */
const statusNames: readonly StreamsGroupStatusName[] = [
  "STALE_TOPOLOGY",
  "MISSING_SOURCE_TOPICS",
  "INCORRECTLY_PARTITIONED_TOPICS",
  "MISSING_INTERNAL_TOPICS",
  "SHUTDOWN_APPLICATION",
  "ASSIGNMENT_DELAYED",
  "MISSING_CLIENT_TAGS",
];
/** With these a group has no tasks to give, or not all of them. */
const unready: ReadonlySet<number> = new Set(
  (["MISSING_SOURCE_TOPICS", "INCORRECTLY_PARTITIONED_TOPICS", "MISSING_INTERNAL_TOPICS", "ASSIGNMENT_DELAYED"] as const).map((name) =>
    statusNames.indexOf(name),
  ),
);

function introduction({ role, rebalanceTimeoutMs, rack }: StreamsHeartbeatContext): Partial<StreamsGroupHeartbeatRequest> {
  const { processId, userEndpoint, clientTags, topology } = role;
  return {
    topology: wireTopology(topology),
    rebalanceTimeoutMs,
    processId,
    rackId: rack ?? null,
    userEndpoint: userEndpoint === undefined ? null : makeStreamsGroupHeartbeatRequestEndpoint(userEndpoint),
    clientTags: keyValues(clientTags),
  };
}

function wireTopology({ epoch, subtopologies }: StreamsTopology) {
  const sorted = [...subtopologies].sort((a, b) => (a.id < b.id ? -1 : 1));
  return makeTopology({ epoch, subtopologies: sorted.map(wireSubtopology) });
}

function wireSubtopology(subtopology: StreamsRoleSubtopology) {
  const sourceTopics = [...subtopology.sourceTopics].sort();
  const repartitions = sortedTopics(subtopology.repartitionSourceTopics);
  const placesIn = (names: readonly string[], group: readonly string[]) =>
    names.flatMap((name, place) => (group.includes(name) ? [place] : []));
  return makeSubtopology({
    subtopologyId: subtopology.id,
    sourceTopics,
    stateChangelogTopics: sortedTopics(subtopology.changelogTopics).map(topicInfo),
    repartitionSinkTopics: [...subtopology.repartitionSinkTopics].sort(),
    repartitionSourceTopics: repartitions.map(topicInfo),
    copartitionGroups: subtopology.copartitionGroups.map((group) =>
      makeCopartitionGroup({
        sourceTopics: placesIn(sourceTopics, group),
        repartitionSourceTopics: placesIn(
          repartitions.map(({ name }) => name),
          group,
        ),
      }),
    ),
  });
}

function sortedTopics(topics: readonly StreamsInternalTopic[]): StreamsInternalTopic[] {
  return [...topics].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function topicInfo({ name, partitionCount, replicationFactor, configs }: StreamsInternalTopic) {
  return makeTopicInfo({ name, partitions: partitionCount, replicationFactor, topicConfigs: keyValues(configs) });
}

function keyValues(values: Readonly<Record<string, string>>) {
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => makeKeyValue({ key, value }));
}

function byTask(offsets: readonly StreamsTaskOffset[]): Map<string, number> {
  return new Map(offsets.map((each) => [taskKey(each), each.offset]));
}

function hasCaughtUp(
  { warmup }: StreamsAssignment,
  offsets: ReadonlyMap<string, number>,
  ends: ReadonlyMap<string, number>,
  acceptableLag: number,
): boolean {
  return [...warmup.keys()].some((task) => {
    const [offset, end] = [offsets.get(task), ends.get(task)];
    return offset !== undefined && end !== undefined && end - offset <= acceptableLag;
  });
}

function areSame(a: ReadonlyMap<string, number> | undefined, b: ReadonlyMap<string, number>): boolean {
  return a?.size === b.size && [...b].every(([task, offset]) => a.get(task) === offset);
}
