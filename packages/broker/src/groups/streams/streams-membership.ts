import type { CoordinatorRuntime } from "../../coordinator/coordinator-runtime.ts";
import { ErrorCode } from "@ottla/protocol";
import type { ToGroup } from "../classic/group-membership.ts";
import { JOINS, LEFT_FOR_A_WHILE } from "../consumer/consumer-member.ts";
import type { GroupTypes } from "../group-spec.ts";
import type { GroupTotals } from "../group-totals.ts";
import type { StreamsBackground } from "./streams-background.ts";
import type { StreamsHeartbeat, StreamsHeartbeatAnswer } from "./streams-decision.ts";
import { streamsHeartbeatError } from "./streams-heartbeat-rules.ts";
import { topologyBytes } from "./topology/topology.ts";

/** What a member adds beside its topology, about. */
const NEW_MEMBER_BYTES = 2048;

/** Membership of streams groups, heartbeat by heartbeat. */
export class StreamsMembership {
  readonly #runtime: CoordinatorRuntime<GroupTypes>;
  readonly #totals: GroupTotals;

  readonly #background: StreamsBackground;

  constructor(runtime: CoordinatorRuntime<GroupTypes>, totals: GroupTotals, background: StreamsBackground) {
    this.#runtime = runtime;
    this.#totals = totals;
    this.#background = background;
  }

  /** StreamsGroupHeartbeat, once it is known to be one; see {@link streamsHeartbeatFault}. */
  heartbeat(request: ToGroup<StreamsHeartbeat>): StreamsHeartbeatAnswer | Promise<StreamsHeartbeatAnswer> {
    const { groupId, nodeId, closed } = request;
    if (!this.#hasRoomFor(request))
      return streamsHeartbeatError(ErrorCode.GROUP_MAX_SIZE_REACHED, "The broker has no room for more of this group.");
    const answer = this.#runtime.ask({
      key: groupId,
      nodeId,
      closed,
      refused: (errorCode) => streamsHeartbeatError(errorCode, null),
      input: (token) => ({ kind: "streams-heartbeat", token, request }),
    });
    this.#background.look(groupId, nodeId);
    if (answer instanceof Promise) void answer.then(() => this.#background.look(groupId, nodeId));
    return answer;
  }

  /** Whether the broker may keep what the member would add. */
  #hasRoomFor({ groupId, nodeId, memberId, memberEpoch, topology }: ToGroup<StreamsHeartbeat>): boolean {
    if (memberEpoch !== JOINS) return true;
    const shard = this.#runtime.find(groupId, nodeId);
    if (typeof shard === "number") return true;
    const group = shard.state.group(groupId);
    if (!group)
      return this.#totals.hasRoomForGroup() && this.#totals.hasRoomForBytes(0, NEW_MEMBER_BYTES + (topology ? topologyBytes(topology) : 0));
    if (group.type !== "streams") return true;
    return group.members.has(memberId) || this.#totals.hasRoomForBytes(group.heldBytes, NEW_MEMBER_BYTES);
  }
}

/** Why a request is no heartbeat at all, and the error; `undefined`: it is one. INVALID_REQUEST, STREAMS_INVALID_TOPOLOGY. */
export function streamsHeartbeatFault(request: StreamsHeartbeat): string | undefined {
  const { memberId, groupId, instanceId, rackId, memberEpoch, topology, activeTasks, standbyTasks, warmupTasks } = request;
  if (topology?.subtopologies.some(({ sourceTopicRegex }) => sourceTopicRegex.length > 0))
    return "Regular expressions for source topics are not supported yet.";
  if (memberId.trim() === "") return "MemberId can't be empty.";
  if (groupId.trim() === "") return "GroupId can't be empty.";
  if (instanceId?.trim() === "") return "InstanceId can't be empty.";
  if (rackId?.trim() === "") return "RackId can't be empty.";
  if (memberEpoch === JOINS) {
    if (request.rebalanceTimeoutMs === -1) return "RebalanceTimeoutMs must be provided in first request.";
    if (isSome(activeTasks)) return "ActiveTasks must be empty when (re-)joining.";
    if (isSome(standbyTasks)) return "StandbyTasks must be empty when (re-)joining.";
    if (isSome(warmupTasks)) return "WarmupTasks must be empty when (re-)joining.";
    if (topology === null) return "Topology must be non-null when (re-)joining.";
  } else if (memberEpoch === LEFT_FOR_A_WHILE) {
    if (instanceId === null) return "InstanceId can't be null.";
  } else if (memberEpoch < LEFT_FOR_A_WHILE) {
    return `MemberEpoch is ${memberEpoch}, but must be greater than or equal to -2.`;
  }
  const given = [activeTasks, standbyTasks, warmupTasks].filter((tasks) => tasks !== null).length;
  if (given !== 0 && given !== 3) return "If one task-type is non-null, all must be non-null.";
  if (memberEpoch !== JOINS && topology !== null) return "Topology can only be provided when (re-)joining.";
  return undefined;
}

function isSome(tasks: readonly unknown[] | null): boolean {
  return tasks !== null && tasks.length > 0;
}
