import { ErrorCode } from "@ottla/protocol";
import type { StreamsGroupTopologyValue } from "@ottla/protocol/data/streams-group-topology-value";
import type { RequestToken } from "../../coordinator/coordinator-spec.ts";
import { JOINS } from "../consumer/consumer-member.ts";
import { GroupFault } from "../consumer/group-fault.ts";
import { metadataHash } from "../consumer/topic-catalog.ts";
import { reconcileTasks } from "./reconcile-tasks.ts";
import type { StreamsHeartbeat, StreamsHeartbeatAnswer, StreamsSettings, StreamsStatus } from "./streams-decision.ts";
import { isReconciledTo, isSameCurrent, isSameEndpoint, isSameMetadata, isSamePlace, type StreamsMember } from "./streams-member.ts";
import { checkRoom, senderOf } from "./streams-member-rules.ts";
import type { StreamsStep } from "./streams-step.ts";
import { type StreamsTarget, updateTarget } from "./streams-target.ts";
import { keepOffsets } from "./task-offsets.ts";
import { isSameHeld, type ListedTasks } from "./tasks.ts";
import { type ConfiguredTopology, configureTopology } from "./topology/configure-topology.ts";
import { checkTopology, isSameTopology, requiredTopics } from "./topology/topology.ts";
import { endpointsOf } from "./user-endpoints.ts";

/** A member joins, or shows that it lives, tells what is new and learns what it is to have. Errors: those of the member rules, INVALID_REQUEST, STREAMS_INVALID_TOPOLOGY. */
export function streamsHeartbeat(step: StreamsStep, token: RequestToken, request: StreamsHeartbeat): void {
  const { group, env } = step;
  const { memberId } = request;
  const isJoining = request.memberEpoch === JOINS;
  if (isJoining) checkRoom(step, request);
  const { member: before, replaced } = senderOf(step, request);
  let member = described(before, request);
  let isNewEpoch = false;
  if (!isSameMetadata(before, member)) {
    step.writeMember(member);
    isNewEpoch = request.instanceId === null || !isSamePlace(before, member);
  }
  const topology = topologyFor(step, request);
  const statuses = staleStatus(step, member);
  const fitted = fit(step, topology);
  const { configured } = fitted;
  const validatedTopologyEpoch = configured.problem === undefined ? topology.epoch : -1;
  if (configured.problem === undefined) checkOwned(configured, request);
  keepOffsets(step, request);
  const assignmentConfigs = assignmentConfigsOf(env.settings);
  isNewEpoch ||=
    fitted.isNewHash ||
    validatedTopologyEpoch !== group.validatedTopologyEpoch ||
    !isSameConfigs(assignmentConfigs, group.assignmentConfigs);
  const groupEpoch = group.groupEpoch + (isNewEpoch ? 1 : 0);
  if (isNewEpoch) step.writeEpoch(groupEpoch, { metadataHash: fitted.hash, validatedTopologyEpoch, assignmentConfigs });
  delayFirstAssignment(step);
  const target = updateTarget(step, member, groupEpoch, configured);
  if (target.delay) statuses.push(target.delay);
  member = reconciled(step, member, target, request);
  step.setTimer({ kind: "member-session", memberId }, env.settings.sessionTimeoutMs);
  if (request.shutdownApplication) requestShutdown(step, memberId);
  const areTasksNew = !isSameHeld(before.assigned, member.assigned);
  // It is behind, so the answer that told it of its tasks may have been lost: Apache Kafka does not tell it again.
  const isBehind = request.memberEpoch !== before.memberEpoch;
  const endpoints = endpointsFor(step, { before, member, replaced, configured, areTasksNew, knownEpoch: request.endpointInformationEpoch });
  statuses.push(...groupStatuses(step, configured, member, request.version));
  step.reply(token, {
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    memberId,
    memberEpoch: member.memberEpoch,
    heartbeatIntervalMs: env.settings.heartbeatIntervalMs,
    taskOffsetIntervalMs: env.settings.taskOffsetIntervalMs,
    acceptableRecoveryLag: env.settings.acceptableRecoveryLag,
    statuses,
    tasks: isJoining || areTasksNew || isBehind ? member.assigned : null,
    endpointInformationEpoch: step.isNewGroup ? 0 : step.soft.endpointInformationEpoch,
    endpoints,
    toBeCreated: configured.problem === undefined ? [] : configured.toBeCreated,
  });
}

/** The member as the request describes it. Who joins without an endpoint has none. */
function described(member: StreamsMember, request: StreamsHeartbeat): StreamsMember {
  const { instanceId, rackId, rebalanceTimeoutMs, topology, processId, userEndpoint, clientTags, clientId, clientHost } = request;
  return {
    ...member,
    instanceId: instanceId ?? member.instanceId,
    rackId: rackId ?? member.rackId,
    rebalanceTimeoutMs: rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : rebalanceTimeoutMs,
    topologyEpoch: topology?.epoch ?? member.topologyEpoch,
    processId: processId ?? member.processId,
    userEndpoint: userEndpoint ?? (request.memberEpoch === JOINS ? null : member.userEndpoint),
    clientTags: clientTags === null ? member.clientTags : new Map(clientTags.map(({ key, value }) => [key, value])),
    clientId,
    clientHost,
  };
}

/** The group's topology: the first member's. INVALID_REQUEST to who has another one. */
function topologyFor(step: StreamsStep, { topology }: StreamsHeartbeat): StreamsGroupTopologyValue {
  const present = step.group.topology;
  if (topology !== null) {
    checkTopology(topology);
    if (present === undefined) {
      step.write({ type: "topology", value: topology });
      return topology;
    }
    if (present.epoch > topology.epoch) return present;
    if (!isSameTopology(present, topology)) throw new GroupFault(ErrorCode.INVALID_REQUEST, "Topology updates are not supported yet.");
  }
  if (present === undefined)
    throw new GroupFault(ErrorCode.UNKNOWN_SERVER_ERROR, "The group has no topology: its members must join again.");
  return present;
}

function staleStatus({ group }: StreamsStep, { topologyEpoch }: StreamsMember): StreamsStatus[] {
  if (group.topology === undefined || topologyEpoch >= group.topology.epoch) return [];
  const detail = `The member's topology epoch ${topologyEpoch} is behind the group's topology epoch ${group.topology.epoch}.`;
  return [{ name: "STALE_TOPOLOGY", detail }];
}

interface Fitted {
  readonly configured: ConfiguredTopology;
  readonly hash: number;
  readonly isNewHash: boolean;
}

/** The topology on the topics as they are, looked at anew where these changed. */
function fit(step: StreamsStep, topology: StreamsGroupTopologyValue): Fitted {
  const { group, env } = step;
  const known = group.topology === undefined ? undefined : step.soft.configured;
  if (known?.revision === env.topics.revision) return { configured: known, hash: group.metadataHash, isNewHash: false };
  const hash = metadataHash(requiredTopics(topology), env.topics);
  const isNewHash = hash !== group.metadataHash;
  const configured =
    known === undefined || isNewHash ? configureTopology(topology, env.topics) : { ...known, revision: env.topics.revision };
  step.change({ configured });
  return { configured, hash, isNewHash };
}

/** Refuses tasks that the topology does not have. INVALID_REQUEST. */
function checkOwned({ subtopologies }: ConfiguredTopology, { activeTasks, standbyTasks, warmupTasks }: StreamsHeartbeat): void {
  const owned: readonly (readonly ListedTasks[] | null)[] = [activeTasks, standbyTasks, warmupTasks];
  for (const { subtopologyId, partitions } of owned.flatMap((tasks) => tasks ?? [])) {
    const subtopology = subtopologies.get(subtopologyId);
    if (!subtopology) throw new GroupFault(ErrorCode.INVALID_REQUEST, `Subtopology ${subtopologyId} does not exist in the topology.`);
    const { taskCount } = subtopology;
    const stranger = partitions.find((partition) => partition < 0 || partition >= taskCount);
    if (stranger !== undefined) {
      throw new GroupFault(
        ErrorCode.INVALID_REQUEST,
        `Task ${stranger} for subtopology ${subtopologyId} is invalid. Number of tasks for this subtopology: ${taskCount}`,
      );
    }
  }
}

/** By Kafka's names, in its order. */
function assignmentConfigsOf({ standbyReplicas, rackTags }: StreamsSettings): ReadonlyMap<string, string> {
  const configs = new Map([["num.standby.replicas", String(standbyReplicas)]]);
  if (rackTags.length > 0) configs.set("rack.aware.assignment.tags", rackTags.join(","));
  return configs;
}

function isSameConfigs(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  if (one.size !== other.size) return false;
  for (const [name, value] of one) if (other.get(name) !== value) return false;
  return true;
}

/** A group without members waits for more than the first. */
function delayFirstAssignment(step: StreamsStep): void {
  const { initialRebalanceDelayMs } = step.env.settings;
  if (step.group.members.size > 0 || initialRebalanceDelayMs === 0) return;
  step.setTimerIfAbsent({ kind: "first-assignment" }, initialRebalanceDelayMs);
  step.change({ isFirstAssignmentDelayed: true });
}

/** Brings the member nearer to its target and writes that down. */
function reconciled(step: StreamsStep, member: StreamsMember, target: StreamsTarget, request: StreamsHeartbeat): StreamsMember {
  if (isReconciledTo(member, target.epoch)) return member;
  const { activeTasks: active, standbyTasks: standby, warmupTasks: warmup } = request;
  const next = reconcileTasks(member, {
    targetEpoch: target.epoch,
    target: target.tasks,
    owned: active && standby && warmup && { active, standby, warmup },
    processes: step.group.processes,
  });
  if (isSameCurrent(member, next)) return member;
  step.writeCurrent(next);
  const timer = { kind: "member-revocation", memberId: next.memberId, memberEpoch: next.memberEpoch } as const;
  if (next.state === "unrevoked") step.setTimer(timer, next.rebalanceTimeoutMs);
  else step.cancelTimer(timer);
  return next;
}

/** The first who asks for it is named. */
export function requestShutdown(step: StreamsStep, memberId: string): void {
  if (step.soft.shutdownRequestedBy === undefined) step.change({ shutdownRequestedBy: memberId });
}

interface EndpointQuestion {
  readonly before: StreamsMember;
  readonly member: StreamsMember;
  readonly replaced: StreamsMember | undefined;
  readonly configured: ConfiguredTopology;
  readonly areTasksNew: boolean;
  readonly knownEpoch: number;
}

/** Who can be asked for what; `null` to who knows. */
function endpointsFor(step: StreamsStep, { before, member, replaced, configured, areTasksNew, knownEpoch }: EndpointQuestion) {
  const isEndpointNew = !isSameEndpoint(before.userEndpoint, member.userEndpoint);
  const epoch = step.soft.endpointInformationEpoch + (isEndpointNew || (areTasksNew && member.userEndpoint !== null) ? 1 : 0);
  // A new group's counts begin with the second heartbeat.
  if (epoch !== step.soft.endpointInformationEpoch && !step.isNewGroup) step.change({ endpointInformationEpoch: epoch });
  return epoch === knownEpoch ? null : endpointsOf(step.group, member, replaced, configured, step.env.topics);
}

function groupStatuses(step: StreamsStep, { problem }: ConfiguredTopology, member: StreamsMember, version: number): StreamsStatus[] {
  const { shutdownRequestedBy } = step.soft;
  const statuses: StreamsStatus[] = [];
  if (problem !== undefined) statuses.push({ name: problem.status, detail: problem.message });
  if (shutdownRequestedBy !== undefined) {
    const detail = `Streams group member ${shutdownRequestedBy} encountered a fatal error and requested a shutdown for the entire application.`;
    statuses.push({ name: "SHUTDOWN_APPLICATION", detail });
  }
  const missing = version >= 1 ? step.env.settings.rackTags.filter((tag) => !member.clientTags.has(tag)) : [];
  if (missing.length > 0) {
    const detail = `Missing required client tags for rack-aware standby assignment: [${missing.join(", ")}]. Configure them via 'client.tag.<tagKey>' in your Streams config.`;
    statuses.push({ name: "MISSING_CLIENT_TAGS", detail });
  }
  return statuses;
}

/** A heartbeat that failed. */
export function streamsHeartbeatError(errorCode: number, errorMessage: string | null): StreamsHeartbeatAnswer {
  return { ...answerTo("", 0), errorCode, errorMessage };
}

/** An answer that says no more. */
export function answerTo(memberId: string, memberEpoch: number): StreamsHeartbeatAnswer {
  return {
    errorCode: ErrorCode.NONE,
    errorMessage: null,
    memberId,
    memberEpoch,
    heartbeatIntervalMs: 0,
    taskOffsetIntervalMs: 0,
    acceptableRecoveryLag: -1,
    statuses: [],
    tasks: null,
    endpointInformationEpoch: 0,
    endpoints: null,
    toBeCreated: [],
  };
}
