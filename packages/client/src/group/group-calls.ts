import { ErrorCode, KafkaError } from "@ottla/protocol";
import { heartbeatApi, makeHeartbeatRequest } from "@ottla/protocol/apis/heartbeat";
import { type JoinGroupResponse, joinGroupApi, makeJoinGroupRequest, makeJoinGroupRequestProtocol } from "@ottla/protocol/apis/join-group";
import { leaveGroupApi, makeLeaveGroupRequest, makeMemberIdentity } from "@ottla/protocol/apis/leave-group";
import { makeSyncGroupRequest, makeSyncGroupRequestAssignment, syncGroupApi } from "@ottla/protocol/apis/sync-group";
import type { Cluster } from "../cluster/cluster.ts";
import { callOn, type Lane } from "../cluster/lane.ts";
import type { Connection } from "../net/connection.ts";
import type { MemberIdentity } from "./membership.ts";

const PROTOCOL_TYPE = "consumer";
const INSTANCE_JOIN_VERSION = 5;
const REASON_JOIN_VERSION = 8;
const INSTANCE_VERSION = 3;
const PROTOCOL_SYNC_VERSION = 5;
const MEMBERS_LEAVE_VERSION = 3;
const REASON_LEAVE_VERSION = 5;
/** Kafka cuts reasons at this length; a longer one is refused nowhere but helps nobody. */
const REASON_LENGTH_MAX = 255;
/** Beyond the rebalance timeout the broker must have answered. */
const JOIN_GRACE_MS = 5000;

export interface JoinParameters {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocols: readonly { readonly name: string; readonly metadata: Buffer }[];
  readonly reason: string;
}

/** The calls of a classic member to its coordinator. Each is one attempt; error codes come back as numbers. */
export class GroupCalls {
  readonly #cluster: Cluster;
  readonly #lane: Lane;

  constructor(cluster: Cluster, lane: Lane) {
    this.#cluster = cluster;
    this.#lane = lane;
  }

  /** The way to the coordinator. */
  connect(groupId: string): Promise<Connection> {
    return this.#cluster.coordinators.connect(this.#lane, "group", groupId);
  }

  /** Sent at once, so that who is known to wait for its answer has joined or will. */
  join(connection: Connection, me: MemberIdentity, join: JoinParameters): Promise<JoinGroupResponse> {
    const protocols = join.protocols.map((protocol) => makeJoinGroupRequestProtocol(protocol));
    const timeoutMs = Math.max(this.#cluster.options.requestTimeoutMs, join.rebalanceTimeoutMs + JOIN_GRACE_MS);
    return callOn(
      connection,
      joinGroupApi,
      (version) =>
        makeJoinGroupRequest({
          groupId: me.groupId,
          memberId: me.memberId,
          sessionTimeoutMs: join.sessionTimeoutMs,
          rebalanceTimeoutMs: join.rebalanceTimeoutMs,
          protocolType: PROTOCOL_TYPE,
          protocols,
          groupInstanceId: version >= INSTANCE_JOIN_VERSION ? (me.groupInstanceId ?? null) : null,
          reason: version >= REASON_JOIN_VERSION ? join.reason.slice(0, REASON_LENGTH_MAX) : null,
        }),
      { timeoutMs },
    );
  }

  async sync(
    me: MemberIdentity,
    protocolName: string,
    assignments: ReadonlyMap<string, Buffer>,
    timeoutMs: number,
  ): Promise<{ readonly errorCode: number; readonly assignment: Buffer }> {
    const connection = await this.connect(me.groupId);
    return callOn(
      connection,
      syncGroupApi,
      (version) =>
        makeSyncGroupRequest({
          groupId: me.groupId,
          generationId: me.generationId,
          memberId: me.memberId,
          groupInstanceId: version >= INSTANCE_VERSION ? (me.groupInstanceId ?? null) : null,
          ...(version >= PROTOCOL_SYNC_VERSION ? { protocolType: PROTOCOL_TYPE, protocolName } : {}),
          assignments: [...assignments].map(([memberId, assignment]) => makeSyncGroupRequestAssignment({ memberId, assignment })),
        }),
      { timeoutMs: Math.max(this.#cluster.options.requestTimeoutMs, timeoutMs + JOIN_GRACE_MS) },
    );
  }

  async heartbeat(me: MemberIdentity): Promise<number> {
    const connection = await this.connect(me.groupId);
    const response = await callOn(connection, heartbeatApi, (version) =>
      makeHeartbeatRequest({
        groupId: me.groupId,
        generationId: me.generationId,
        memberId: me.memberId,
        groupInstanceId: version >= INSTANCE_VERSION ? (me.groupInstanceId ?? null) : null,
      }),
    );
    return response.errorCode;
  }

  /** `isAside`: over a connection of its own. On the group's a join may wait for the other members, and a broker answers what comes after it only then. */
  async leave(me: MemberIdentity, reason: string, isAside: boolean): Promise<void> {
    if (!isAside) return this.#leaveOn(this.#lane, me, reason);
    const lane = this.#cluster.openLane();
    try {
      await this.#leaveOn(lane, me, reason);
    } finally {
      lane.close();
    }
  }

  async #leaveOn(lane: Lane, me: MemberIdentity, reason: string): Promise<void> {
    const connection = await this.#cluster.coordinators.connect(lane, "group", me.groupId);
    const response = await callOn(connection, leaveGroupApi, (version) =>
      version < MEMBERS_LEAVE_VERSION
        ? makeLeaveGroupRequest({ groupId: me.groupId, memberId: me.memberId })
        : makeLeaveGroupRequest({
            groupId: me.groupId,
            members: [
              makeMemberIdentity({
                memberId: me.memberId,
                groupInstanceId: me.groupInstanceId ?? null,
                reason: version >= REASON_LEAVE_VERSION ? reason.slice(0, REASON_LENGTH_MAX) : null,
              }),
            ],
          }),
    );
    const errorCode = response.members[0]?.errorCode ?? response.errorCode;
    if (errorCode !== ErrorCode.NONE && errorCode !== ErrorCode.UNKNOWN_MEMBER_ID) throw new KafkaError(errorCode);
  }
}
