import type { Client, ConsumerRecord, Producer } from "@ottla/client";
import { type Clock, type Logger, pause, type Timer } from "@ottla/base";
import { systemRandom } from "@ottla/base/node";
import { ConnectError } from "../connect-error.ts";
import { inTime } from "../worker/in-time.ts";
import type { ConfigLog } from "./config-log.ts";
import type { ConfigRecord } from "./config-state.ts";
import { parsePlaceJson, placeText } from "./place-json.ts";
import { WholeTopic } from "./whole-topic.ts";

/** Where configs are kept in a cluster. */
export interface ConfigTopicOptions {
  readonly client: Client;
  readonly topic: string;
  readonly replicationFactor: number;
  readonly groupId: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** So often it is looked whether the topic is still there. */
const LOOK_MS = 3_000;
const TRANSACTION_MS = 15_000;
const SEND_MS = 10_000;
/** At the end what is under way may take so long; then its transaction is aborted. */
const CLOSE_MS = 5_000;
/** Workers that all take the topic from each other are no use to anybody. */
const ATTEMPTS = 8;
/** Two that take the topic from each other wait for another time each. */
const RETRY_MS = 50;

/**
 * Connect's config topic: one partition, compacted, the same records that Apache Connect writes and reads.
 *
 * Whoever appends has fenced all others: it writes in transactions of the id `connect-cluster-<group.id>`, which is also that of an Apache Connect leader (KIP-618). It reads to the end before it decides; what another
 * appends in between can only come behind a fence, and then this append fails and is decided anew. So appends of several workers never mix, and there is no leader to elect (ADR 26).
 *
 * Where somebody deletes the topic, a worker that runs makes it again and writes all that it knows: connectors outlive their configs.
 */
export class ConfigTopic implements ConfigLog {
  readonly #options: ConfigTopicOptions;
  readonly #stopping = new AbortController();
  #topic: WholeTopic | undefined;
  #producer: Producer | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /** The last record of each key, in the order in which they were written: one per connector, task and target. */
  readonly #known = new Map<string, ConfigRecord>();
  #timer: Timer | undefined;
  #watched: { readonly offset: number; isThere: boolean } | undefined;

  constructor(options: ConfigTopicOptions) {
    this.#options = options;
  }

  async start(onRecord: (record: ConfigRecord) => void, onFailure: (error: Error) => void): Promise<void> {
    const { client, topic, replicationFactor, clock, logger } = this.#options;
    this.#topic = new WholeTopic({
      client,
      topic,
      partitionCount: 1,
      partitionsMatter: true,
      replicationFactor,
      clock,
      logger,
      onFailure,
      onRecord: (record) => {
        if (this.#watched?.offset === record.offset) this.#watched.isThere = true;
        const read = configRecord(record);
        if (read === undefined) logger.warn("a record of the config topic is none of Connect's", { topic, offset: record.offset });
        else {
          this.#known.delete(read.key);
          if (read.value !== null) this.#known.set(read.key, read);
          onRecord(read);
        }
      },
    });
    await this.#topic.start();
    this.#look();
  }

  #look(): void {
    this.#timer = this.#options.clock.schedule(LOOK_MS, () => {
      void this.#isThere()
        .then((isThere) => (isThere ? undefined : this.append(() => [])))
        .catch(() => {})
        .then(() => {
          if (!this.#stopping.signal.aborted) this.#look();
        });
    });
  }

  /** False: it is gone, or somebody asked for it and so made an empty one. Reads it to its end. */
  async #isThere(): Promise<boolean> {
    const topic = this.#topic;
    if (topic === undefined) return true;
    try {
      await topic.readToEnd();
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
    return this.#known.size === 0 || !topic.isEmpty;
  }

  append(decide: () => readonly ConfigRecord[]): Promise<void> {
    const turn = this.#last.then(() => this.#append(decide));
    this.#last = turn.catch(() => {});
    return turn;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#timer?.cancel();
    // Who waits for what cannot be read any more would wait on.
    await this.#topic?.stop();
    await inTime(this.#last, CLOSE_MS, this.#options.clock);
    await this.#letGo();
  }

  async #append(decide: () => readonly ConfigRecord[]): Promise<void> {
    const topic = this.#topic;
    if (topic === undefined) throw new ConnectError("CONNECT_STATE", "The config topic is not open.");
    for (let attempt = 1; ; attempt++) {
      try {
        const producer = await this.#leading();
        if (!(await this.#isThere())) await this.#restore(topic, producer);
        // A commit whose answer was lost.
        if (attempt > 1 && this.#watched?.isThere === true) return;
        this.#watched = undefined;
        const records = decide();
        if (records.length === 0) return;
        await this.#write(producer, topic, records);
        return;
      } catch (error) {
        if (attempt >= ATTEMPTS || this.#stopping.signal.aborted || !(error instanceof NotWritten || isFenced(error)))
          throw error instanceof NotWritten ? error.cause : error;
        await pause(this.#options.clock, systemRandom.nextInt(RETRY_MS * attempt), this.#stopping.signal);
      }
    }
  }

  async #restore(topic: WholeTopic, producer: Producer): Promise<void> {
    const known = [...this.#known.values()];
    this.#options.logger.error("the config topic is gone; it is made again with all that this worker knows", {
      topic: topic.name,
      records: known.length,
    });
    await topic.remake();
    // Another worker may have been quicker.
    if (topic.isEmpty && known.length > 0) await this.#write(producer, topic, known);
  }

  async #leading(): Promise<Producer> {
    if (this.#producer !== undefined) return this.#producer;
    const producer = this.#options.client.producer({
      transactionalId: `connect-cluster-${this.#options.groupId}`,
      transactionTimeoutMs: TRANSACTION_MS,
      deliveryTimeoutMs: SEND_MS,
      requestTimeoutMs: SEND_MS,
      maxBlockMs: SEND_MS,
      lingerMs: 0,
      allowAutoCreateTopics: false,
    });
    this.#producer = producer;
    try {
      await producer.initTransactions();
    } catch (error) {
      await this.#letGo();
      throw error;
    }
    return producer;
  }

  /** Throws {@link NotWritten} where the records may be there or not: once this worker has fenced its own transaction it is known. */
  async #write(producer: Producer, topic: WholeTopic, records: readonly ConfigRecord[]): Promise<void> {
    try {
      await producer.begin();
      const sent = await producer.send(
        records.map(({ key, value }) => ({ topic: topic.name, partition: 0, key, value: value === null ? null : placeText(value) })),
      );
      this.#watched = { offset: sent.at(-1)?.offset ?? -1, isThere: false };
      await producer.commit();
    } catch (error) {
      await this.#letGo();
      throw new NotWritten("The records may be there or not.", { cause: error });
    }
    // Apache Kafka answers a commit before its marker is in the log, and until then nobody can read what was committed.
    await topic.readToEnd({ behindOpen: true });
  }

  /** An open transaction is aborted, as far as the cluster answers. */
  async #letGo(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    await producer?.close({ timeoutMs: 1_000 }).catch(() => {});
  }
}

class NotWritten extends Error {}

/** What a record of the topic says; undefined: it is none of Connect's. */
function configRecord({ key, value }: ConsumerRecord): ConfigRecord | undefined {
  if (key === null) return undefined;
  if (value === null) return { key: key.toString("utf8"), value: null };
  try {
    const parsed = parsePlaceJson(value.toString("utf8"));
    return typeof parsed === "object" && parsed !== null
      ? { key: key.toString("utf8"), value: parsed as Record<string, unknown> }
      : undefined;
  } catch {
    return undefined;
  }
}

const isFenced = (error: unknown): boolean => hasCode(error, ["PRODUCER_FENCED", "INVALID_PRODUCER_EPOCH"]);
const isGone = (error: unknown): boolean => hasCode(error, ["UNKNOWN_TOPIC_OR_PARTITION", "UNKNOWN_TOPIC_ID"]);

/** Looks through what wraps a failure. */
function hasCode(error: unknown, codes: readonly string[]): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as { readonly code?: unknown };
    if (codes.includes(String(code))) return true;
  }
  return false;
}
