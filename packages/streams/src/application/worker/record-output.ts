import { invariant } from "@ottla/base";
import {
  type ConsumedBy,
  type ConsumedOffsets,
  type DeliveryListener,
  KafkaError,
  type Producer,
  type ProducerRecord,
} from "@ottla/client";
import type { Headers } from "../../record.ts";
import type { RecordCollector } from "../../runtime/sink-operator.ts";
import type { ChangelogSink } from "../../stores/store-builder.ts";
import { StreamsError } from "../../streams-error.ts";
import type { WorkerDoing } from "../observe/snapshots.ts";
import { partitionKey } from "../partition-key.ts";
import type { PartitionCounts } from "../plan/partition-counts.ts";
import { HeldRecords, type OutputRecord } from "./held-records.ts";
import { MembershipOver } from "./write-permit.ts";

/** Smaller ones are taken by any producer. */
const LARGE_BYTES = 16 * 1024;

/** Where a worker's producer comes from: another one takes its place when it was fenced. */
export type MakeProducer = () => Producer;

/** Where records are written in transactions. */
interface OutputTransactions {
  /** So long a coordinator is waited for: a worker that waits takes no part in its group, which then waits for it in its turn. */
  readonly callMs: number;
}

/** Hears what the broker is waited for. */
export type Waiting = <T>(doing: WorkerDoing, run: () => Promise<T>) => Promise<T>;

/** What is done while a transaction ends, until it has: what that writes is the next one's. */
export type Meanwhile = (hasEnded: () => boolean) => Promise<void>;

/** What a worker is told of a record that could not be written: whether it may go on without it. */
export type WriteFailure = (error: Error) => "fail" | "continue";

/**
 * What all tasks of a worker write: records for sinks, repartition topics and changelogs, in one order, in transactions where they are asked for. Takes records without waiting; who writes
 * asks between records whether there is room.
 */
export class RecordOutput implements RecordCollector {
  readonly isTransactional: boolean;
  readonly #limit: { readonly timeoutMs: number | undefined };
  readonly #make: MakeProducer;
  readonly #counts: PartitionCounts;
  readonly #onFailure: WriteFailure;
  readonly #waiting: Waiting;
  #producer: Producer;
  #room: Promise<void> | undefined;
  #failure: Error | undefined;
  #isOpen = false;
  /** Of the next transaction, while one ends; undefined: none ends, or nobody does anything meanwhile. */
  #held: HeldRecords | undefined;
  /** The offset behind the last record that was acknowledged, of topics that are followed. */
  readonly #ends = new Map<string, number>();
  /** Of this producer: another one in its place has another. */
  #life = {};
  #listener: DeliveryListener;

  constructor(
    make: MakeProducer,
    transactions: OutputTransactions | undefined,
    counts: PartitionCounts,
    onFailure: WriteFailure,
    waiting: Waiting,
  ) {
    this.#make = make;
    this.isTransactional = transactions !== undefined;
    this.#limit = { timeoutMs: transactions?.callMs };
    this.#counts = counts;
    this.#onFailure = onFailure;
    this.#waiting = waiting;
    this.#producer = make();
    this.#listener = this.#newListener();
  }

  send(
    topic: string,
    partition: number | undefined,
    key: Uint8Array | null,
    value: Uint8Array | null,
    timestamp: number | null,
    headers: Headers,
  ): void {
    this.#enqueue(this.#listener, { topic, partition, key, value, timestamp: timestamp ?? undefined, headers });
  }

  changelog(topic: string, partition: number): ChangelogSink {
    let life = this.#life;
    let listener = this.#newListener(topic);
    const send: ChangelogSink = (key, value, timestamp, headers) => {
      if (life !== this.#life) {
        life = this.#life;
        listener = this.#newListener(topic);
      }
      this.#enqueue(listener, { topic, partition, key, value, timestamp: timestamp ?? undefined, headers });
    };
    const check = (key: Uint8Array, value: Uint8Array | null, headers: Headers) =>
      this.#checkSize({ topic, partition, key, value, timestamp: undefined, headers });
    return Object.assign(send, { check });
  }

  #enqueue(listener: DeliveryListener, record: OutputRecord): void {
    const { key, value, headers } = record;
    if (bytesOf(key, value, headers) > LARGE_BYTES) this.#checkSize(record);
    if (this.#held !== undefined) {
      this.#held.add(listener, record);
      return;
    }
    invariant(!this.isTransactional || this.#isOpen, "records are written in a transaction");
    // Bytes that have to wait are copied by the producer.
    const room = this.#producer.enqueueFor(listener, record);
    if (room !== undefined) {
      this.#room = this.#room === undefined ? room : Promise.all([this.#room, room]).then(() => {});
      // Whoever waits for it hears of it; nobody may.
      this.#room.catch(() => {});
    }
  }

  /** Here its node is known, and whoever is asked about failures: told by the producer it is the transaction's end, again and again. */
  #checkSize(record: ProducerRecord): void {
    const error = this.#producer.tooLarge(record);
    if (error !== undefined) throw new StreamsError("STREAMS_WRITE", error.message, { cause: error });
  }

  partitionsOf(topic: string): number {
    const count = this.#counts.get(topic);
    if (count !== undefined) return count;
    throw new StreamsError(
      "STREAMS_UNKNOWN_TOPIC",
      `It is not known how many partitions topic ${topic} has: it was not there when the application started, or only its name is chosen record by record. Make it before, and write to it by name.`,
    );
  }

  /** Follows a changelog: {@link RecordOutput.endOf} knows it then. */
  follow(topic: string, partition: number): void {
    this.#ends.set(partitionKey(topic, partition), -1);
  }

  unfollow(topic: string, partition: number): void {
    this.#ends.delete(partitionKey(topic, partition));
  }

  /** Behind the last record of a followed partition that is acknowledged; −1: none was written. */
  endOf(topic: string, partition: number): number {
    return this.#ends.get(partitionKey(topic, partition)) ?? -1;
  }

  /** Too much waits to be written. */
  get isFull(): boolean {
    return this.#held === undefined ? this.#room !== undefined : this.#held.isFull;
  }

  /** Waits until there is room; rejects with what could not be written. What is held waits for its transaction, not for room. */
  async room(): Promise<void> {
    const room = this.#held === undefined ? this.#room : undefined;
    if (room !== undefined) {
      await this.#waiting("waits for room to write", () => room);
      if (this.#room === room) this.#room = undefined;
    }
    this.throwFailure();
  }

  /** Throws what a record failed with since the last look: its task cannot go on. */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** A transaction is open. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Opens a transaction where one is needed and none is open. */
  async begin(): Promise<void> {
    if (!this.isTransactional) return;
    // The open one ends, and what is begun is the next one's.
    if (this.#held !== undefined) this.#held.isBegun = true;
    if (this.#isOpen || this.#held !== undefined) return;
    await this.#waiting("begins a transaction", () => this.#producer.begin(this.#limit));
    this.#isOpen = true;
  }

  /** Resolves when all that was sent is acknowledged. */
  async flush(): Promise<void> {
    await this.room();
    await this.#waiting("writes what waits", () => this.#producer.flush());
    this.throwFailure();
  }

  /**
   * Ends the transaction, with what the group has consumed; in parts, where that is much. What is written `meanwhile` is held until {@link RecordOutput.sendHeld}, and dropped where this transaction is given up: it was made from
   * stores that hold what this one did. Rejects when both are over: with what this transaction failed with, else with what `meanwhile` did.
   */
  async commitTransaction(parts: readonly ConsumedOffsets[], group: ConsumedBy | undefined, meanwhile?: Meanwhile): Promise<void> {
    await this.begin();
    await this.room();
    if (meanwhile === undefined) return this.#endTransaction(parts, group);
    this.#held = new HeldRecords();
    let hasEnded = false;
    const ended = this.#endTransaction(parts, group).finally(() => {
      hasEnded = true;
    });
    const outcomes = await Promise.allSettled([ended, meanwhile(() => hasEnded)]);
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  }

  async #endTransaction(parts: readonly ConsumedOffsets[], group: ConsumedBy | undefined): Promise<void> {
    await this.#waiting("tells its transaction what was consumed", () => this.#sendOffsets(parts, group));
    await this.#waiting("commits a transaction", () => this.#producer.commit(this.#limit));
    this.#isOpen = false;
    this.throwFailure();
  }

  /** Writes what was held while the last transaction ended, in the next one; and begins it also for what is in caches alone so far. */
  async sendHeld(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined || !held.isBegun) return;
    await this.begin();
    held.giveTo((listener, record) => this.#enqueue(listener, record));
  }

  async #sendOffsets(parts: readonly ConsumedOffsets[], group: ConsumedBy | undefined): Promise<void> {
    // Also nothing: the group says then whether this member is one still.
    for (const offsets of parts.length === 0 ? [[]] : parts) await this.#producer.sendOffsets(offsets, group, this.#limit);
  }

  /** Gives up what was written since the last commit, as far as it can be: in a transaction all of it. */
  async giveUp(): Promise<void> {
    this.#room = undefined;
    this.#held = undefined;
    if (this.#isOpen) await this.#waiting("aborts a transaction", () => this.#producer.abort(this.#limit));
    else if (!this.isTransactional) await this.#waiting("writes what waits", () => this.#producer.flush()).catch(() => {});
    this.#isOpen = false;
    this.#failure = undefined;
  }

  /** Another producer instead of this one, which cannot go on. */
  async renew(): Promise<void> {
    this.#room = undefined;
    this.#held = undefined;
    this.#isOpen = false;
    this.#failure = undefined;
    const before = this.#producer;
    this.#life = {};
    this.#listener = this.#newListener();
    await before.close({ timeoutMs: 0 }).catch(() => {});
    this.#producer = this.#make();
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }

  /** Hears of what this producer writes, to a changelog where one is named: once another one is in its place, what becomes of its records is in no transaction that could still fail. */
  #newListener(changelog?: string): DeliveryListener {
    const life = this.#life;
    return {
      onAcknowledged: (topic, partition, endOffset) => {
        if (this.#life === life) this.#acknowledged(topic, partition, endOffset);
      },
      onFailed: (error, count) => {
        if (changelog !== undefined && this.#life === life) this.#failure ??= ofChangelog(changelog, error);
        for (let i = 0; i < count && this.#life === life; i++) this.#failed(error);
      },
    };
  }

  #acknowledged(topic: string, partition: number, endOffset: number): void {
    const key = partitionKey(topic, partition);
    const end = this.#ends.get(key);
    if (end !== undefined && endOffset > end) this.#ends.set(key, endOffset);
  }

  #failed(error: Error): void {
    if (this.#failure !== undefined) return;
    // In a transaction nothing goes on without a record, nor where others write it.
    if (!this.isTransactional && !(error instanceof MembershipOver) && this.#onFailure(error) === "continue") return;
    this.#failure = error;
  }
}

/** Nobody is asked whether to go on: the store would have what its changelog has not, and lose it when it is made again. */
function ofChangelog(topic: string, error: Error): Error {
  if (!(error instanceof KafkaError)) return error;
  return new StreamsError(
    "STREAMS_WRITE",
    `A change of a store cannot be written to its changelog ${topic}, and is not passed over, since the store would have what its changelog lacks: ${error.message}`,
    { cause: error },
  );
}

function bytesOf(key: Uint8Array | null, value: Uint8Array | null, headers: Headers): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0);
  for (const header of headers) bytes += header.key.length + (header.value?.length ?? 0);
  return bytes;
}
