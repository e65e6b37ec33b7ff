import type { OffsetSpec } from "../admin/admin-types.ts";
import { ClientError } from "../client-error.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import { TopicWatch } from "../cluster/topic-watch.ts";
import { Lifetime } from "../lifetime.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { TopicPartition } from "../topic-partition.ts";
import type { AssignedPartition } from "./assigned-partition.ts";
import { AssignedPartitions } from "./assigned-partitions.ts";
import { AutoCommit } from "./auto-commit.ts";
import type { ToCommit } from "./check-consumer-arguments.ts";
import type {
  Consumer,
  ConsumerBatch,
  ConsumerCloseOptions,
  ConsumerOptions,
  ConsumerRecord,
  GroupMetadata,
  OffsetAndMetadata,
  RebalanceListener,
  SubscriptionPattern,
  TopicPartitionOffset,
  WaitOptions,
} from "./consumer-types.ts";
import { CLOSE_TIMEOUT_MS, ConsumerClosing, consumerClosed, FAREWELL_MS, LOOP_TIMEOUT_MS } from "./consumer-closing.ts";
import { healthOf } from "./consumer-health.ts";
import { Delivery } from "./delivery.ts";
import { Fetcher } from "./fetcher.ts";
import { GroupSession } from "./group-session.ts";
import { consumedOf, OffsetCommitter, positionsOf } from "./offset-committer.ts";
import { offsetsToCommit, refuseInsideRun } from "./offsets-to-commit.ts";
import { OffsetQuestions } from "./offset-questions.ts";
import { openMembership } from "./open-membership.ts";
import { PollLoop } from "./poll-loop.ts";
import { PollSignal } from "./poll-signal.ts";
import { PositionKeeper } from "./position-keeper.ts";
import { LoopIterator } from "./record-iterators.ts";
import { closeOnSignals } from "./run/close-on-signals.ts";
import { ConsumerRun, type ConsumerRunHost } from "./run/consumer-run.ts";
import type { RunTools } from "./run/record-mover.ts";
import { resolveRunOptions } from "./run/resolve-run-options.ts";
import type { ConsumerHealth, RunOptions } from "./run/run-types.ts";
import { type ResolvedConsumerOptions, resolveConsumerOptions } from "./resolve-consumer-options.ts";
import { textOf } from "../thrown.ts";

const NO_TOPICS: readonly string[] = [];

/**
 * See {@link Consumer}; arguments are checked by then ({@link CheckedConsumer}). Joins the parts: fetcher, positions, delivery, group session, commits. Whatever asks for more (a poll, the next turn of a loop) first
 * says that what was delivered is consumed.
 */
export class KafkaConsumer implements Consumer {
  readonly #cluster: Cluster;
  readonly #options: ResolvedConsumerOptions;
  readonly #fetchLanes: { readonly main: Lane; readonly side: Lane };
  readonly #groupLane: Lane;
  readonly #offsetLane: Lane;
  readonly #partitions = new AssignedPartitions();
  readonly #delivery: Delivery;
  readonly #loop: PollLoop;
  readonly #fetcher: Fetcher;
  readonly #positions: PositionKeeper;
  readonly #watch: TopicWatch;
  readonly #committer: OffsetCommitter;
  readonly #autoCommit: AutoCommit;
  readonly #questions: OffsetQuestions;
  readonly #signal: PollSignal;
  readonly #onClose: () => void;
  readonly #tools: RunTools;
  /** Ends when it is closing: nothing that a run waits for may hold up a close. */
  readonly #life = new Lifetime();
  #session: GroupSession | undefined;
  #run: ConsumerRun | undefined;
  #failure: Error | undefined;
  #closing: Promise<void> | undefined;
  readonly #end: ConsumerClosing;
  #isClosed = false;
  readonly #stopListening: () => void;

  /** `tools`: what a run may need beside the consumer. */
  constructor(cluster: Cluster, options: ConsumerOptions | undefined, onClose: () => void, tools: RunTools) {
    this.#cluster = cluster;
    this.#tools = tools;
    this.#options = resolveConsumerOptions(options ?? {}, cluster.options.optionNames);
    this.#onClose = onClose;
    this.#fetchLanes = { main: cluster.openLane(), side: cluster.openLane() };
    this.#groupLane = cluster.openLane();
    this.#offsetLane = cluster.openLane();
    this.#questions = new OffsetQuestions(cluster, this.#offsetLane, this.#options);
    this.#signal = new PollSignal(cluster.deps.clock);
    this.#delivery = new Delivery(this.#partitions);
    const failed = (error: Error) => this.#signal.fail(error);
    this.#positions = new PositionKeeper(cluster, this.#offsetLane, this.#options, this.#partitions, {
      member: () => this.#session?.member,
      changed: () => this.#signal.arrived(),
      failed,
    });
    this.#fetcher = new Fetcher(cluster, this.#fetchLanes, this.#options, this.#partitions, {
      arrived: () => this.#signal.arrived(),
      outOfRange: (partition) => this.#positions.reset(partition, `offset ${partition.fetchOffset} is out of range`),
      failed,
    });
    this.#watch = new TopicWatch(cluster, failed);
    this.#committer = new OffsetCommitter(cluster, this.#offsetLane, this.#options, () => this.#session?.member, this.#partitions);
    this.#autoCommit = new AutoCommit(cluster.deps, this.#options, this.#partitions, this.#committer);
    const isClosing = () => this.#closing !== undefined;
    this.#loop = new PollLoop(cluster, {
      partitions: this.#partitions,
      delivery: this.#delivery,
      fetcher: this.#fetcher,
      positions: this.#positions,
      autoCommit: this.#autoCommit,
      signal: this.#signal,
      session: () => this.#session,
      get isClosing() {
        return isClosing();
      },
      checkUsable: () => this.#checkUsable(),
      lookAtTopics: () => this.#lookAtTopics(),
    });
    this.#end = this.#ending();
    const stopListening = cluster.metadata.onUpdate(() => this.#signal.arrived());
    const forget = cluster.lifetime.onEnd(() => void this.close({ timeoutMs: 0 }).catch(() => {}));
    this.#stopListening = () => {
      stopListening();
      forget();
    };
  }

  subscribe(topics: readonly string[] | RegExp | SubscriptionPattern, listener: RebalanceListener = {}): void {
    this.#checkUsable();
    if (this.#options.groupId === undefined)
      throw new ClientError("INVALID_ARGUMENT", "subscribe needs a groupId; give the consumer one, or use assign.");
    if (this.#session) throw new ClientError("INVALID_ARGUMENT", "This consumer has a subscription already; await unsubscribe() first.");
    const { member, selection } = openMembership(this.#cluster, this.#groupLane, this.#options, this.#options.groupId, topics, {
      news: () => this.#signal.arrived(),
      failed: (error) => this.#signal.fail(error),
      late: (lateMs) => this.#sayBlocked(lateMs),
    });
    this.#partitions.replace([], "committed");
    this.#session = new GroupSession(this.#cluster, member, selection, {
      partitions: this.#partitions,
      listener,
      beforeRevoke: async (partitions) => {
        await this.#run?.drain(partitions);
        await this.#autoCommit.beforeRevoke();
      },
      assignmentChanged: () => this.#committer.forget(),
    });
  }

  assign(partitions: readonly TopicPartition[]): void {
    this.#checkUsable();
    if (this.#session) throw new ClientError("INVALID_ARGUMENT", "This consumer has a subscription; await unsubscribe() before assign().");
    for (const { topic } of partitions) this.#cluster.metadata.track(topic, this.#options.allowAutoCreateTopics);
    this.#partitions.replace(partitions, "committed");
    this.#committer.forget();
    if (partitions.some(({ topic }) => this.#cluster.metadata.topic(topic) === undefined)) this.#cluster.metadata.requestRefresh();
  }

  async unsubscribe(): Promise<void> {
    this.#checkUsable();
    await this.#endSession("unsubscribed");
  }

  assignment(): readonly TopicPartition[] {
    return this.#partitions.list();
  }

  async poll(timeoutMs: number, options?: WaitOptions): Promise<readonly ConsumerBatch[]> {
    this.#checkUsable();
    this.#delivery.settle();
    const batches = await this.#loop.waitFor("poll", timeoutMs, options?.signal, () => {
      const taken = this.#delivery.takeAll(this.#options.maxPollRecords);
      return taken.length > 0 ? taken : undefined;
    });
    return batches ?? [];
  }

  batches(options?: WaitOptions): AsyncIterableIterator<ConsumerBatch, undefined> {
    return new LoopIterator(this.#loop.loopSource("batches", options?.signal, true, () => this.#delivery.nextBatch()));
  }

  records(options?: WaitOptions): AsyncIterableIterator<ConsumerRecord, undefined> {
    return new LoopIterator(this.#loop.loopSource("records", options?.signal, false, () => this.#delivery.nextRecord()));
  }

  wakeup(): void {
    this.#signal.wakeUp();
  }

  seek(partition: TopicPartition, offset: number, leaderEpoch = -1): void {
    this.#partitions.require(partition).seek(offset, leaderEpoch);
    this.#signal.arrived();
  }

  seekToBeginning(partitions?: readonly TopicPartition[]): void {
    this.#seekBy(partitions, "earliest");
  }

  seekToEnd(partitions?: readonly TopicPartition[]): void {
    this.#seekBy(partitions, "latest");
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const each of partitions.map((one) => this.#partitions.require(one))) each.isPaused = true;
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const each of partitions.map((one) => this.#partitions.require(one))) each.isPaused = false;
    this.#signal.arrived();
  }

  paused(): readonly TopicPartition[] {
    return [...this.#partitions].filter((each) => each.isPaused).map(({ topic, partition }) => ({ topic, partition }));
  }

  async position(partition: TopicPartition, options?: CallOptions): Promise<number> {
    const state = this.#partitions.require(partition);
    const limit = this.#cluster.limit(options);
    const what = `The position in ${partition.topic}-${partition.partition}`;
    const forget = limit.onEnd(() => this.#signal.arrived());
    try {
      while (!state.hasPosition) {
        limit.throwIfEnded();
        this.#checkUsable();
        this.#lookAtTopics();
        this.#signal.throwPending();
        if (limit.hasPassed) throw limit.timedOut(what);
        this.#positions.pump();
        this.#signal.lookAgain();
        await this.#signal.news(limit.deadlineMs);
      }
    } finally {
      forget();
    }
    return state.position;
  }

  currentLag(partition: TopicPartition): number | undefined {
    const state = this.#partitions.require(partition);
    const end = this.#options.isolationLevel === "read_committed" ? state.lastStableOffset : state.highWatermark;
    return end === undefined || !state.hasPosition ? undefined : Math.max(0, end - state.position);
  }

  async commit(what?: ToCommit, options?: CallOptions): Promise<void> {
    this.#checkOpen();
    await this.#committer.commit(this.#offsetsOf(what), options);
  }

  commitAsync(what?: ToCommit, onDone: (error: Error | undefined) => void = () => {}): void {
    this.commit(what)
      .then(
        () => onDone(undefined),
        (error: Error) => onDone(error),
      )
      .catch((error: unknown) => this.#cluster.deps.logger.error("commit callback threw", { error: textOf(error) }));
  }

  async committed(
    partitions: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<readonly (TopicPartition & { readonly committed: OffsetAndMetadata | undefined })[]> {
    return this.#questions.committed(partitions, options);
  }

  async offsetsForTimes(
    query: readonly (TopicPartition & { readonly timestamp: number })[],
    options?: CallOptions,
  ): Promise<readonly (TopicPartition & { readonly offset: number | undefined; readonly timestamp: number | undefined })[]> {
    return this.#questions.at(
      query.map(({ topic, partition, timestamp }) => ({ topic, partition, spec: { timestamp } })),
      options,
    );
  }

  async beginningOffsets(
    partitions: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<readonly (TopicPartition & { readonly offset: number })[]> {
    return this.#questions.ends(partitions, "earliest", options);
  }

  async endOffsets(
    partitions: readonly TopicPartition[],
    options?: CallOptions,
  ): Promise<readonly (TopicPartition & { readonly offset: number })[]> {
    return this.#questions.ends(partitions, "latest", options);
  }

  async run(options: RunOptions): Promise<void> {
    this.#checkUsable();
    const resolved = resolveRunOptions(options, this.#options.groupId);
    if (this.#run) throw new ClientError("INVALID_ARGUMENT", "This consumer runs already.");
    const run = new ConsumerRun(this.#cluster, resolved, this.#runHost(), this.#tools);
    this.#run = run;
    const { drainTimeoutMs } = resolved;
    const forgetSignals = closeOnSignals(resolved.signals, (signal) => {
      this.#cluster.deps.logger.info("closing the consumer", { signal, group: this.#options.groupId });
      void this.close({ timeoutMs: drainTimeoutMs + FAREWELL_MS, loopTimeoutMs: drainTimeoutMs }).catch(() => {});
    });
    try {
      await run.untilClosing(this.#cluster.limit({ timeoutMs: Infinity }, this.#life));
    } catch (error) {
      this.#failure = error as Error;
      await this.close().catch(() => {});
      throw error;
    } finally {
      forgetSignals();
    }
    await this.#closing;
  }

  health(): ConsumerHealth {
    const { runner, options } = this.#run ?? {};
    const member = this.#session?.member;
    const askedAgoMs = this.#loop.askedAgoMs;
    return healthOf({
      isClosed: this.#isClosed,
      isClosing: this.#closing !== undefined,
      failure: this.#failure ?? member?.failure,
      isBegun: askedAgoMs !== undefined || this.#run !== undefined,
      isAssigned: this.#session === undefined ? this.#partitions.size > 0 : this.#session.isAssigned,
      unreachable: this.#cluster.reachability.lostBy,
      askedAgoMs: askedAgoMs ?? 0,
      maxPollIntervalMs: this.#options.maxPollIntervalMs,
      isCircuitOpen: runner?.isCircuitOpen ?? false,
      inHand: runner?.inHand ?? 0,
      oldestInHandMs: runner?.oldestInHandMs ?? 0,
      stuckAfterMs: options?.stuckAfterMs ?? Infinity,
      partitions: this.#partitions,
      isReadCommitted: this.#options.isolationLevel === "read_committed",
    });
  }

  groupMetadata(): GroupMetadata | undefined {
    return this.#session?.identity;
  }

  membershipLeftMs(): number | undefined {
    const member = this.#session?.member;
    if (member?.isMember === false) return -1;
    const keptUntilMs = member?.keptUntilMs;
    return keptUntilMs === undefined ? undefined : Math.max(0, keptUntilMs - this.#cluster.deps.clock.monotonicMs());
  }

  enforceRebalance(reason = "asked for by the application"): void {
    this.#checkOpen();
    this.#session?.member.requestRejoin(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async close(options: ConsumerCloseOptions = {}): Promise<void> {
    const { timeoutMs = CLOSE_TIMEOUT_MS, loopTimeoutMs = LOOP_TIMEOUT_MS } = options;
    if (this.#closing === undefined) this.#closing = this.#shutDown(timeoutMs, loopTimeoutMs);
    else if (options.timeoutMs !== undefined) this.#end.within(timeoutMs);
    await this.#closing;
  }

  #offsetsOf(what: ToCommit | undefined): readonly TopicPartitionOffset[] {
    if (what !== undefined) {
      if (this.#run) refuseInsideRun(what);
      return offsetsToCommit(this.#partitions, what);
    }
    // While closing, or in a run, what was delivered is not all done with, whoever asks.
    if (this.#closing || this.#run) return consumedOf(this.#partitions);
    this.#delivery.settle();
    return positionsOf(this.#partitions);
  }

  #lookAtTopics(): void {
    this.#watch.look({ topics: this.#session?.topics ?? NO_TOPICS, partitions: this.#partitions, changes: this.#partitions.changes });
  }

  /** While the loop is blocked nothing can be said; so this is said as soon as it turns again, and the next time may be the one too long. */
  #sayBlocked(lateMs: number): void {
    const { groupId, groupProtocol, sessionTimeoutMs } = this.#options;
    const longest = this.#run?.runner.takeLongestCall();
    this.#cluster.deps.logger.warn(
      "the event loop was blocked, a heartbeat is late; the group takes a member that is silent for too long for dead",
      {
        group: groupId,
        lateMs: Math.round(lateMs),
        ...(groupProtocol === "classic" ? { sessionTimeoutMs } : {}),
        ...(longest ? { handling: longest.place, handlerMs: Math.round(longest.heldMs) } : {}),
      },
    );
  }

  #ending(): ConsumerClosing {
    const run = () => this.#run;
    const session = () => this.#session;
    return new ConsumerClosing(this.#cluster, {
      groupId: this.#options.groupId,
      loop: this.#loop,
      fetcher: this.#fetcher,
      lanes: [this.#fetchLanes.main, this.#fetchLanes.side, this.#groupLane, this.#offsetLane],
      get run() {
        return run();
      },
      get session() {
        return session();
      },
      endSession: (reason) => this.#endSession(reason),
    });
  }

  #runHost(): ConsumerRunHost {
    const taking = <T>(partition: AssignedPartition, take: (partition: AssignedPartition) => T): T => {
      const { length } = partition.chunks;
      const taken = take(partition);
      if (partition.chunks.length < length) this.#fetcher.pump();
      return taken;
    };
    const isClosing = () => this.#closing !== undefined;
    return {
      groupId: this.#options.groupId,
      partitions: this.#partitions,
      loop: this.#loop,
      takeRecord: (partition) => taking(partition, (each) => this.#delivery.takeRecordOf(each)),
      takeBatch: (partition) => taking(partition, (each) => this.#delivery.takeBatchOf(each)),
      wake: () => this.#signal.arrived(),
      stayAlive: () => this.#session?.member.enterPoll(),
      alsoSubscribe: (topics) => this.#session?.alsoSubscribe(topics),
      get isClosing() {
        return isClosing();
      },
    };
  }

  #seekBy(partitions: readonly TopicPartition[] | undefined, spec: OffsetSpec): void {
    this.#checkOpen();
    for (const partition of this.#partitions.chosen(partitions)) partition.resetBy(spec);
    this.#signal.arrived();
  }

  async #endSession(reason: string): Promise<void> {
    const session = this.#session;
    try {
      if (session) await session.end(reason);
      else await this.#autoCommit.beforeRevoke();
    } finally {
      this.#session = undefined;
      this.#partitions.replace([], "committed");
    }
  }

  async #shutDown(timeoutMs: number, loopTimeoutMs: number): Promise<void> {
    this.#life.end(consumerClosed());
    // However long handlers and callbacks take now, the group must not go on without this member before the last commit.
    this.#session?.member.enterPoll();
    this.#signal.arrived();
    this.#stopListening();
    try {
      await this.#end.carryOut(timeoutMs, loopTimeoutMs);
    } finally {
      this.#isClosed = true;
      this.#onClose();
    }
  }

  /** For what needs the consumer to go on. */
  #checkUsable(): void {
    this.#cluster.lifetime.throwIfOver();
    if (this.#closing) throw consumerClosed();
  }

  /** For what makes sense until the close is done: a callback may commit while partitions are revoked. */
  #checkOpen(): void {
    this.#cluster.lifetime.throwIfOver();
    if (this.#isClosed) throw consumerClosed();
  }
}
