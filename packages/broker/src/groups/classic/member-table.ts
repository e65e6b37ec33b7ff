import { DraftMap, type MutableMap } from "../../coordinator/draft-map.ts";
import type { RequestToken } from "../../coordinator/coordinator-spec.ts";

/** One way to assign partitions that a member offers, with the bytes the leader will read. */
export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Buffer;
}

export interface GroupMember {
  readonly memberId: string;
  /** Set for static members (KIP-345). */
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  /** In the member's order of preference. */
  readonly protocols: readonly MemberProtocol[];
  readonly assignment: Buffer;
  /** True until its first JoinGroup is answered: such a member cannot send heartbeats yet. */
  readonly isNew: boolean;
  /** It has its JoinGroup answer but has not sent SyncGroup yet. */
  readonly owesSync: boolean;
  readonly awaitingJoin: RequestToken | null;
  readonly awaitingSync: RequestToken | null;
}

/** What the objects of a member take beside its strings and bytes. */
const MEMBER_BYTES = 512;
/** The same for one protocol: a string, a buffer and its place in a list. */
const PROTOCOL_BYTES = 200;
/** An id handed out and not used yet, with its timer. */
const PENDING_MEMBER_BYTES = 384;

/**
 * The members of a group in order of joining, the ids handed out to those that have not come back yet (MEMBER_ID_REQUIRED), and what the rules ask about all of
 * them at once: kept as a sum, so that no rule walks through the members for each request.
 */
export class MemberTable {
  readonly #byId: MutableMap<string, GroupMember>;
  /** Member ids by instance id. */
  readonly #byInstance: MutableMap<string, string>;
  /** How many members offer a protocol. */
  readonly #offers: MutableMap<string, number>;
  readonly #pending: MutableMap<string, true>;
  /** What this is a draft of. */
  readonly #origin: MemberTable | undefined;
  #awaitingJoinCount: number;
  #owingSyncCount: number;
  #heldBytes: number;

  constructor(members: Iterable<GroupMember> = [], origin?: MemberTable) {
    this.#origin = origin;
    this.#byId = origin ? new DraftMap(origin.#byId) : new Map();
    this.#byInstance = origin ? new DraftMap(origin.#byInstance) : new Map();
    this.#offers = origin ? new DraftMap(origin.#offers) : new Map();
    this.#pending = origin ? new DraftMap(origin.#pending) : new Map();
    this.#awaitingJoinCount = origin ? origin.#awaitingJoinCount : 0;
    this.#owingSyncCount = origin ? origin.#owingSyncCount : 0;
    this.#heldBytes = origin ? origin.#heldBytes : 0;
    for (const member of members) this.put(member);
  }

  get size(): number {
    return this.#byId.size;
  }

  /** How many members wait for the answer to their JoinGroup. */
  get awaitingJoinCount(): number {
    return this.#awaitingJoinCount;
  }

  get owingSyncCount(): number {
    return this.#owingSyncCount;
  }

  get pendingCount(): number {
    return this.#pending.size;
  }

  /** What members and pending ids take, as the heap sees it, about. */
  get heldBytes(): number {
    return this.#heldBytes + this.#pending.size * PENDING_MEMBER_BYTES;
  }

  get(memberId: string): GroupMember | undefined {
    return this.#byId.get(memberId);
  }

  has(memberId: string): boolean {
    return this.#byId.has(memberId);
  }

  isPending(memberId: string): boolean {
    return this.#pending.has(memberId);
  }

  /** The member that holds this instance id now. */
  staticMember(groupInstanceId: string): GroupMember | undefined {
    const memberId = this.#byInstance.get(groupInstanceId);
    return memberId === undefined ? undefined : this.#byId.get(memberId);
  }

  /** Whether every member offers the protocol. */
  isOfferedByAll(protocolName: string): boolean {
    return (this.#offers.get(protocolName) ?? 0) === this.size;
  }

  /** In order of joining; changes made meanwhile are seen. */
  *values(): IterableIterator<GroupMember> {
    for (const entry of this.#byId) yield entry[1];
  }

  /** As {@link MemberTable.values}, without garbage: of a large group every rule looks at thousands in one turn. */
  forEach(visit: (member: GroupMember) => void): void {
    this.#byId.forEach((member) => visit(member));
  }

  first(): GroupMember | undefined {
    for (const entry of this.#byId) return entry[1];
    return undefined;
  }

  *pendingIds(): IterableIterator<string> {
    for (const entry of this.#pending) yield entry[0];
  }

  /** A table whose changes leave this one alone until they are settled. */
  draft(): MemberTable {
    return new MemberTable([], this);
  }

  /** Makes a draft's changes in the table that it was drawn from, and gives that one; a table that is no draft gives itself. */
  settle(): MemberTable {
    const origin = this.#origin;
    if (!origin) return this;
    for (const draft of [this.#byId, this.#byInstance, this.#offers, this.#pending]) if (draft instanceof DraftMap) draft.settle();
    origin.#awaitingJoinCount = this.#awaitingJoinCount;
    origin.#owingSyncCount = this.#owingSyncCount;
    origin.#heldBytes = this.#heldBytes;
    return origin.settle();
  }

  /** Adds the member, or changes it and keeps its place. */
  put(member: GroupMember): void {
    const before = this.#byId.get(member.memberId);
    if (before) this.#uncount(before, member);
    this.#byId.set(member.memberId, member);
    this.#count(member, before);
  }

  remove(memberId: string): void {
    const member = this.#byId.get(memberId);
    if (!member) return;
    this.#uncount(member, undefined);
    this.#byId.delete(memberId);
  }

  addPending(memberId: string): void {
    this.#pending.set(memberId, true);
  }

  removePending(memberId: string): void {
    this.#pending.delete(memberId);
  }

  /** `other` is what the member was before: what did not change is not counted anew. */
  #count(member: GroupMember, other: GroupMember | undefined): void {
    if (member.awaitingJoin !== null) this.#awaitingJoinCount++;
    if (member.owesSync) this.#owingSyncCount++;
    this.#heldBytes += member.assignment.length;
    if (member.protocols !== other?.protocols) {
      this.#heldBytes += offeredBytes(member);
      for (const name of protocolNames(member)) this.#offers.set(name, (this.#offers.get(name) ?? 0) + 1);
    }
    if (other) return;
    this.#heldBytes += MEMBER_BYTES + 2 * (member.memberId.length + member.clientId.length + (member.groupInstanceId?.length ?? 0));
    if (member.groupInstanceId !== null) this.#byInstance.set(member.groupInstanceId, member.memberId);
  }

  #uncount(member: GroupMember, other: GroupMember | undefined): void {
    if (member.awaitingJoin !== null) this.#awaitingJoinCount--;
    if (member.owesSync) this.#owingSyncCount--;
    this.#heldBytes -= member.assignment.length;
    if (member.protocols !== other?.protocols) {
      this.#heldBytes -= offeredBytes(member);
      for (const name of protocolNames(member)) {
        const count = (this.#offers.get(name) ?? 0) - 1;
        if (count > 0) this.#offers.set(name, count);
        else this.#offers.delete(name);
      }
    }
    if (other) return;
    this.#heldBytes -= MEMBER_BYTES + 2 * (member.memberId.length + member.clientId.length + (member.groupInstanceId?.length ?? 0));
    // A static member that started anew may hold its instance id under another member id by now.
    const { groupInstanceId } = member;
    if (groupInstanceId !== null && this.#byInstance.get(groupInstanceId) === member.memberId) this.#byInstance.delete(groupInstanceId);
  }
}

/** What a member's offer takes while it is kept. */
export function protocolsBytes(protocols: readonly MemberProtocol[]): number {
  let bytes = 0;
  for (const { name, metadata } of protocols) bytes += PROTOCOL_BYTES + 2 * name.length + metadata.length;
  return bytes;
}

function offeredBytes(member: GroupMember): number {
  return protocolsBytes(member.protocols);
}

/** A name given twice counts once. */
function protocolNames(member: GroupMember): Iterable<string> {
  return new Set(member.protocols.map(({ name }) => name));
}
