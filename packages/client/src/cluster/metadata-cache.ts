import { TimeSlice } from "@ottla/base";
import { errorInfo, ErrorCode, KafkaError } from "@ottla/protocol";
import { type MetadataResponse, makeMetadataRequest, makeMetadataRequestTopic, metadataApi } from "@ottla/protocol/apis/metadata";
import { ClientError } from "../client-error.ts";
import type { ClientDeps } from "../deps.ts";
import type { Lifetime } from "../lifetime.ts";
import { backoffMs, sleep } from "../net/backoff.ts";
import { formatBrokerAddress } from "../net/broker-address.ts";
import type { Connection } from "../net/connection.ts";
import type { ResolvedClientOptions } from "../options/client-options.ts";
import type { CallLimit } from "./call-limit.ts";
import { callOn, type Lane } from "./lane.ts";
import { emptyMetadata, type MetadataSnapshot, mergeMetadata, snapshotOf, type TopicState, withLeader } from "./metadata-snapshot.ts";
import { isRetriable } from "./retries.ts";
import { messageOf } from "../thrown.ts";

/** Version 4 brought the flag that keeps a question from creating the topic. */
const VERSION_MIN = 4;

/** A topic nobody uses any more is not asked for: asking could create it again after it was deleted. As Java's metadata.max.idle.ms. */
const IDLE_MS = 300_000;

/** Of more topics by name it is asked in several questions: writing one and taking its answer in must not hold up the event loop. */
const TOPICS_PER_QUESTION = 1000;

interface TrackedTopic {
  /** The broker may create it. */
  mayCreate: boolean;
  usedAtMs: number;
}

/**
 * What the client knows of the cluster, kept for the topics somebody is interested in. One request at a time is on the way: who wants
 * news while one is running gets the next one's, shared by all who wait.
 */
export class MetadataCache {
  readonly #deps: ClientDeps;
  readonly #options: ResolvedClientOptions;
  readonly #lane: Lane;
  #snapshot: MetadataSnapshot = emptyMetadata;
  readonly #tracked = new Map<string, TrackedTopic>();
  #allTopicsWanted = 0;
  #fetchedAtMs = -Infinity;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  /** The next question of all those who ask again and again. */
  #soon: Promise<void> | undefined;
  #askedAtMs = -Infinity;
  #refreshing = false;
  #refreshAgainAfterMs: number | undefined;
  readonly #lifetime: Lifetime;
  readonly #listeners = new Set<() => void>();

  constructor(deps: ClientDeps, options: ResolvedClientOptions, lifetime: Lifetime, makeLane: (snapshot: () => MetadataSnapshot) => Lane) {
    this.#deps = deps;
    this.#options = options;
    this.#lifetime = lifetime;
    this.#lane = makeLane(() => this.#snapshot);
  }

  get current(): MetadataSnapshot {
    return this.#snapshot;
  }

  topic(name: string): TopicState | undefined {
    return this.#snapshot.topics.get(name);
  }

  /** Keeps the topic in every refresh from now on, until nobody has tracked it again for {@link IDLE_MS}. */
  track(name: string, mayCreate: boolean): void {
    const usedAtMs = this.#deps.clock.monotonicMs();
    const known = this.#tracked.get(name);
    if (known === undefined) this.#tracked.set(name, { mayCreate, usedAtMs });
    else {
      known.usedAtMs = usedAtMs;
      known.mayCreate ||= mayCreate;
    }
  }

  /** It was deleted on purpose: what is asked of the others does not make it again. Who writes to it next may. */
  noteDeleted(name: string): void {
    const known = this.#tracked.get(name);
    if (known !== undefined) known.mayCreate = false;
  }

  /** Asks for all topics from now on until the returned function is called. */
  trackAll(): () => void {
    this.#allTopicsWanted++;
    return () => void this.#allTopicsWanted--;
  }

  /** Called after every change. Returns the way to stop it. */
  onUpdate(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** News that are asked for after this call. Rejects when no broker can be reached or the answer is an error. */
  refresh(): Promise<void> {
    if (this.#lifetime.cause) return Promise.reject(this.#lifetime.cause);
    if (this.#running === undefined) return this.#start();
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#next = undefined;
        return this.#start();
      });
    return this.#next;
  }

  /** Who the brokers are now. Of topics nothing is asked: a client may track a hundred thousand of them. */
  async refreshBrokers(): Promise<void> {
    this.#lifetime.throwIfOver();
    this.#takeIn(await this.#ask([], false));
  }

  /** What is known of these topics now, and of no others. Those that nobody tracks are not created. */
  async refreshTopics(names: Iterable<string>): Promise<void> {
    this.#lifetime.throwIfOver();
    const byRight = Map.groupBy(new Set(names), (name) => this.#tracked.get(name)?.mayCreate === true);
    for (const [mayCreate, some] of byRight)
      for (let from = 0; from < some.length; from += TOPICS_PER_QUESTION)
        this.#takeIn(await this.#ask(some.slice(from, from + TOPICS_PER_QUESTION), mayCreate));
  }

  /** Asks for news in the background, tries until there are some, and never twice within `pauseMs` (the retry back-off). */
  requestRefresh(pauseMs: number = this.#options.retryBackoffMs): void {
    if (this.#lifetime.cause) return;
    if (this.#refreshing) {
      // Whoever asks while an answer is being taken in may have found it wanting.
      this.#refreshAgainAfterMs = Math.min(this.#refreshAgainAfterMs ?? Infinity, pauseMs);
      return;
    }
    this.#refreshing = true;
    void this.#refreshUntilDone(pauseMs).finally(() => {
      this.#refreshing = false;
      const againAfterMs = this.#refreshAgainAfterMs;
      this.#refreshAgainAfterMs = undefined;
      if (againAfterMs !== undefined) this.requestRefresh(againAfterMs);
    });
  }

  /** Asks for news in the background when what is known has grown old. */
  refreshIfOld(): void {
    if (this.#deps.clock.monotonicMs() - this.#fetchedAtMs > this.#options.metadataMaxAgeMs) this.requestRefresh();
  }

  /** The topic once it has partitions. Rejects with METADATA_TIMEOUT, or at once with a `KafkaError` that time will not heal. */
  async awaitTopic(name: string, mayCreate: boolean, limit: CallLimit): Promise<TopicState> {
    this.track(name, mayCreate);
    let lastError: unknown;
    for (let failures = 0; ; failures++) {
      const topic = this.#snapshot.topics.get(name);
      if (topic !== undefined && topic.partitions.length > 0) return topic;
      if (failures > 0) {
        if (topic !== undefined && topic.errorCode !== ErrorCode.NONE) {
          lastError = new KafkaError(topic.errorCode, `Topic "${name}": ${errorInfo(topic.errorCode).message}`);
          if (!isRetriable(lastError)) throw lastError;
        }
        const pauseMs = backoffMs(failures, this.#options.retryBackoffMs, this.#options.retryBackoffMaxMs, this.#deps.random);
        if (this.#deps.clock.monotonicMs() + pauseMs >= limit.deadlineMs) throw unknownInTime(name, limit, lastError);
        await limit.sleep(pauseMs);
      }
      await limit
        .bound("Metadata", () => (failures === 0 ? this.refresh() : this.#refreshSoon()))
        .catch((error: unknown) => {
          if (!isRetriable(error)) throw error;
          if (limit.hasPassed) throw unknownInTime(name, limit, lastError);
          lastError = error;
        });
    }
  }

  /** Some broker of the cluster, once one is known. */
  async awaitBrokers(): Promise<MetadataSnapshot> {
    if (this.#snapshot.brokers.size === 0) await this.refresh();
    return this.#snapshot;
  }

  /** Takes over a leader that an answer named (KIP-951). */
  noteLeader(topic: string, partition: number, leader: number, leaderEpoch: number): void {
    const next = withLeader(this.#snapshot, topic, partition, leader, leaderEpoch);
    if (next !== this.#snapshot) this.#become(next);
  }

  /** One question outside the cache: all topics, or some by name, never creating any. Throws `KafkaError` and `ClientError`. */
  async ask(names: readonly string[] | "all"): Promise<MetadataSnapshot> {
    return snapshotOf(await this.#ask(names, false), new TimeSlice(this.#deps.clock));
  }

  /** As {@link refresh}, not more often than the retry back-off allows, however many ask: topics that are missing are waited for one by one. */
  #refreshSoon(): Promise<void> {
    const { clock } = this.#deps;
    const waitMs = this.#askedAtMs + this.#options.retryBackoffMs - clock.monotonicMs();
    if (waitMs <= 0) return this.refresh();
    this.#soon ??= sleep(clock, waitMs, this.#lifetime).then(() => {
      this.#soon = undefined;
      return this.refresh();
    });
    return this.#soon;
  }

  #start(): Promise<void> {
    this.#askedAtMs = this.#deps.clock.monotonicMs();
    const run = this.#fetch().finally(() => {
      if (this.#running === run) this.#running = undefined;
    });
    this.#running = run;
    return run;
  }

  async #fetch(): Promise<void> {
    if (this.#allTopicsWanted > 0) {
      this.#takeIn(await this.#ask("all", false), "all");
      await this.#askFor(true);
    } else {
      const asked = await this.#askFor(true);
      if ((await this.#askFor(false)) + asked === 0) this.#takeIn(await this.#ask([], false));
    }
    this.#fetchedAtMs = this.#deps.clock.monotonicMs();
  }

  /** Asks for the tracked topics that may, or may not, be created; returns how many. Under "all" only for those still missing. */
  async #askFor(mayCreate: boolean): Promise<number> {
    const names: string[] = [];
    const idleSinceMs = this.#deps.clock.monotonicMs() - IDLE_MS;
    for (const [name, tracked] of this.#tracked) {
      if (tracked.usedAtMs < idleSinceMs) this.#tracked.delete(name);
      else if (tracked.mayCreate === mayCreate && !(this.#allTopicsWanted > 0 && this.#snapshot.topics.has(name))) names.push(name);
    }
    if (names.length > 0) this.#takeIn(await this.#ask(names, mayCreate));
    return names.length;
  }

  async #ask(names: readonly string[] | "all", mayCreate: boolean): Promise<MetadataResponse> {
    const topics = names === "all" ? null : names.map((name) => makeMetadataRequestTopic({ name }));
    const connection = await this.#lane.connectAny();
    const response = await callOn(connection, metadataApi, () => makeMetadataRequest({ topics, allowAutoTopicCreation: mayCreate }), {
      min: VERSION_MIN,
    });
    if (response.errorCode === ErrorCode.REBOOTSTRAP_REQUIRED) this.#startAgain(connection);
    if (response.errorCode !== ErrorCode.NONE) throw new KafkaError(response.errorCode);
    // A broker that is starting may know of nobody yet, not even of itself: no answer to go by.
    if (response.brokers.length === 0) throw noBroker(connection, "knows of no broker of its cluster yet");
    return response;
  }

  /** The broker sends the client back to its bootstrap servers (KIP-1102): what it knows of brokers is too old to be used. */
  #startAgain(connection: Connection): never {
    this.#become({ ...this.#snapshot, brokers: new Map() });
    const error = noBroker(connection, "has this client start again from its bootstrap servers");
    connection.close(error);
    throw error;
  }

  /** Joined with what is known when the answer is here, which may be more than when it was asked for. */
  #takeIn(answer: MetadataResponse, scope: "all" | "asked" = "asked"): void {
    this.#become(mergeMetadata(this.#snapshot, answer, scope));
  }

  #become(snapshot: MetadataSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of [...this.#listeners]) listener();
  }

  async #refreshUntilDone(pauseMs: number): Promise<void> {
    const { clock, random } = this.#deps;
    const earliest = this.#fetchedAtMs + pauseMs;
    if (earliest > clock.monotonicMs()) await sleep(clock, earliest - clock.monotonicMs(), this.#lifetime);
    for (let failures = 1; this.#lifetime.cause === undefined; failures++) {
      try {
        await this.refresh();
        return;
      } catch (error) {
        if (this.#lifetime.cause) return;
        // That nobody can be reached is said elsewhere, once; anything else is said here, and then only to those who want all.
        const isNews = failures === 1 && error instanceof KafkaError;
        this.#deps.logger[isNews ? "warn" : "debug"]("metadata refresh failed", {
          error: messageOf(error),
        });
        await sleep(clock, backoffMs(failures, this.#options.retryBackoffMs, this.#options.retryBackoffMaxMs, random), this.#lifetime);
      }
    }
  }
}

function noBroker({ address }: Connection, what: string): ClientError {
  return new ClientError("NO_BROKER_REACHABLE", `${formatBrokerAddress(address)} ${what}.`);
}

function unknownInTime(name: string, limit: CallLimit, lastError: unknown): ClientError {
  const reason = lastError instanceof Error ? ` ${lastError.message}` : "";
  return new ClientError("METADATA_TIMEOUT", `Topic "${name}" did not become known within ${limit.timeoutMs} ms.${reason}`, {
    cause: lastError,
  });
}
