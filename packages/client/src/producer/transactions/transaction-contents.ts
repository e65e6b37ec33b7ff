import { ErrorCode } from "@ottla/protocol";
import { partitionKey, type TopicPartition } from "../../topic-partition.ts";
import type { OffsetsToSend, TransactionAnswer } from "./transaction-request.ts";

/** What one transaction is made of, and how much of it the coordinator has been told. Bounded by what the application puts into it. */
export class TransactionContents {
  readonly #partitions = new Map<string, "added" | "toAdd">();
  #partitionsToAdd: TopicPartition[] = [];
  readonly #groups = new Set<string>();
  readonly #offsets: { readonly id: number; toSend: OffsetsToSend }[] = [];
  #offsetsCount = 0;

  /** True when the partition is new to the transaction. */
  use(topic: string, partition: number, isAddedByBroker: boolean): boolean {
    const key = partitionKey(topic, partition);
    if (this.#partitions.has(key)) return false;
    this.#partitions.set(key, isAddedByBroker ? "added" : "toAdd");
    if (!isAddedByBroker) this.#partitionsToAdd.push({ topic, partition });
    return true;
  }

  hasAdded(topic: string, partition: number): boolean {
    return this.#partitions.get(partitionKey(topic, partition)) === "added";
  }

  get partitionsToAdd(): readonly TopicPartition[] {
    return this.#partitionsToAdd;
  }

  /** The first ones of {@link partitionsToAdd}. */
  partitionsAdded(added: readonly TopicPartition[]): void {
    for (const { topic, partition } of added) this.#partitions.set(partitionKey(topic, partition), "added");
    this.#partitionsToAdd = this.#partitionsToAdd.slice(added.length);
  }

  hasGroup(groupId: string): boolean {
    return this.#groups.has(groupId);
  }

  groupAdded(groupId: string): void {
    this.#groups.add(groupId);
  }

  /** Returns a number for {@link isSent}. */
  addOffsets(toSend: OffsetsToSend): number {
    const id = ++this.#offsetsCount;
    this.#offsets.push({ id, toSend });
    return id;
  }

  isSent(offsetsId: number): boolean {
    return !this.#offsets.some(({ id }) => id === offsetsId);
  }

  get offsetsToSend(): OffsetsToSend | undefined {
    return this.#offsets[0]?.toSend;
  }

  /** Those of {@link offsetsToSend} are with their group. */
  offsetsSent(sent: OffsetsToSend): void {
    if (this.#offsets[0]?.toSend === sent) this.#offsets.shift();
  }

  /** Only what was refused is sent again. */
  offsetsPartlySent(sent: OffsetsToSend, partitions: NonNullable<TransactionAnswer["partitions"]>): void {
    const pending = this.#offsets[0];
    if (pending?.toSend !== sent) return;
    const taken = new Set(partitions.filter((p) => p.errorCode === ErrorCode.NONE).map((p) => partitionKey(p.topic, p.partition)));
    pending.toSend = { ...sent, offsets: sent.offsets.filter((each) => !taken.has(partitionKey(each.topic, each.partition))) };
  }

  /** What was not told yet is not told any more. */
  giveUp(): void {
    this.#partitionsToAdd = [];
    this.#offsets.length = 0;
  }

  clear(): void {
    this.giveUp();
    this.#partitions.clear();
    this.#groups.clear();
  }
}
