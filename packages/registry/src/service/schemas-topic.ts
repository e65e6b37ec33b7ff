import { type Clock, TimeSlice } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { type Admin, type Client, ClientError, type Consumer, type ConsumerBatch, type Producer } from "@ottla/client";
import { RegistryError } from "../registry-error.ts";
import type { TopicRecord } from "../storage/topic-codec.ts";
import { TopicUpkeep, withRights } from "./topic-upkeep.ts";
import { type LoggedRecord, NotAppended, type RegistryLog } from "./registry-log.ts";

/** Where registries keep their records unless told otherwise. */
export const SCHEMAS_TOPIC = "_schemas";

/** The topic that a registry works on. */
export interface SchemasTopicOptions {
  readonly client: Client;
  /** `_schemas` */
  readonly topic?: string;
  /** Of the topic when it must be made: 3, or as many as there are brokers. */
  readonly replicationFactor?: number;
  /** When a missing topic is made; at the start. With the first write a registry that nobody uses leaves no trace. */
  readonly creation?: "at-start" | "with-first-write";
  readonly clock?: Clock;
}

const POLL_MS = 1_000;
/** While somebody waits for a position that may come without a record, by a transaction that ended. */
const HURRIED_POLL_MS = 50;
/** A leader that died in the middle of a transaction holds up readers so long, or until another claims. */
const TRANSACTION_MS = 15_000;
/** Less than a transaction may take. */
const SEND_MS = 10_000;
/** For an answer of the cluster that a change waits for. */
const ASK_MS = 10_000;
/** How often it is looked whether the topic is still the one that was read. */
const WATCH_MS = 3_000;
/** A transaction is over by then, one way or the other. */
const OUTCOME_MS = 2 * TRANSACTION_MS;
/** So many records are applied before others may have a turn. */
const PIECE_RECORDS = 500;
/** How often it is looked whether another has made the missing topic: another registry, or who restores a dump. */
const LOOK_AGAIN_MS = 2_000;

/**
 * The topic `_schemas` as a registry's log: one partition, compacted, read from its beginning.
 *
 * A topic with another number of partitions or another cleanup policy is refused with the command that mends it: with `delete` all schemas would be gone after a week, and over several partitions their
 * order would be lost.
 *
 * Whoever leads writes in transactions of one transactional id: another that begins shuts it out, and what it was writing is dropped. Readers are given what was committed.
 *
 * A topic that was deleted, or made anew under its name, fails the log: what was read from the old one says nothing of the new one. Nothing here lets the broker make it by itself, since it would not suit.
 *
 * A topic that is to be made with the first write is looked for until then: what another puts into it is read.
 */
export class SchemasTopic implements RegistryLog {
  readonly #client: Client;
  readonly #topic: string;
  readonly #upkeep: TopicUpkeep;
  readonly #stopping = new AbortController();
  readonly #isMadeLate: boolean;
  readonly #clock: Clock;
  #onRecords: (records: readonly LoggedRecord[]) => void = () => {};
  #onFailure: (error: Error) => void = () => {};
  #opened: Promise<void> | undefined;
  #looking: Promise<void> = Promise.resolve();
  #consumer: Consumer | undefined;
  #producer: Producer | undefined;
  #reading: Promise<void> = Promise.resolve();
  #watching: Promise<void> = Promise.resolve();
  #id: string | undefined;
  #position = 0;
  #waiters: { readonly position: number; resolve(): void }[] = [];
  #watched: { readonly offset: number; isThere: boolean } | undefined;

  constructor({ client, topic = SCHEMAS_TOPIC, replicationFactor, creation = "at-start", clock = systemClock }: SchemasTopicOptions) {
    this.#client = client;
    this.#topic = topic;
    this.#upkeep = new TopicUpkeep({ admin: () => client.admin(), topic, replicationFactor, clock, signal: this.#stopping.signal });
    this.#isMadeLate = creation === "with-first-write";
    this.#clock = clock;
  }

  get id(): string | undefined {
    return this.#id;
  }

  async start(onRecords: (records: readonly LoggedRecord[]) => void, onFailure: (error: Error) => void): Promise<"read" | "absent"> {
    this.#onRecords = onRecords;
    this.#onFailure = onFailure;
    try {
      this.#id = await this.#upkeep.find();
      if (this.#id === undefined && this.#isMadeLate) {
        this.#looking = this.#lookForTopic();
        return "absent";
      }
      await this.create();
      return "read";
    } catch (error) {
      throw withRights(error, this.#topic, this.#transactionalId);
    }
  }

  async create(): Promise<void> {
    try {
      this.#id ??= (await this.#upkeep.find()) ?? (await this.#upkeep.make());
    } catch (error) {
      throw withRights(error, this.#topic, this.#transactionalId);
    }
    await this.#open();
  }

  async lead(claim: TopicRecord): Promise<number> {
    await this.#letGo();
    const producer = this.#client.producer({
      transactionalId: this.#transactionalId,
      transactionTimeoutMs: TRANSACTION_MS,
      deliveryTimeoutMs: SEND_MS,
      requestTimeoutMs: SEND_MS,
      maxBlockMs: SEND_MS,
      lingerMs: 0,
      allowAutoCreateTopics: false,
    });
    this.#producer = producer;
    try {
      await producer.initTransactions({ signal: this.#stopping.signal });
      // Whoever led is shut out; of a topic that was made anew nothing is known here.
      await this.#upkeep.requireSame(this.#id);
    } catch (error) {
      void this.#letGo();
      if (error instanceof RegistryError) this.#fail(error);
      throw this.#notAppended(error);
    }
    return this.append([claim]);
  }

  async append(records: readonly TopicRecord[]): Promise<number> {
    const producer = this.#producer;
    if (producer === undefined) throw new NotAppended("notLeading", new Error("another instance leads"));
    let offset: number;
    try {
      await producer.begin();
      const sent = await producer.send(records.map(({ key, value }) => ({ topic: this.#topic, partition: 0, key, value })));
      offset = sent.at(-1)?.offset ?? -1;
    } catch (error) {
      // Never committed, so it never holds.
      void this.#letGo();
      throw this.#notAppended(error);
    }
    if (offset < this.#position) {
      void this.#letGo();
      const error = new Error(`the topic "${this.#topic}" was made anew`);
      this.#fail(error);
      throw new NotAppended("failed", error);
    }
    const watched = { offset, isThere: false };
    this.#watched = watched;
    try {
      await producer.commit();
    } catch (error) {
      void this.#letGo();
      // The answer may be lost, and what was asked for done: once readers are past the place it is known.
      await this.#readTo(offset + 1, OUTCOME_MS);
      if (!watched.isThere) throw this.#notAppended(error);
    }
    return offset;
  }

  async readToEnd(): Promise<void> {
    await this.#readTo(await this.#endOffset(this.#client.admin(), ASK_MS), OUTCOME_MS);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#looking;
    await this.#opened?.catch(() => {});
    await this.#reading;
    await this.#watching;
    for (const { resolve } of this.#waiters.splice(0)) resolve();
    await Promise.all([this.#consumer?.close({ timeoutMs: 1_000 }), this.#letGo()]);
  }

  /** An open transaction is aborted, as far as the cluster answers. */
  async #letGo(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.close({ timeoutMs: 1_000 }).catch(() => {});
  }

  #fail(error: Error): void {
    if (!this.#stopping.signal.aborted) this.#onFailure(error);
  }

  async #readOn(consumer: Consumer): Promise<void> {
    const partition = { topic: this.#topic, partition: 0 };
    const { signal } = this.#stopping;
    for (;;) {
      for (const batch of await polled(consumer, this.#waiters.length > 0 ? HURRIED_POLL_MS : POLL_MS, signal)) {
        const records = Array.from(batch, ({ offset, key, value }) => ({ offset, key, value }));
        const watched = this.#watched;
        if (watched !== undefined && records.some(({ offset }) => offset === watched.offset)) watched.isThere = true;
        await this.#takeInPieces(records);
        this.#reached(batch.nextOffset);
      }
      if (this.#waiters.length > 0) this.#reached(await consumer.position(partition, { signal }));
    }
  }

  /** A batch of what compresses well has hundreds of thousands of records. What one change wrote is one piece, unless it is larger than that. */
  async #takeInPieces(records: readonly LoggedRecord[]): Promise<void> {
    const slice = new TimeSlice(this.#clock);
    for (let at = 0; at < records.length; at += PIECE_RECORDS) {
      if (at > 0 && slice.isOver) await slice.rest();
      if (this.#stopping.signal.aborted) return;
      this.#onRecords(records.slice(at, at + PIECE_RECORDS));
    }
  }

  #notAppended(error: unknown): NotAppended {
    return new NotAppended(reasonOf(error), withRights(error, this.#topic, this.#transactionalId));
  }

  get #transactionalId(): string {
    return `ottla-registry-${this.#topic}`;
  }

  #reached(position: number): void {
    this.#position = position;
    const due = this.#waiters.filter((each) => each.position <= position);
    this.#waiters = this.#waiters.filter((each) => each.position > position);
    for (const { resolve } of due) resolve();
  }

  /** Rejects when it takes too long, or when nothing more is read. */
  #readTo(position: number, timeoutMs: number): Promise<void> {
    if (position <= this.#position) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = this.#clock.schedule(timeoutMs, () => {
        this.#waiters = this.#waiters.filter((each) => each !== waiter);
        reject(new Error(`the topic "${this.#topic}" could not be read up to offset ${position} within ${timeoutMs} ms`));
      });
      const waiter = {
        position,
        resolve: () => {
          timer.cancel();
          if (this.#position >= position) resolve();
          else reject(new Error("the registry was stopped"));
        },
      };
      this.#waiters.push(waiter);
      this.#consumer?.wakeup();
    });
  }

  /** Once, whoever asks. */
  #open(): Promise<void> {
    this.#opened ??= this.#readAll().catch((error: unknown) => {
      const failure = error instanceof Error ? error : new Error(String(error));
      this.#fail(failure);
      throw failure;
    });
    return this.#opened;
  }

  async #readAll(): Promise<void> {
    const partition = { topic: this.#topic, partition: 0 };
    const { signal } = this.#stopping;
    const end = await this.#endOffset(this.#client.admin());
    const consumer = this.#client.consumer({
      enableAutoCommit: false,
      // A place that is not there any more means another topic.
      autoOffsetReset: "none",
      isolationLevel: "read_committed",
      allowAutoCreateTopics: false,
    });
    this.#consumer = consumer;
    consumer.assign([partition]);
    const [begin] = await consumer.beginningOffsets([partition], { signal });
    consumer.seek(partition, begin?.offset ?? 0);
    this.#position = begin?.offset ?? 0;
    const reading = this.#readOn(consumer);
    // Whoever waits is told by the rejection; afterwards, whoever answers.
    this.#reading = reading.catch((error: unknown) => {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      for (const { resolve } of this.#waiters.splice(0)) resolve();
    });
    await Promise.race([this.#readTo(end, OUTCOME_MS), reading]);
    this.#watching = this.#watchTopic();
  }

  async #watchTopic(): Promise<void> {
    while (await this.#upkeep.paused(WATCH_MS)) {
      try {
        await this.#upkeep.requireSame(this.#id);
      } catch (error) {
        if (error instanceof RegistryError) return this.#fail(error);
        // A cluster that does not answer says nothing of the topic.
      }
    }
  }

  /** Until the topic is there or the registry stops. */
  async #lookForTopic(): Promise<void> {
    while ((await this.#upkeep.paused(LOOK_AGAIN_MS)) && this.#opened === undefined) {
      try {
        const id = await this.#upkeep.find();
        if (id === undefined) continue;
        this.#id = id;
        return await this.#open();
      } catch (error) {
        // A cluster that does not answer may do so later; a topic that does not suit is told to who writes.
        if (error instanceof RegistryError || this.#opened !== undefined) return;
      }
    }
  }

  async #endOffset(admin: Admin, timeoutMs?: number): Promise<number> {
    const [end] = await admin.listOffsets([{ topic: this.#topic, partition: 0, spec: "latest" }], {
      ...(timeoutMs !== undefined && { timeoutMs }),
      signal: this.#stopping.signal,
      isolationLevel: "read_committed",
    });
    if (end?.error !== undefined) throw end.error;
    return end?.value.offset ?? 0;
  }
}

/** Nothing, when somebody began to wait meanwhile. */
async function polled(consumer: Consumer, timeoutMs: number, signal: AbortSignal): Promise<readonly ConsumerBatch[]> {
  try {
    return await consumer.poll(timeoutMs, { signal });
  } catch (error) {
    if (error instanceof ClientError && error.code === "WOKEN_UP") return [];
    throw error;
  }
}

/** Looks through what wraps a failure. */
function reasonOf(error: unknown): NotAppended["reason"] {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as { readonly code?: unknown };
    if (code === "PRODUCER_FENCED" || code === "INVALID_PRODUCER_EPOCH") return "notLeading";
    if (typeof code === "string" && code.endsWith("AUTHORIZATION_FAILED")) return "forbidden";
    if (code === "RECORD_TOO_LARGE" || code === "MESSAGE_TOO_LARGE" || code === "RECORD_LIST_TOO_LARGE") return "tooLarge";
  }
  return "failed";
}
