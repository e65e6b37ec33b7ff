import type { Random } from "@ottla/base";
import { ErrorCode } from "@ottla/protocol";
import type { CoordinatorRuntime } from "../../coordinator/coordinator-runtime.ts";
import { loadPatterns } from "../../security/linear-pattern.ts";
import type { ToGroup } from "../classic/group-membership.ts";
import type { GroupCoordinatorDeps } from "../group-config.ts";
import type { GroupTypes } from "../group-spec.ts";
import type { GroupTotals } from "../group-totals.ts";
import type { BackgroundWork, TopicSight } from "./background-work.ts";
import type { ConsumerHeartbeat, ConsumerHeartbeatAnswer } from "./consumer-decision.ts";
import { JOINS, LEFT, LEFT_FOR_A_WHILE } from "./consumer-member.ts";
import { heartbeatError } from "./heartbeat-rules.ts";

/** What a member adds beside its subscription, about. */
const NEW_MEMBER_BYTES = 2048;
const NAME_BYTES = 100;

/** Membership of consumer groups, heartbeat by heartbeat. */
export class ConsumerMembership {
  readonly #deps: GroupCoordinatorDeps;
  readonly #runtime: CoordinatorRuntime<GroupTypes>;
  readonly #totals: GroupTotals;
  readonly #background: BackgroundWork;

  constructor(deps: GroupCoordinatorDeps, runtime: CoordinatorRuntime<GroupTypes>, totals: GroupTotals, background: BackgroundWork) {
    this.#deps = deps;
    this.#runtime = runtime;
    this.#totals = totals;
    this.#background = background;
  }

  /** ConsumerGroupHeartbeat, once it is known to be one; see {@link heartbeatFault}. */
  heartbeat(
    request: ToGroup<ConsumerHeartbeat>,
    sees: TopicSight = () => true,
  ): ConsumerHeartbeatAnswer | Promise<ConsumerHeartbeatAnswer> {
    const { subscribedTopicRegex, serverAssignor, groupId, nodeId } = request;
    const { assignors } = this.#deps.consumerSettings(groupId);
    if (serverAssignor !== null && !assignors.includes(serverAssignor)) {
      const message = `ServerAssignor ${serverAssignor} is not supported. Supported assignors: ${assignors.join(", ")}.`;
      return heartbeatError(ErrorCode.UNSUPPORTED_ASSIGNOR, message);
    }
    if (!this.#hasRoomFor(request))
      return heartbeatError(ErrorCode.GROUP_MAX_SIZE_REACHED, "The broker has no room for more of this group.");
    const answer = subscribedTopicRegex ? loadPatterns().then(() => this.#ask(request)) : this.#ask(request);
    this.#background.look(groupId, nodeId, sees);
    if (answer instanceof Promise) void answer.then(() => this.#background.look(groupId, nodeId, sees));
    return answer;
  }

  #ask(given: ToGroup<ConsumerHeartbeat>): ConsumerHeartbeatAnswer | Promise<ConsumerHeartbeatAnswer> {
    const request = given.memberId === "" ? { ...given, memberId: makeMemberId(this.#deps.random) } : given;
    const { groupId, nodeId, closed } = request;
    return this.#runtime.ask({
      key: groupId,
      nodeId,
      closed,
      refused: (errorCode) => heartbeatError(errorCode, null),
      input: (token) => ({ kind: "consumer-heartbeat", token, request }),
    });
  }

  /** Whether the broker may keep what the member would add. One that says nothing new always has room. */
  #hasRoomFor({ groupId, nodeId, memberId, subscribedTopicNames }: ToGroup<ConsumerHeartbeat>): boolean {
    if (subscribedTopicNames === null) return true;
    const shard = this.#runtime.find(groupId, nodeId);
    if (typeof shard === "number") return true;
    const group = shard.state.group(groupId);
    if (!group)
      return this.#totals.hasRoomForGroup() && this.#totals.hasRoomForBytes(0, NEW_MEMBER_BYTES + NAME_BYTES * subscribedTopicNames.length);
    if (group.type !== "consumer") return true;
    const known = group.members.get(memberId)?.subscribedTopicNames.sorted.length;
    if (known !== undefined && known >= subscribedTopicNames.length) return true;
    // A list that others have already is not kept twice.
    const isShared = group.subscriptions.topics.size === subscribedTopicNames.length;
    const addedBytes = (known === undefined ? NEW_MEMBER_BYTES : 0) + (isShared ? 0 : NAME_BYTES * subscribedTopicNames.length);
    return this.#totals.hasRoomForBytes(group.heldBytes, addedBytes);
  }
}

/** Why a request is no heartbeat at all; `undefined`: it is one. INVALID_REQUEST. */
export function heartbeatFault(request: ConsumerHeartbeat, version: number): string | undefined {
  const { memberEpoch, memberId, groupId, instanceId, rackId, owned } = request;
  if ((version >= 1 || memberEpoch > 0 || memberEpoch === LEFT) && memberId.trim() === "") return "MemberId can't be empty.";
  if (groupId.trim() === "") return "GroupId can't be empty.";
  if (instanceId?.trim() === "") return "InstanceId can't be empty.";
  if (rackId?.trim() === "") return "RackId can't be empty.";
  if (memberEpoch === JOINS) {
    if (request.rebalanceTimeoutMs === -1) return "RebalanceTimeoutMs must be provided in first request.";
    if (owned === null || owned.length > 0) return "TopicPartitions must be empty when (re-)joining.";
    if (request.subscribedTopicNames === null && request.subscribedTopicRegex === null)
      return "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.";
  } else if (memberEpoch === LEFT_FOR_A_WHILE) {
    if (instanceId === null) return "InstanceId can't be null.";
  } else if (memberEpoch < LEFT_FOR_A_WHILE) {
    return "MemberEpoch is invalid.";
  }
  return undefined;
}

/** As Kafka prints UUIDs. */
function makeMemberId(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("base64url");
}
