import type { ConsumerOptions, RebalanceListener } from "../consumer/consumer-types.ts";
import { partitionKey, type TopicPartition } from "../topic-partition.ts";
import { assignmentOf, PartitionAssigners, toAssignor } from "./assigners.ts";
import { listGivenTo, objectGivenTo } from "./call-arguments.ts";
import { ConnectedClient, clientLogger } from "./connected-client.ts";
import type { Consumer, ConsumerConfig, ConsumerRunConfig, ConsumerSubscribeTopic, ConsumerSubscribeTopics } from "./consumer-types.ts";
import { KafkaJSNonRetriableError } from "./errors.ts";
import { consumerEvents, Events } from "./events.ts";
import { deadGroup, type GroupDescription, toGroupDescription } from "./group-types.ts";
import type { KafkaConfig } from "./kafka-config.ts";
import type { Logger } from "./logger.ts";
import type { TopicPartitionOffset, TopicPartitionOffsetAndMetadata, TopicPartitions } from "./message-types.ts";
import { NetworkEvents } from "./network-events.ts";
import { RetryTimes } from "./retry-times.ts";
import { EARLIEST, LATEST, Runner } from "./runner.ts";
import { translateError, translating } from "./translate-error.ts";
import { textOf } from "../thrown.ts";

/** A consumer with kafkajs's calls. */
export function makeConsumer(config: KafkaConfig, own: ConsumerConfig, rootLogger: Logger): Consumer {
  const consumer = new KafkajsConsumer(config, own, rootLogger);
  // Programs take the calls apart: `const { run } = consumer`.
  return {
    connect: () => consumer.connect(),
    disconnect: () => consumer.disconnect(),
    subscribe: (subscription) => consumer.subscribe(subscription),
    stop: () => consumer.stop(),
    run: (run) => consumer.run(run),
    commitOffsets: (offsets) => consumer.commitOffsets(offsets),
    seek: (to) => consumer.seek(to),
    describeGroup: () => consumer.describeGroup(),
    pause: (topics) => consumer.pause(topics),
    paused: () => consumer.paused(),
    resume: (topics) => consumer.resume(topics),
    on: (event, listener) => consumer.events.on(event, listener),
    logger: () => consumer.logger,
    events: consumerEvents,
  };
}

class KafkajsConsumer {
  readonly logger: Logger;
  readonly events: Events;
  readonly #connection: ConnectedClient;
  readonly #own: ConsumerConfig;
  readonly #retryTimes: RetryTimes;
  readonly #topics = new Map<string, boolean>();
  readonly #seeks = new Map<string, TopicPartition & { readonly offset: number }>();
  #runner: Runner | undefined;
  #loop: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #restart: { cancel(): void } | undefined;

  constructor(config: KafkaConfig, own: ConsumerConfig, rootLogger: Logger) {
    const { groupId, heartbeatInterval = 3000, sessionTimeout = 30_000 } = own ?? {};
    if (!groupId) throw new KafkaJSNonRetriableError("Consumer groupId must be a non-empty string.");
    if (heartbeatInterval >= sessionTimeout)
      throw new KafkaJSNonRetriableError(
        `Consumer heartbeatInterval (${heartbeatInterval}) must be lower than sessionTimeout (${sessionTimeout}); about a third of it is good`,
      );
    this.#own = { ...own, heartbeatInterval, sessionTimeout };
    this.logger = rootLogger.namespace("Consumer");
    const network = new NetworkEvents(consumerEvents, config.clientId);
    const { rackId, retry } = own;
    const connection = { ...config, ...(rackId === undefined ? {} : { rackId }) };
    this.#connection = new ConnectedClient("consumer", connection, retry, { logger: network.observe(clientLogger(this.logger)) });
    this.events = new Events(consumerEvents, this.#connection.deps.clock, this.logger);
    network.tell(this.events);
    this.#retryTimes = new RetryTimes(this.#connection.deps.random, config.retry, retry);
  }

  async connect(): Promise<void> {
    await this.#connection.connect();
    this.events.emit(consumerEvents.CONNECT);
  }

  async disconnect(): Promise<void> {
    await this.stop();
    await this.#connection.disconnect();
    this.events.emit(consumerEvents.DISCONNECT);
  }

  async subscribe(subscription: ConsumerSubscribeTopics | ConsumerSubscribeTopic): Promise<void> {
    if (this.#runner) throw new KafkaJSNonRetriableError("Cannot subscribe to topic while consumer is running");
    const given = objectGivenTo("consumer#subscribe", subscription) as Partial<ConsumerSubscribeTopics & ConsumerSubscribeTopic>;
    const { topic, topics: several, fromBeginning = false } = given;
    const topics = several ?? (topic ? [topic] : undefined);
    if (topics === undefined) throw new KafkaJSNonRetriableError('Missing required argument "topics"');
    if (!Array.isArray(topics)) throw new KafkaJSNonRetriableError('Argument "topics" must be an array');
    for (const each of topics)
      if (typeof each !== "string" && !(each instanceof RegExp))
        throw new KafkaJSNonRetriableError(`Invalid topic ${String(each)} (${typeof each}), the topic name has to be a String or a RegExp`);
    for (const name of await this.#namesOf(topics)) this.#topics.set(name, fromBeginning);
  }

  async run(run: ConsumerRunConfig = {}): Promise<void> {
    objectGivenTo("consumer#run", run);
    if (this.#runner || this.#restart) {
      this.logger.warn("consumer#run was called, but the consumer is already running", { groupId: this.#own.groupId });
      return;
    }
    if (this.#topics.size === 0) this.logger.warn("consumer#run was called without a subscription", { groupId: this.#own.groupId });
    await this.#start(run);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  async commitOffsets(offsets: readonly TopicPartitionOffsetAndMetadata[]): Promise<void> {
    const given = listGivenTo("consumer#commitOffsets", offsets);
    for (const { topic, partition, offset } of given) {
      checkTopicPartition(topic, partition);
      readOffset(offset, 0);
    }
    const runner = this.#running("commitOffsets");
    // A run that nobody awaited may still be joining.
    await runner.joined;
    await runner.commit(given);
  }

  seek(to: TopicPartitionOffset): void {
    const { topic, partition, offset } = objectGivenTo("consumer#seek", to);
    checkTopicPartition(topic, partition);
    const place = readOffset(offset, EARLIEST);
    const runner = this.#running("seek");
    if (!runner.seek({ topic, partition }, place)) this.#seeks.set(partitionKey(topic, partition), { topic, partition, offset: place });
  }

  async describeGroup(): Promise<GroupDescription> {
    const [described] = await translating(() => this.#connection.lazyAdmin.describeGroups([this.#own.groupId]));
    if (described?.error?.code === "GROUP_ID_NOT_FOUND") return deadGroup(this.#own.groupId);
    if (described?.error) throw translateError(described.error);
    return toGroupDescription(described!.value);
  }

  pause(topics: readonly { topic: string; partitions?: number[] }[]): void {
    const runner = this.#running("pause");
    for (const each of checkedTopics("pause", topics)) {
      if (each.partitions === undefined) runner.pauseTopic(each.topic);
      else runner.pause(each.partitions.map((partition) => ({ topic: each.topic, partition })));
    }
  }

  resume(topics: readonly { topic: string; partitions?: number[] }[]): void {
    const runner = this.#running("resume");
    for (const each of checkedTopics("resume", topics)) {
      if (each.partitions === undefined) runner.resumeTopic(each.topic);
      else runner.resume(each.partitions.map((partition) => ({ topic: each.topic, partition })));
    }
  }

  paused(): TopicPartitions[] {
    const byTopic = new Map<string, number[]>();
    for (const key of this.#runner?.paused() ?? []) {
      const [topic = "", partition = ""] = key.split(" ");
      byTopic.set(topic, [...(byTopic.get(topic) ?? []), Number(partition)]);
    }
    return [...byTopic].map(([topic, partitions]) => ({ topic, partitions: partitions.sort((a, b) => a - b) }));
  }

  async #start(run: ConsumerRunConfig): Promise<void> {
    const { groupId, heartbeatInterval = 3000, rebalanceTimeout = 60_000 } = this.#own;
    let isLeader = false;
    const joinStartMs = this.#connection.deps.clock.monotonicMs();
    const consumer = this.#connection.client.consumer(
      this.#consumerOptions(() => {
        isLeader = true;
      }),
    );
    const runner = new Runner(
      consumer,
      this.#connection.deps,
      {
        groupId,
        heartbeatIntervalMs: heartbeatInterval,
        rebalanceTimeoutMs: rebalanceTimeout,
        run,
        retryTimes: this.#retryTimes,
        onCrash: (error) => void this.#crashed(error, run),
      },
      this.events,
      this.logger.namespace("Runner"),
    );
    this.#runner = runner;
    const onAssigned: RebalanceListener["onAssigned"] = async (partitions) => {
      runner.assigned(partitions);
      await this.#resetNewcomers(runner, partitions);
      this.#applySeeks(runner);
      const memberId = consumer.groupMetadata()?.memberId ?? "";
      const memberAssignment = assignmentOf(consumer.assignment());
      this.events.emit(consumerEvents.GROUP_JOIN, {
        groupId,
        memberId,
        memberAssignment,
        isLeader,
        leaderId: isLeader ? memberId : "",
        groupProtocol: (this.#own.partitionAssigners?.length ?? 0) > 0 ? "" : "RoundRobinAssigner",
        duration: this.#connection.deps.clock.monotonicMs() - joinStartMs,
      });
      isLeader = false;
      this.logger.info("Consumer has joined the group", { groupId, memberId, memberAssignment });
    };
    // Without a topic it is a member all the same, as in kafkajs.
    consumer.subscribe(this.#topics.size > 0 ? [...this.#topics.keys()] : /(?!)/, {
      onAssigned,
      onRevoked: (partitions) => runner.revoked(partitions),
      onLost: (partitions) => runner.lost(partitions),
    });
    this.#loop = runner.loop();
    await runner.joined;
  }

  async #stop(): Promise<void> {
    this.#restart?.cancel();
    this.#restart = undefined;
    const runner = this.#runner;
    if (runner === undefined) return;
    await runner.stop();
    await this.#loop;
    this.#runner = undefined;
    this.#seeks.clear();
    this.events.emit(consumerEvents.STOP);
    this.logger.info("Stopped", { groupId: this.#own.groupId });
  }

  async #crashed(error: Error, run: ConsumerRunConfig): Promise<void> {
    const { groupId, retry } = this.#own;
    this.logger.error(`Crash: ${error.name}: ${error.message}`, { groupId, stack: error.stack });
    await this.disconnect();
    const isWorthIt = error.name === "KafkaJSNumberOfRetriesExceeded" || (error as { readonly retriable?: boolean }).retriable === true;
    const restart = isWorthIt && (await this.#mayRestart(error));
    this.events.emit(consumerEvents.CRASH, { error, groupId, restart });
    if (!restart) return;
    const retryTimeMs = (error as { readonly retryTime?: number }).retryTime || retry?.initialRetryTime || this.#retryTimes.pauseMs(1);
    this.logger.error(`Restarting the consumer in ${retryTimeMs}ms`, { groupId, retryTime: retryTimeMs });
    const again = async () => {
      this.#restart = undefined;
      try {
        await this.#connection.connect();
        await this.#start(run);
      } catch (failure) {
        await this.#crashed(translateError(failure), run);
      }
    };
    this.#restart = this.#connection.deps.clock.schedule(retryTimeMs, () => void again());
  }

  async #mayRestart(error: Error): Promise<boolean> {
    try {
      return (await this.#own.retry?.restartOnFailure?.(error)) ?? true;
    } catch (failure) {
      this.logger.error(`restartOnFailure failed, so the consumer is restarted: ${textOf(failure)}`, { groupId: this.#own.groupId });
      return true;
    }
  }

  #consumerOptions(onLeading: () => void): ConsumerOptions {
    const {
      groupId,
      sessionTimeout,
      rebalanceTimeout = 60_000,
      heartbeatInterval,
      partitionAssigners = [PartitionAssigners.roundRobin],
    } = this.#own;
    const { maxBytesPerPartition, minBytes, maxBytes, maxWaitTimeInMs, readUncommitted, allowAutoTopicCreation } = this.#own;
    return {
      groupId,
      sessionTimeoutMs: sessionTimeout,
      heartbeatIntervalMs: Math.max(1, heartbeatInterval ?? 3000),
      maxPollIntervalMs: Math.max(rebalanceTimeout, sessionTimeout ?? 0),
      assignors: partitionAssigners.map((make) => toAssignor(make, groupId, this.logger, onLeading)),
      autoOffsetReset: [...this.#topics.values()].every(Boolean) ? "earliest" : "latest",
      enableAutoCommit: false,
      isolationLevel: readUncommitted ? "read_uncommitted" : "read_committed",
      maxPartitionFetchBytes: maxBytesPerPartition ?? 1_048_576,
      fetchMinBytes: minBytes ?? 1,
      fetchMaxBytes: maxBytes ?? 10_485_760,
      fetchMaxWaitMs: maxWaitTimeInMs ?? 5000,
      allowAutoCreateTopics: allowAutoTopicCreation ?? true,
    };
  }

  /** Topics that begin elsewhere than the others, in partitions nobody has committed in. */
  async #resetNewcomers(runner: Runner, partitions: readonly TopicPartition[]): Promise<void> {
    const mixed = new Set(this.#topics.values()).size > 1;
    const early = mixed ? partitions.filter(({ topic }) => this.#topics.get(topic)) : [];
    if (early.length === 0) return;
    const committed = await runner.consumer.committed(early);
    const newcomers = committed.filter((each) => each.committed === undefined);
    if (newcomers.length > 0) runner.consumer.seekToBeginning(newcomers.map(({ topic, partition }) => ({ topic, partition })));
  }

  #applySeeks(runner: Runner): void {
    for (const [key, { topic, partition, offset }] of this.#seeks) if (runner.seek({ topic, partition }, offset)) this.#seeks.delete(key);
  }

  /** Patterns match what is there now, as in kafkajs. */
  async #namesOf(topics: readonly (string | RegExp)[]): Promise<string[]> {
    const admin = this.#connection.lazyAdmin;
    const patterns = topics.filter((each) => each instanceof RegExp);
    const names = topics.filter((each) => typeof each === "string");
    if (this.#own.allowAutoTopicCreation === false && names.length > 0) {
      const described = await translating(() => admin.describeTopics(names));
      const missing = described.find(({ error }) => error);
      if (missing?.error) throw translateError(missing.error);
    }
    if (patterns.length === 0) return names;
    const all = (await translating(() => admin.listTopics())).map(({ name }) => name);
    return [
      ...names,
      ...all.filter((name) => patterns.some((pattern) => new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "")).test(name))),
    ];
  }

  #running(call: string): Runner {
    if (this.#runner) return this.#runner;
    throw new KafkaJSNonRetriableError(`Consumer group was not initialized, consumer#run must be called before consumer#${call}`);
  }
}

type PausedTopic = { readonly topic: string; readonly partitions?: number[] };

function checkedTopics(call: string, topics: readonly PausedTopic[]): readonly PausedTopic[] {
  const given = listGivenTo(`consumer#${call}`, topics);
  for (const { topic, partitions } of given) {
    if (!topic) throw new KafkaJSNonRetriableError(`Invalid topic ${String(topic)}`);
    if (partitions !== undefined && (!Array.isArray(partitions) || partitions.some((each) => !Number.isInteger(each))))
      throw new KafkaJSNonRetriableError(
        `Array of valid partitions required to pause specific partitions instead of ${String(partitions)}`,
      );
  }
  return given;
}

function checkTopicPartition(topic: unknown, partition: unknown): void {
  if (typeof topic !== "string" || topic === "") throw new KafkaJSNonRetriableError(`Invalid topic ${String(topic)}`);
  if (!Number.isInteger(partition))
    throw new KafkaJSNonRetriableError(`Invalid partition, expected a number received ${String(partition)}`);
}

function readOffset(offset: unknown, min: number): number {
  const place = Number(offset);
  if (offset === "" || offset === null || !Number.isSafeInteger(place))
    throw new KafkaJSNonRetriableError(`Invalid offset, expected a long received ${String(offset)}`);
  if (place < min)
    throw new KafkaJSNonRetriableError(
      min === EARLIEST
        ? `Offset must not be a negative number other than ${LATEST} and ${EARLIEST}`
        : "Offset must not be a negative number",
    );
  return place;
}
