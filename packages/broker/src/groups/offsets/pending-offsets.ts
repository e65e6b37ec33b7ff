import type { CommittedOffset } from "../group-records.ts";
import { offsetBytes } from "./offset-bytes.ts";

/** An offset that a transaction will commit, or not. */
interface PendingOffset {
  readonly producerId: number;
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  readonly value: CommittedOffset;
  /** Of the order in which records came. */
  readonly order: number;
  /** A later commit of the same partition counts in its place. */
  isSuperseded: boolean;
}

type ByPartition = Map<number, PendingOffset[]>;
type ByTopic = Map<string, ByPartition>;

/**
 * Offsets of transactions that are open, found by their partition and by their producer. When a transaction is committed, its offsets count as if committed when they came, so
 * that the same is left whether or not the log was compacted meanwhile.
 */
export class PendingOffsets {
  readonly #byGroup = new Map<string, ByTopic>();
  readonly #byProducer = new Map<number, Set<PendingOffset>>();
  #heldBytes = 0;
  #lastOrder = 0;

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Whether a transaction is open that may move this offset. */
  has(groupId: string, topic: string, partition: number): boolean {
    return this.#at(groupId, topic, partition) !== undefined;
  }

  hasAnyOf(groupId: string): boolean {
    return this.#byGroup.has(groupId);
  }

  groupIds(): IterableIterator<string> {
    return this.#byGroup.keys();
  }

  /** A group's partitions with pending offsets, with the newest of each. */
  *of(groupId: string): IterableIterator<{ readonly topic: string; readonly partition: number; readonly value: CommittedOffset }> {
    for (const partitions of this.#byGroup.get(groupId)?.values() ?? []) for (const pending of partitions.values()) yield pending.at(-1)!;
  }

  put(producerId: number, groupId: string, topic: string, partition: number, value: CommittedOffset): void {
    const pending = this.#place(groupId, topic, partition);
    const order = ++this.#lastOrder;
    const known = pending.findIndex((one) => one.producerId === producerId);
    if (known >= 0) this.#forget(pending.splice(known, 1)[0]!);
    const added = { producerId, groupId, topic, partition, value, order, isSuperseded: false };
    pending.push(added);
    let ofProducer = this.#byProducer.get(producerId);
    if (ofProducer === undefined) this.#byProducer.set(producerId, (ofProducer = new Set()));
    ofProducer.add(added);
    this.#heldBytes += offsetBytes(value.metadata);
  }

  /** This partition's offset was committed: what is pending since before does not count any more. */
  supersede(groupId: string, topic: string, partition: number, before: number = Infinity): void {
    if (this.#byGroup.size === 0) return;
    for (const one of this.#at(groupId, topic, partition) ?? []) if (one.order < before) one.isSuperseded = true;
  }

  /** The partition's offset was removed, and with it what is pending. */
  remove(groupId: string, topic: string, partition: number): void {
    for (const one of [...(this.#at(groupId, topic, partition) ?? [])]) this.#drop(one);
  }

  /** Takes out what a producer's transaction would commit; what was superseded is left out. In the order in which it came. */
  end(producerId: number): readonly Readonly<PendingOffset>[] {
    const ended = [...(this.#byProducer.get(producerId) ?? [])];
    for (const one of ended) this.#drop(one);
    return ended.filter(({ isSuperseded }) => !isSuperseded);
  }

  #at(groupId: string, topic: string, partition: number): readonly PendingOffset[] | undefined {
    return this.#byGroup.get(groupId)?.get(topic)?.get(partition);
  }

  #place(groupId: string, topic: string, partition: number): PendingOffset[] {
    let topics = this.#byGroup.get(groupId);
    if (topics === undefined) this.#byGroup.set(groupId, (topics = new Map()));
    let partitions = topics.get(topic);
    if (partitions === undefined) topics.set(topic, (partitions = new Map()));
    let pending = partitions.get(partition);
    if (pending === undefined) partitions.set(partition, (pending = []));
    return pending;
  }

  #drop(one: PendingOffset): void {
    const { groupId, topic, partition } = one;
    this.#forget(one);
    const topics = this.#byGroup.get(groupId)!;
    const partitions = topics.get(topic)!;
    const left = partitions.get(partition)!.filter((other) => other !== one);
    if (left.length > 0) partitions.set(partition, left);
    else partitions.delete(partition);
    if (partitions.size === 0) topics.delete(topic);
    if (topics.size === 0) this.#byGroup.delete(groupId);
  }

  #forget(one: PendingOffset): void {
    this.#heldBytes -= offsetBytes(one.value.metadata);
    const ofProducer = this.#byProducer.get(one.producerId)!;
    ofProducer.delete(one);
    if (ofProducer.size === 0) this.#byProducer.delete(one.producerId);
  }
}
