import type { StreamsGroupTopologyValue } from "@ottla/protocol/data/streams-group-topology-value";
import { isReconciledTo, newStreamsMember, type StreamsMember } from "./streams-member.ts";
import type { StreamsPart } from "./streams-records.ts";
import { TaskProcesses } from "./task-processes.ts";
import { heldCount, NOTHING_HELD, NO_TUPLE, type TaskTuple } from "./tasks.ts";
import type { ConfiguredTopology } from "./topology/configure-topology.ts";
import { requiredTopics, sourceTopics, topologyBytes } from "./topology/topology.ts";

/** As Kafka prints them. */
export type StreamsGroupState = "Empty" | "NotReady" | "Assigning" | "Reconciling" | "Stable";

/** How far the state of tasks is with a member, by sub-topology and partition, as sums over changelogs. */
export type TaskOffsets = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** What a member told of the state that it has. */
export interface MemberOffsets {
  readonly offsets: TaskOffsets;
  readonly endOffsets: TaskOffsets;
}

export const NO_OFFSETS: MemberOffsets = { offsets: new Map(), endOffsets: new Map() };

/** What the log does not keep of a group; members tell it again, or it is worked out again, after a restart. */
export interface StreamsSoftState {
  readonly configured: ConfiguredTopology | undefined;
  /** A new group waits for more members before its first assignment. */
  readonly isFirstAssignmentDelayed: boolean;
  /** The member that wants the whole application to end. */
  readonly shutdownRequestedBy: string | undefined;
  /** Rises when what is known of who can be asked changes. */
  readonly endpointInformationEpoch: number;
  readonly taskOffsets: ReadonlyMap<string, MemberOffsets>;
}

/** A change of what the log does not keep. */
export interface StreamsSoft {
  readonly type: "streams-soft";
  readonly soft: StreamsSoftState;
}

const NO_SOFT_STATE: StreamsSoftState = {
  configured: undefined,
  isFirstAssignmentDelayed: false,
  shutdownRequestedBy: undefined,
  endpointInformationEpoch: 0,
  taskOffsets: new Map(),
};

const FIRST_EPOCH = 1;
/** What the objects of a member take beside its strings, and what one of its tasks takes. */
const MEMBER_BYTES = 1024;
const TASK_BYTES = 48;

/**
 * A group of the streams protocol (KIP-1071): a fold over its records, changed by {@link StreamsGroup.apply} alone, and what the rules ask about all members at once,
 * kept as sums. {@link StreamsGroup.soft} is beside the log. Source: KIP-1071, Apache Kafka 4.4.
 */
export class StreamsGroup {
  readonly type = "streams";
  readonly protocolType = "streams";
  readonly groupId: string;
  readonly processes: TaskProcesses = new TaskProcesses();
  #soft = NO_SOFT_STATE;
  #groupEpoch = FIRST_EPOCH;
  #metadataHash = 0;
  #validatedTopologyEpoch = -1;
  #assignmentConfigs: ReadonlyMap<string, string> = new Map();
  #topology: StreamsGroupTopologyValue | undefined;
  #requiredTopics: ReadonlySet<string> = new Set();
  #sourceTopics: ReadonlyMap<string, string> = new Map();
  #assignmentEpoch = FIRST_EPOCH;
  #assignmentTimestampMs = 0;
  readonly #targets = new Map<string, TaskTuple>();
  readonly #members = new Map<string, StreamsMember>();
  readonly #byInstance = new Map<string, string>();
  /** Members that are done, by their epochs. */
  readonly #doneByEpoch = new Map<number, number>();
  #memberBytes = 0;
  #topologyBytes = 0;
  #targetTasks = 0;

  constructor(groupId: string) {
    this.groupId = groupId;
  }

  get groupEpoch(): number {
    return this.#groupEpoch;
  }

  get metadataHash(): number {
    return this.#metadataHash;
  }

  get validatedTopologyEpoch(): number {
    return this.#validatedTopologyEpoch;
  }

  get assignmentConfigs(): ReadonlyMap<string, string> {
    return this.#assignmentConfigs;
  }

  get topology(): StreamsGroupTopologyValue | undefined {
    return this.#topology;
  }

  /** Every topic that the topology reads, its own ones too. */
  get requiredTopics(): ReadonlySet<string> {
    return this.#requiredTopics;
  }

  /** The sub-topology of each topic that tasks read. */
  get sourceTopics(): ReadonlyMap<string, string> {
    return this.#sourceTopics;
  }

  get assignmentEpoch(): number {
    return this.#assignmentEpoch;
  }

  /** 0: never, or for no member that is still there. */
  get assignmentTimestampMs(): number {
    return this.#assignmentTimestampMs;
  }

  get members(): ReadonlyMap<string, StreamsMember> {
    return this.#members;
  }

  get targets(): ReadonlyMap<string, TaskTuple> {
    return this.#targets;
  }

  get soft(): StreamsSoftState {
    return this.#soft;
  }

  get state(): StreamsGroupState {
    if (this.#members.size === 0) return "Empty";
    if (this.#topology === undefined || this.#topology.epoch !== this.#validatedTopologyEpoch) return "NotReady";
    if (this.#groupEpoch > this.#assignmentEpoch) return "Assigning";
    return (this.#doneByEpoch.get(this.#assignmentEpoch) ?? 0) === this.#members.size ? "Stable" : "Reconciling";
  }

  /** What the group takes, as the heap sees it, about. */
  get heldBytes(): number {
    return this.#memberBytes + this.#topologyBytes + this.#targetTasks * TASK_BYTES;
  }

  /** Whether some task reads the topic. */
  isSubscribedTo(topic: string): boolean {
    return this.#members.size > 0 && this.#sourceTopics.has(topic);
  }

  /** The member that holds this instance id now. */
  staticMember(instanceId: string): StreamsMember | undefined {
    const memberId = this.#byInstance.get(instanceId);
    return memberId === undefined ? undefined : this.#members.get(memberId);
  }

  /** A static member's target is its instance's, whatever member id it has by now. */
  targetOf(memberId: string, instanceId: string | null): TaskTuple {
    const present = instanceId === null ? memberId : this.#byInstance.get(instanceId);
    return (present === undefined ? undefined : this.#targets.get(present)) ?? NO_TUPLE;
  }

  adopt(soft: StreamsSoftState): void {
    this.#soft = this.#members.size === 0 ? { ...soft, shutdownRequestedBy: undefined } : soft;
  }

  apply(part: StreamsPart): void {
    switch (part.type) {
      case "group":
        this.#groupEpoch = part.value?.groupEpoch ?? FIRST_EPOCH;
        this.#metadataHash = part.value?.metadataHash ?? 0;
        this.#validatedTopologyEpoch = part.value?.validatedTopologyEpoch ?? -1;
        this.#assignmentConfigs = part.value?.assignmentConfigs ?? new Map();
        return;
      case "topology":
        this.#topology = part.value ?? undefined;
        this.#requiredTopics = part.value ? requiredTopics(part.value) : new Set();
        this.#sourceTopics = part.value ? sourceTopics(part.value) : new Map();
        this.#topologyBytes = part.value ? topologyBytes(part.value) : 0;
        return;
      case "member":
        if (part.value) this.#put({ ...this.#memberOrNew(part.memberId), ...part.value });
        else this.#remove(part.memberId);
        return;
      case "current":
        if (part.value) this.#put({ ...this.#memberOrNew(part.memberId), ...part.value });
        else this.#release(part.memberId);
        return;
      case "target":
        this.#assignmentEpoch = part.value?.assignmentEpoch ?? -1;
        this.#assignmentTimestampMs = part.value?.assignmentTimestampMs ?? 0;
        return;
      case "target-member":
        this.#setTarget(part.memberId, part.value);
    }
  }

  #setTarget(memberId: string, target: TaskTuple | null): void {
    this.#targetTasks -= heldCount(this.#targets.get(memberId) ?? NO_TUPLE);
    if (target === null) {
      this.#targets.delete(memberId);
      return;
    }
    this.#targets.set(memberId, target);
    this.#targetTasks += heldCount(target);
  }

  #memberOrNew(memberId: string): StreamsMember {
    return this.#members.get(memberId) ?? newStreamsMember(memberId);
  }

  #release(memberId: string): void {
    const member = this.#members.get(memberId);
    if (!member) return;
    this.#put({ ...member, memberEpoch: -1, previousMemberEpoch: -1, assigned: NOTHING_HELD, pendingRevocation: NOTHING_HELD });
  }

  #put(member: StreamsMember): void {
    const before = this.#members.get(member.memberId);
    if (before) this.#uncount(before);
    this.#members.set(member.memberId, member);
    if (member.instanceId !== null) this.#byInstance.set(member.instanceId, member.memberId);
    if (isReconciledTo(member, member.memberEpoch)) this.#countDone(member.memberEpoch, 1);
    this.processes.add(member.assigned, member.processId);
    this.processes.add(member.pendingRevocation, member.processId);
    this.#memberBytes += memberBytes(member);
  }

  #remove(memberId: string): void {
    const member = this.#members.get(memberId);
    if (!member) return;
    this.#uncount(member);
    this.#members.delete(memberId);
    const { taskOffsets, shutdownRequestedBy } = this.#soft;
    const isLast = this.#members.size === 0;
    const kept = taskOffsets.has(memberId) ? new Map([...taskOffsets].filter(([other]) => other !== memberId)) : taskOffsets;
    this.#soft = { ...this.#soft, taskOffsets: kept, shutdownRequestedBy: isLast ? undefined : shutdownRequestedBy };
  }

  #uncount(member: StreamsMember): void {
    const { instanceId } = member;
    // A static member that started anew may hold its instance id under another member id by now.
    if (instanceId !== null && this.#byInstance.get(instanceId) === member.memberId) this.#byInstance.delete(instanceId);
    if (isReconciledTo(member, member.memberEpoch)) this.#countDone(member.memberEpoch, -1);
    this.processes.remove(member.assigned, member.processId);
    this.processes.remove(member.pendingRevocation, member.processId);
    this.#memberBytes -= memberBytes(member);
  }

  #countDone(epoch: number, by: 1 | -1): void {
    const next = (this.#doneByEpoch.get(epoch) ?? 0) + by;
    if (next > 0) this.#doneByEpoch.set(epoch, next);
    else this.#doneByEpoch.delete(epoch);
  }
}

function memberBytes({
  memberId,
  instanceId,
  rackId,
  clientId,
  processId,
  clientTags,
  assigned,
  pendingRevocation,
}: StreamsMember): number {
  let bytes = MEMBER_BYTES + 2 * (memberId.length + clientId.length + processId.length + (instanceId?.length ?? 0) + (rackId?.length ?? 0));
  for (const [key, value] of clientTags) bytes += 100 + 2 * (key.length + value.length);
  return bytes + TASK_BYTES * (heldCount(assigned) + heldCount(pendingRevocation));
}
