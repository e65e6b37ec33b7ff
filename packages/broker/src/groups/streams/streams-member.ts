import { type HeldTasks, isSameHeld, NOTHING_HELD } from "./tasks.ts";

/**
 * Where a member stands on its way to its target: "stable", all done; "unrevoked", it has yet to give tasks up; "unreleased", it waits for tasks that others have
 * not given up. "unknown": a newer version wrote the log.
 */
export type StreamsMemberState = "stable" | "unrevoked" | "unreleased" | "unknown";

/** Where questions to a process are sent (KIP-535). */
export interface UserEndpoint {
  readonly host: string;
  readonly port: number;
}

/** What a member says of itself, as the log keeps it. */
export interface StreamsMemberMetadata {
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly topologyEpoch: number;
  /** Members of one process share a state directory. */
  readonly processId: string;
  readonly userEndpoint: UserEndpoint | null;
  readonly clientTags: ReadonlyMap<string, string>;
}

/** What a member has, as the log keeps it. */
export interface StreamsCurrent {
  readonly memberEpoch: number;
  readonly previousMemberEpoch: number;
  readonly state: StreamsMemberState;
  readonly assigned: HeldTasks;
  readonly pendingRevocation: HeldTasks;
}

/** One member of a streams group: a thread that runs tasks. */
export interface StreamsMember extends StreamsMemberMetadata, StreamsCurrent {
  readonly memberId: string;
}

export function newStreamsMember(memberId: string): StreamsMember {
  return {
    memberId,
    memberEpoch: 0,
    previousMemberEpoch: 0,
    state: "stable",
    instanceId: null,
    rackId: null,
    clientId: "",
    clientHost: "",
    rebalanceTimeoutMs: -1,
    topologyEpoch: -1,
    processId: "",
    userEndpoint: null,
    clientTags: new Map(),
    assigned: NOTHING_HELD,
    pendingRevocation: NOTHING_HELD,
  };
}

/** Whether a member has all that the target of this epoch gives it, and nothing else. */
export function isReconciledTo({ state, memberEpoch }: StreamsCurrent, assignmentEpoch: number): boolean {
  return state === "stable" && memberEpoch === assignmentEpoch;
}

export function isSameEndpoint(one: UserEndpoint | null, other: UserEndpoint | null): boolean {
  return one?.host === other?.host && one?.port === other?.port;
}

/** Whether an assignment would be the same by what both say of themselves. */
export function isSamePlace(one: StreamsMemberMetadata, other: StreamsMemberMetadata): boolean {
  return (
    one.topologyEpoch === other.topologyEpoch &&
    one.rackId === other.rackId &&
    one.processId === other.processId &&
    isSameTags(one.clientTags, other.clientTags)
  );
}

export function isSameMetadata(one: StreamsMemberMetadata, other: StreamsMemberMetadata): boolean {
  return (
    isSamePlace(one, other) &&
    one.instanceId === other.instanceId &&
    one.clientId === other.clientId &&
    one.clientHost === other.clientHost &&
    one.rebalanceTimeoutMs === other.rebalanceTimeoutMs &&
    isSameEndpoint(one.userEndpoint, other.userEndpoint)
  );
}

function isSameTags(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  if (one.size !== other.size) return false;
  for (const [key, value] of one) if (other.get(key) !== value) return false;
  return true;
}

export function isSameCurrent(one: StreamsCurrent, other: StreamsCurrent): boolean {
  return (
    one === other ||
    (one.memberEpoch === other.memberEpoch &&
      one.previousMemberEpoch === other.previousMemberEpoch &&
      one.state === other.state &&
      isSameHeld(one.assigned, other.assigned) &&
      isSameHeld(one.pendingRevocation, other.pendingRevocation))
  );
}
