import { type Assignment, NO_PARTITIONS } from "./assignors/assignment.ts";
import { type ConsumerMember, isReconciledTo, newMember } from "./consumer-member.ts";
import type { ConsumerPart } from "./consumer-records.ts";
import { NO_EPOCHS, type PartitionEpochs, partitionCount } from "./partition-epochs.ts";
import { SubscriptionIndex } from "./subscription-index.ts";
import { TargetIndex } from "./target-index.ts";

/** As Kafka prints them. */
export type ConsumerGroupState = "Empty" | "Assigning" | "Reconciling" | "Stable";

/** Counts one more, or one less. */
function count<Key>(counts: Map<Key, number>, key: Key, by: 1 | -1): void {
  const next = (counts.get(key) ?? 0) + by;
  if (next > 0) counts.set(key, next);
  else counts.delete(key);
}

/** What the objects of a member take beside its strings, and what one of its partitions takes. */
const MEMBER_BYTES = 1024;
const PARTITION_BYTES = 48;
const FIRST_EPOCH = 1;

/**
 * A group of the consumer protocol (KIP-848): a fold over its records, changed by {@link ConsumerGroup.apply} alone, and what the rules ask about all members at
 * once, kept as sums. Source: KIP-848, KIP-1251 (epochs by partition).
 */
export class ConsumerGroup {
  readonly type = "consumer";
  readonly protocolType = "consumer";
  readonly groupId: string;
  readonly subscriptions: SubscriptionIndex = new SubscriptionIndex();
  readonly targets: TargetIndex = new TargetIndex();
  /** The catalogue's revision that the metadata hash was last compared at; not kept in the log. */
  checkedRevision = -1;
  #groupEpoch = FIRST_EPOCH;
  #metadataHash = 0;
  #assignmentEpoch = FIRST_EPOCH;
  #assignmentTimestampMs = 0;
  #hasPartitionMetadata = false;
  readonly #members = new Map<string, ConsumerMember>();
  readonly #byInstance = new Map<string, string>();
  /** Members by the server-side assignor they ask for, and by the classic protocols they offer. */
  readonly #assignorVotes = new Map<string, number>();
  readonly #classicOffers = new Map<string, number>();
  #classicCount = 0;
  /** By topic id and partition, the epoch of the member that has it, or has yet to give it up. */
  readonly #partitionEpochs = new Map<string, Map<number, number>>();
  /** Members that are done, by their epochs. */
  readonly #doneByEpoch = new Map<number, number>();
  #memberBytes = 0;

  constructor(groupId: string) {
    this.groupId = groupId;
  }

  get groupEpoch(): number {
    return this.#groupEpoch;
  }

  get metadataHash(): number {
    return this.#metadataHash;
  }

  get assignmentEpoch(): number {
    return this.#assignmentEpoch;
  }

  /** 0: never, or for no member that is still there. */
  get assignmentTimestampMs(): number {
    return this.#assignmentTimestampMs;
  }

  /** Whether the log has a record of a kind that is no longer written. */
  get hasPartitionMetadata(): boolean {
    return this.#hasPartitionMetadata;
  }

  get members(): ReadonlyMap<string, ConsumerMember> {
    return this.#members;
  }

  /** How many members speak the classic protocol. */
  get classicCount(): number {
    return this.#classicCount;
  }

  get assignorVotes(): ReadonlyMap<string, number> {
    return this.#assignorVotes;
  }

  get state(): ConsumerGroupState {
    if (this.#members.size === 0) return "Empty";
    if (this.#groupEpoch > this.#assignmentEpoch) return "Assigning";
    return (this.#doneByEpoch.get(this.#assignmentEpoch) ?? 0) === this.#members.size ? "Stable" : "Reconciling";
  }

  /** What the group takes, as the heap sees it, about. */
  get heldBytes(): number {
    return this.#memberBytes + this.subscriptions.heldBytes + this.targets.partitionCount * PARTITION_BYTES;
  }

  /** The member that holds this instance id now. */
  staticMember(instanceId: string): ConsumerMember | undefined {
    const memberId = this.#byInstance.get(instanceId);
    return memberId === undefined ? undefined : this.#members.get(memberId);
  }

  /** A static member's target is its instance's, whatever member id it has by now. */
  targetOf(memberId: string, instanceId: string | null): Assignment {
    if (instanceId === null) return this.targets.get(memberId) ?? NO_PARTITIONS;
    const present = this.#byInstance.get(instanceId);
    return (present === undefined ? undefined : this.targets.get(present)) ?? NO_PARTITIONS;
  }

  /** The epoch of the member that has the partition, or has yet to give it up; -1: it is free. */
  partitionEpoch(topicId: string, partition: number): number {
    return this.#partitionEpochs.get(topicId)?.get(partition) ?? -1;
  }

  /** Whether all classic members offer the protocol. */
  isOfferedByAllClassic(protocolName: string): boolean {
    return (this.#classicOffers.get(protocolName) ?? 0) === this.#classicCount;
  }

  apply(part: ConsumerPart): void {
    switch (part.type) {
      case "group":
        this.#groupEpoch = part.value?.groupEpoch ?? FIRST_EPOCH;
        this.#metadataHash = part.value?.metadataHash ?? 0;
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
        this.targets.set(part.memberId, part.value);
        return;
      case "regex":
        this.subscriptions.setResolved(part.regex, part.value);
        return;
      case "partition-metadata":
        this.#hasPartitionMetadata = part.value !== null;
    }
  }

  #memberOrNew(memberId: string): ConsumerMember {
    return this.#members.get(memberId) ?? newMember(memberId);
  }

  #release(memberId: string): void {
    const member = this.#members.get(memberId);
    if (!member) return;
    this.#put({ ...member, memberEpoch: -1, previousMemberEpoch: -1, assigned: NO_EPOCHS, pendingRevocation: NO_EPOCHS });
  }

  #put(given: ConsumerMember): void {
    const before = this.#members.get(given.memberId);
    if (before) this.#uncount(before);
    const member = this.#subscribed(given, before);
    this.#members.set(member.memberId, member);
    if (member.instanceId !== null) this.#byInstance.set(member.instanceId, member.memberId);
    if (member.serverAssignor !== null) count(this.#assignorVotes, member.serverAssignor, 1);
    if (isReconciledTo(member, member.memberEpoch)) count(this.#doneByEpoch, member.memberEpoch, 1);
    if (member.classic) {
      this.#classicCount++;
      for (const name of protocolNames(member)) count(this.#classicOffers, name, 1);
    }
    this.#take(member.assigned, member.memberEpoch);
    this.#take(member.pendingRevocation, member.memberEpoch);
    this.#memberBytes += memberBytes(member);
  }

  /** The member with its subscription counted; what did not change is not counted anew, as it may be long. */
  #subscribed(member: ConsumerMember, before: ConsumerMember | undefined): ConsumerMember {
    const { subscribedTopicNames: names, subscribedTopicRegex: regex } = member;
    if (before?.subscribedTopicNames === names && before.subscribedTopicRegex === regex) return member;
    if (before) this.subscriptions.remove(before.subscribedTopicNames, before.subscribedTopicRegex);
    const kept = this.subscriptions.add(names, regex);
    return kept === names ? member : { ...member, subscribedTopicNames: kept };
  }

  #remove(memberId: string): void {
    const member = this.#members.get(memberId);
    if (!member) return;
    this.#uncount(member);
    this.subscriptions.remove(member.subscribedTopicNames, member.subscribedTopicRegex);
    this.#members.delete(memberId);
  }

  #uncount(member: ConsumerMember): void {
    const { instanceId } = member;
    // A static member that started anew may hold its instance id under another member id by now.
    if (instanceId !== null && this.#byInstance.get(instanceId) === member.memberId) this.#byInstance.delete(instanceId);
    if (member.serverAssignor !== null) count(this.#assignorVotes, member.serverAssignor, -1);
    if (isReconciledTo(member, member.memberEpoch)) count(this.#doneByEpoch, member.memberEpoch, -1);
    if (member.classic) {
      this.#classicCount--;
      for (const name of protocolNames(member)) count(this.#classicOffers, name, -1);
    }
    this.#giveUp(member.assigned, member.memberEpoch);
    this.#giveUp(member.pendingRevocation, member.memberEpoch);
    this.#memberBytes -= memberBytes(member);
  }

  #take(partitions: PartitionEpochs, memberEpoch: number): void {
    for (const [topicId, epochs] of partitions) {
      let owned = this.#partitionEpochs.get(topicId);
      if (!owned) this.#partitionEpochs.set(topicId, (owned = new Map()));
      for (const partition of epochs.keys()) {
        const other = owned.get(partition);
        // While a compacted log is read, whoever comes with the later epoch has it.
        if (other === undefined || other < memberEpoch) owned.set(partition, memberEpoch);
      }
    }
  }

  #giveUp(partitions: PartitionEpochs, memberEpoch: number): void {
    for (const [topicId, epochs] of partitions) {
      const owned = this.#partitionEpochs.get(topicId);
      if (!owned) continue;
      for (const partition of epochs.keys()) if (owned.get(partition) === memberEpoch) owned.delete(partition);
      if (owned.size === 0) this.#partitionEpochs.delete(topicId);
    }
  }
}

/** A name given twice counts once. */
function protocolNames({ classic }: ConsumerMember): Iterable<string> {
  return new Set(classic?.protocols.map(({ name }) => name));
}

function memberBytes({
  memberId,
  instanceId,
  rackId,
  clientId,
  subscribedTopicRegex,
  classic,
  assigned,
  pendingRevocation,
}: ConsumerMember): number {
  let bytes = MEMBER_BYTES + 2 * (memberId.length + clientId.length + subscribedTopicRegex.length);
  bytes += 2 * ((instanceId?.length ?? 0) + (rackId?.length ?? 0));
  for (const { name, metadata } of classic?.protocols ?? []) bytes += 200 + 2 * name.length + metadata.length;
  return bytes + PARTITION_BYTES * (partitionCount(assigned) + partitionCount(pendingRevocation));
}
