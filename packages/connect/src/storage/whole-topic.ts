import { type Clock, type Logger, pause, TimeSlice } from "@ottla/base";
import { type Client, ClientError, type Consumer, type ConsumerBatch, type ConsumerRecord, type TopicPartition } from "@ottla/client";
import { ConnectError } from "../connect-error.ts";

/** A topic that a worker keeps what it knows in. */
export interface WholeTopicOptions {
  readonly client: Client;
  readonly topic: string;
  /** Of the topic when it must be made. */
  readonly partitionCount: number;
  /** At most so many copies, fewer where there are fewer brokers. */
  readonly replicationFactor: number;
  /** The topic is refused unless it has as many partitions as it would be made with. */
  readonly partitionsMatter?: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Throws at what it cannot take, which is told and passed over: one bad record is not the end of all that comes behind it. */
  readonly onRecord: (record: ConsumerRecord) => void;
  /** Called once when nothing more can be read. */
  readonly onFailure: (error: Error) => void;
}

const POLL_MS = 1_000;
/** While somebody waits for an end that may come without a record, by a transaction that ended. */
const HURRIED_POLL_MS = 20;
/** Longer than a transaction may be open that its producer left behind (60 s). */
const READ_TIMEOUT_MS = 90_000;
/** Until brokers have heard of a topic that another worker made. */
const MADE_KNOWN_MS = 30_000;
/** So many records are taken before others may have a turn. */
const PIECE_RECORDS = 500;

interface Waiter {
  readonly ends: ReadonlyMap<number, number>;
  readonly done: PromiseWithResolvers<void>;
}

/** A compacted topic that is read whole, from its beginning and on and on. Only what was committed is handed over. */
export class WholeTopic {
  readonly #options: WholeTopicOptions;
  readonly #stopping = new AbortController();
  readonly #positions = new Map<number, number>();
  #consumer: Consumer | undefined;
  #partitions: readonly TopicPartition[] = [];
  /** Undefined: not known, or the brokers have none. */
  #topicId: string | undefined;
  #reading: Promise<void> = Promise.resolve();
  #waiters: Waiter[] = [];
  #failure: Error | undefined;
  /** Since it was read from its beginning. */
  #hasRecords = false;
  /** So often it was begun with anew. */
  #beginnings = 0;

  constructor(options: WholeTopicOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.topic;
  }

  /** Makes the topic where it is not there, reads it to its end, and goes on. */
  async start(): Promise<void> {
    const { client, topic } = this.#options;
    const count = await this.#ensure();
    this.#partitions = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
    const consumer = client.consumer({
      enableAutoCommit: false,
      autoOffsetReset: "earliest",
      isolationLevel: "read_committed",
      allowAutoCreateTopics: false,
    });
    this.#consumer = consumer;
    consumer.assign(this.#partitions);
    consumer.seekToBeginning(this.#partitions);
    this.#reading = this.#readOn(consumer).catch((error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    await this.#readToEnd(false);
  }

  /** It has nothing that was committed: what transactions left that were aborted does not count. */
  get isEmpty(): boolean {
    return !this.#hasRecords;
  }

  /** Makes the topic again where it is gone, and reads it from its beginning. */
  async remake(): Promise<void> {
    await this.#ensure();
    this.#readAnew(this.#partitions);
    await this.#readToEnd(false);
  }

  #readAnew(partitions: readonly TopicPartition[]): void {
    this.#beginnings++;
    this.#hasRecords = false;
    for (const { partition } of partitions) this.#positions.set(partition, 0);
    this.#consumer?.seekToBeginning(partitions);
  }

  /**
   * Resolves when all that was committed at the call was handed over. Behind a transaction that is open, what others have committed cannot be seen: `behindOpen` waits until it has ended, as it does at the latest by its
   * time-out. Rejects with `UNKNOWN_TOPIC_OR_PARTITION` where the topic is gone.
   */
  async readToEnd({ behindOpen = false } = {}): Promise<void> {
    await this.#identify();
    await this.#readToEnd(behindOpen);
  }

  /** Of the topic that is known: where it was just made, not every broker knows it yet, and its ends are asked for until one does. */
  async #readToEnd(behindOpen: boolean): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const { client, topic, clock } = this.#options;
    const { signal } = this.#stopping;
    const listed = await client.admin().listOffsets(
      this.#partitions.map((place) => ({ ...place, spec: "latest" })),
      { signal, isolationLevel: behindOpen ? "read_uncommitted" : "read_committed" },
    );
    const ends = new Map<number, number>();
    for (const { partition, error, value } of listed) {
      if (error !== undefined) throw error;
      const end = value.offset ?? 0;
      // It ends before what was read of it: it is another topic of that name, at brokers that have no ids.
      if (end < (this.#positions.get(partition) ?? 0)) this.#readAnew([{ topic, partition }]);
      if (end > (this.#positions.get(partition) ?? 0)) ends.set(partition, end);
    }
    if (ends.size === 0) return;
    const waiter: Waiter = { ends, done: Promise.withResolvers() };
    const timer = clock.schedule(READ_TIMEOUT_MS, () =>
      waiter.done.reject(
        new ConnectError("CONNECT_STATE", `The topic "${topic}" could not be read to its end within ${READ_TIMEOUT_MS} ms.`),
      ),
    );
    this.#waiters.push(waiter);
    this.#consumer?.wakeup();
    try {
      await waiter.done.promise;
    } finally {
      timer.cancel();
      this.#waiters = this.#waiters.filter((each) => each !== waiter);
    }
  }

  /** Another topic of that name is read from its beginning. Throws where there is none. */
  async #identify(): Promise<void> {
    const { client, topic } = this.#options;
    const [found] = await client.admin().describeTopics([topic], { signal: this.#stopping.signal });
    if (found === undefined) return;
    if (found.error !== undefined) throw found.error;
    if (found.value.topicId === this.#topicId) return;
    this.#topicId = found.value.topicId;
    this.#readAnew(this.#partitions);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const { done } of this.#waiters)
      done.reject(new ConnectError("CONNECT_STATE", `The topic "${this.name}" is read no more: the worker ends.`));
    await this.#reading;
    await this.#consumer?.close({ timeoutMs: 1_000 }).catch(() => {});
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    for (const { done } of this.#waiters) done.reject(error);
    if (!this.#stopping.signal.aborted) this.#options.onFailure(error);
  }

  async #readOn(consumer: Consumer): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const beginnings = this.#beginnings;
      const batches = await polled(consumer, this.#waiters.length > 0 ? HURRIED_POLL_MS : POLL_MS, signal);
      for (const batch of batches) if (beginnings === this.#beginnings) await this.#takeBatch(batch);
      if (this.#waiters.length > 0) await this.#settle(consumer);
    }
  }

  async #takeBatch(batch: ConsumerBatch): Promise<void> {
    const beginnings = this.#beginnings;
    const slice = new TimeSlice(this.#options.clock);
    let count = 0;
    for (const record of batch) {
      this.#hasRecords = true;
      this.#take(record);
      count++;
      if (count % PIECE_RECORDS === 0 && slice.isOver) await slice.rest();
      // It is another topic of that name, and all of it comes again.
      if (beginnings !== this.#beginnings) return;
    }
    this.#positions.set(batch.partition, batch.nextOffset);
  }

  #take(record: ConsumerRecord): void {
    try {
      this.#options.onRecord(record);
    } catch (error) {
      const { topic, partition, offset } = record;
      this.#options.logger.warn("a record of a topic of Connect's cannot be taken, and is passed over", {
        topic,
        partition,
        offset,
        error,
      });
    }
  }

  /** What a transaction left without a record moves the position alone. */
  async #settle(consumer: Consumer): Promise<void> {
    const { signal } = this.#stopping;
    const { topic } = this.#options;
    for (const partition of new Set(this.#waiters.flatMap(({ ends }) => [...ends.keys()])))
      this.#positions.set(partition, await consumer.position({ topic, partition }, { signal }));
    for (const { ends, done } of this.#waiters)
      if ([...ends].every(([partition, end]) => (this.#positions.get(partition) ?? 0) >= end)) done.resolve();
  }

  /** How many partitions it has. */
  async #ensure(): Promise<number> {
    const { client, topic, partitionCount, replicationFactor, partitionsMatter, clock } = this.#options;
    const { signal } = this.#stopping;
    const admin = client.admin();
    const untilMs = clock.monotonicMs() + MADE_KNOWN_MS;
    for (;;) {
      const [found] = await admin.describeTopics([topic], { signal });
      if (found?.error === undefined) {
        this.#topicId = found?.value.topicId;
        const count = found?.value.partitions.length ?? 0;
        if (partitionsMatter === true && count !== partitionCount)
          throw new ConnectError(
            "CONNECT_CONFIG",
            `The topic "${topic}" has ${count} partitions, and Connect's configs need ${partitionCount}: their order would be lost. Name another one in config.storage.topic.`,
          );
        await this.#requireCompaction();
        return count;
      }
      if (found.error.code !== "UNKNOWN_TOPIC_OR_PARTITION") throw found.error;
      const brokers = (await admin.describeCluster({ signal })).nodes.length;
      const [made] = await admin.createTopics(
        [
          {
            name: topic,
            partitionCount,
            replicationFactor: Math.max(1, Math.min(replicationFactor, brokers)),
            configs: { "cleanup.policy": "compact" },
          },
        ],
        { signal },
      );
      if (made?.error === undefined) {
        this.#topicId = made?.value.topicId;
        return partitionCount;
      }
      if (made.error.code !== "TOPIC_ALREADY_EXISTS") throw made.error;
      if (clock.monotonicMs() >= untilMs)
        throw new ConnectError(
          "CONNECT_STATE",
          `The topic "${topic}" is there, and no broker that was asked within ${MADE_KNOWN_MS} ms has heard of it.`,
        );
      // Another worker was quicker; what it made is looked at.
      await pause(clock, HURRIED_POLL_MS, signal);
    }
  }

  async #requireCompaction(): Promise<void> {
    const { client, topic } = this.#options;
    const [configs] = await client.admin().describeConfigs([{ type: "topic", name: topic }], { signal: this.#stopping.signal });
    // Who may not look at configs is not held up by it.
    if (configs?.error !== undefined) return;
    const policy = configs?.value.find(({ name }) => name === "cleanup.policy")?.value;
    if (policy === "compact" || policy === undefined || policy === null) return;
    throw new ConnectError(
      "CONNECT_CONFIG",
      `The topic "${topic}" has cleanup.policy=${policy}, by which what Connect knows would be lost. Set it: ottla configs set topic ${topic} cleanup.policy=compact`,
    );
  }
}

/** Nothing when somebody began to wait meanwhile, or the signal came. */
async function polled(consumer: Consumer, timeoutMs: number, signal: AbortSignal): ReturnType<Consumer["poll"]> {
  try {
    return await consumer.poll(timeoutMs, { signal });
  } catch (error) {
    if (signal.aborted || (error instanceof ClientError && error.code === "WOKEN_UP")) return [];
    throw error;
  }
}
