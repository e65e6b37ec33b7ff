import type { Random } from "@ottla/base";
import { ErrorCode, STRING_BYTES_MAX } from "@ottla/protocol";
import type { CoordinatorRuntime } from "../../coordinator/coordinator-runtime.ts";
import type { Closed } from "../../net/closed.ts";
import type { GroupCoordinatorDeps } from "../group-config.ts";
import type { GroupTypes } from "../group-spec.ts";
import type { GroupTotals } from "../group-totals.ts";
import type {
  HeartbeatAnswer,
  HeartbeatInput,
  JoinAnswer,
  JoinInput,
  LeaveAnswer,
  LeaveInput,
  SyncAnswer,
  SyncInput,
} from "./group-decision.ts";
import { protocolsBytes } from "./member-table.ts";
import { joinError, syncError } from "./transition.ts";

/** What a member adds beside its protocols, at least. */
const NEW_MEMBER_BYTES = 1024;

/** A request to a group, with the virtual broker it came to and, where it may have to wait, the connection it came by. */
export type ToGroup<Input> = Input & { readonly groupId: string; readonly nodeId: number; readonly closed?: Closed | undefined };

/** Membership of classic groups, request by request. Each is answered exactly once: at the latest when its member's timers, its connection or the coordinator's term end. */
export class GroupMembership {
  readonly #deps: GroupCoordinatorDeps;
  readonly #runtime: CoordinatorRuntime<GroupTypes>;
  readonly #totals: GroupTotals;
  readonly #afterwards: (groupId: string, nodeId: number) => void;

  /** `afterwards` is called after each request that may find the group in need of something: it may be a consumer group. */
  constructor(
    deps: GroupCoordinatorDeps,
    runtime: CoordinatorRuntime<GroupTypes>,
    totals: GroupTotals,
    afterwards: (groupId: string, nodeId: number) => void,
  ) {
    this.#deps = deps;
    this.#runtime = runtime;
    this.#totals = totals;
    this.#afterwards = afterwards;
  }

  /** Requests without an answer so far. */
  get waitingCount(): number {
    return this.#runtime.waitingCount;
  }

  get timerCount(): number {
    return this.#runtime.timerCount;
  }

  /** JoinGroup; parked until the rebalance ends. */
  join(request: ToGroup<Omit<JoinInput, "newMemberId">>): JoinAnswer | Promise<JoinAnswer> {
    const { minSessionTimeoutMs, maxSessionTimeoutMs } = this.#deps.config();
    const { groupId, nodeId, memberId, sessionTimeoutMs, closed } = request;
    const refused = (errorCode: number) => joinError(errorCode, memberId);
    if (groupId === "") return refused(ErrorCode.INVALID_GROUP_ID);
    if (sessionTimeoutMs < minSessionTimeoutMs || sessionTimeoutMs > maxSessionTimeoutMs) return refused(ErrorCode.INVALID_SESSION_TIMEOUT);
    if (!this.#hasRoomFor(request)) return refused(ErrorCode.GROUP_MAX_SIZE_REACHED);
    const newMemberId = makeMemberId(request.groupInstanceId ?? request.clientId, this.#deps.random);
    return this.#runtime.ask({
      key: groupId,
      nodeId,
      closed,
      refused,
      input: (token) => ({ ...request, kind: "join", token, newMemberId }),
    });
  }

  /** SyncGroup; a follower's is parked until the leader has assigned. */
  sync(request: ToGroup<SyncInput>): SyncAnswer | Promise<SyncAnswer> {
    const { groupId, nodeId, closed, assignments } = request;
    if (groupId === "") return syncError(ErrorCode.INVALID_GROUP_ID);
    let assignedBytes = 0;
    for (const { assignment } of assignments) assignedBytes += assignment.length;
    if (assignedBytes > 0 && !this.#totals.hasRoomForBytes(0, assignedBytes)) return syncError(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    return this.#runtime.ask({ key: groupId, nodeId, closed, refused: syncError, input: (token) => ({ ...request, kind: "sync", token }) });
  }

  heartbeat(request: ToGroup<HeartbeatInput>): HeartbeatAnswer | Promise<HeartbeatAnswer> {
    const { groupId, nodeId } = request;
    if (groupId === "") return { errorCode: ErrorCode.INVALID_GROUP_ID };
    // While loading, nobody knows whether the member is one; let it go on.
    const refused = (errorCode: number) => ({
      errorCode: errorCode === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS ? ErrorCode.NONE : errorCode,
    });
    const answer = this.#runtime.ask<HeartbeatAnswer>({
      key: groupId,
      nodeId,
      refused,
      input: (token) => ({ ...request, kind: "heartbeat", token }),
    });
    this.#afterwards(groupId, nodeId);
    return answer;
  }

  leave(request: ToGroup<LeaveInput>): LeaveAnswer | Promise<LeaveAnswer> {
    const { groupId, nodeId } = request;
    const refused = (errorCode: number): LeaveAnswer => ({ errorCode, members: [] });
    if (groupId === "") return refused(ErrorCode.INVALID_GROUP_ID);
    return this.#runtime.ask({ key: groupId, nodeId, refused, input: (token) => ({ ...request, kind: "leave", token }) });
  }

  /** Whether the broker may keep what the member would add. One that is there and offers no more than before always has room. */
  #hasRoomFor({ groupId, nodeId, memberId, protocols }: ToGroup<Omit<JoinInput, "newMemberId">>): boolean {
    const shard = this.#runtime.find(groupId, nodeId);
    if (typeof shard === "number") return true;
    const group = shard.state.group(groupId);
    if (!group && !this.#totals.hasRoomForGroup()) return false;
    // It has members of its own kind, or becomes classic.
    if (group?.type === "streams") return true;
    const member = group?.members.get(memberId);
    const before = member && ("protocols" in member ? member.protocols : (member.classic?.protocols ?? []));
    const addedBytes = protocolsBytes(protocols) + (before ? -protocolsBytes(before) : NEW_MEMBER_BYTES);
    const heldBytes = group?.type === "consumer" ? group.heldBytes : (group?.members.heldBytes ?? 0);
    return addedBytes <= 0 || this.#totals.hasRoomForBytes(heldBytes, addedBytes);
  }
}

/** A version 4 UUID in the usual hyphenated form, as Kafka puts it into member ids. */
/** The name that a client gave itself, as much of it as fits, and something nobody can guess. */
function makeMemberId(name: string, random: Random): string {
  const uuid = memberUuid(random);
  const room = STRING_BYTES_MAX - uuid.length - 1;
  return `${Buffer.byteLength(name) > room ? startOf(name, room) : name}-${uuid}`;
}

/** Whole characters only. */
function startOf(text: string, bytesMax: number): string {
  const bytes = Buffer.allocUnsafe(bytesMax);
  return bytes.toString("utf8", 0, bytes.write(text));
}

function memberUuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
