import { ClientError } from "../client-error.ts";
import type { CallLimit } from "../cluster/call-limit.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Lane } from "../cluster/lane.ts";
import { healthOf } from "../consumer/consumer-health.ts";
import type { WaitOptions } from "../consumer/consumer-types.ts";
import { OnePoll } from "../consumer/one-poll.ts";
import { PollSignal } from "../consumer/poll-signal.ts";
import { LoopIterator, LoopTurns } from "../consumer/record-iterators.ts";
import { closeOnSignals } from "../consumer/run/close-on-signals.ts";
import { Lifetime } from "../lifetime.ts";
import type { CallOptions } from "../options/call-options.ts";
import type { TopicPartition } from "../topic-partition.ts";
import { ShareAcknowledgeError } from "./acknowledge-error.ts";
import { Appetite } from "./appetite.ts";
import { type ResolvedShareOptions, resolveShareOptions } from "./resolve-share-options.ts";
import { resolveShareRunOptions } from "./run/resolve-share-run-options.ts";
import { TopicWatch } from "../cluster/topic-watch.ts";
import { isPassing, ShareRun } from "./run/share-run.ts";
import type { ShareHealth, ShareRunOptions } from "./run/share-run-types.ts";
import { FAREWELL_MS, ShareClosing, shareConsumerClosed } from "./share-closing.ts";
import { ShareDelivery } from "./share-delivery.ts";
import { ShareFetcher } from "./share-fetcher.ts";
import { ShareMember } from "./share-member.ts";
import { HeldRecord } from "./share-record.ts";
import type { ShareRecord } from "./share-record-types.ts";
import type { AcknowledgementResult, AcknowledgeType, ShareCloseOptions, ShareConsumer, ShareConsumerOptions } from "./share-types.ts";
import { textOf } from "../thrown.ts";

const CLOSE_TIMEOUT_MS = 30_000;
/** How long a close waits for what a loop is working on, unless told otherwise. */
const LOOP_TIMEOUT_MS = 5000;
/** A poll that waits looks around this often, whatever happens: metadata may have grown old, a connection may be gone. */
const LOOK_AROUND_MS = 1000;

/** How the application asks for records. */
type Asking = "not" | "poll" | "loop";

/**
 * See {@link ShareConsumer}; arguments are checked by then. Joins the parts: the member of the group, the fetcher with the sessions of all leaders, what was fetched and given out, and a run.
 */
export class KafkaShareConsumer implements ShareConsumer {
  readonly #cluster: Cluster;
  readonly #options: ResolvedShareOptions;
  readonly #lanes: { readonly fetch: Lane; readonly group: Lane };
  readonly #member: ShareMember;
  readonly #fetcher: ShareFetcher;
  readonly #watch: TopicWatch;
  readonly #delivery = new ShareDelivery();
  readonly #one: OnePoll;
  readonly #turns = new LoopTurns();
  readonly #signal: PollSignal;
  readonly #appetite: Appetite;
  readonly #onClose: () => void;
  readonly #stopListening: () => void;
  /** Ends when it is closing: nothing that a run waits for may hold up a close. */
  readonly #life = new Lifetime();
  readonly #farewell: ShareClosing;
  #topics: readonly string[] = [];
  #assignment: readonly TopicPartition[] = [];
  #isAssignmentOld = false;
  #asking: Asking = "not";
  #run: ShareRun | undefined;
  #failure: Error | undefined;
  #closing: Promise<void> | undefined;
  #isClosed = false;
  /** In this turn of the event loop. */
  #hasLooked = false;
  #hasWarned = false;

  constructor(cluster: Cluster, options: ShareConsumerOptions, onClose: () => void) {
    this.#cluster = cluster;
    const resolved = resolveShareOptions(options, cluster.options.optionNames);
    this.#options = resolved;
    this.#onClose = onClose;
    this.#lanes = { fetch: cluster.openLane(), group: cluster.openLane() };
    this.#signal = new PollSignal(cluster.deps.clock);
    this.#one = new OnePoll(cluster);
    this.#appetite = new Appetite(1, resolved.maxPollRecords);
    this.#member = new ShareMember(cluster, this.#lanes.group, resolved.groupId, resolved.maxPollIntervalMs, {
      news: () => {
        this.#isAssignmentOld = true;
        this.#signal.arrived();
      },
      failed: (error) => this.#signal.fail(error),
      late: (lateMs) => this.#sayBlocked(lateMs),
    });
    this.#fetcher = new ShareFetcher(cluster, this.#lanes.fetch, resolved, this.#member.memberId, {
      wanted: () => this.#wanted(),
      acquired: (records) => this.#onAcquired(records),
      arrived: () => this.#signal.arrived(),
      settled: (results) => this.#tell(results),
      failed: (error) => this.#signal.fail(error),
    });
    this.#watch = new TopicWatch(cluster, (error) => this.#signal.fail(error));
    const run = () => this.#run;
    this.#farewell = new ShareClosing(cluster, {
      groupId: resolved.groupId,
      member: this.#member,
      fetcher: this.#fetcher,
      lanes: [this.#lanes.fetch, this.#lanes.group],
      turns: this.#turns,
      one: this.#one,
      get run() {
        return run();
      },
    });
    const stopListening = cluster.metadata.onUpdate(() => this.#signal.arrived());
    const forget = cluster.lifetime.onEnd(() => void this.close({ timeoutMs: 0 }).catch(() => {}));
    this.#stopListening = () => {
      stopListening();
      forget();
    };
    if (resolved.topics.length > 0) this.subscribe(resolved.topics);
  }

  subscribe(topics: readonly string[]): void {
    this.#checkUsable();
    const wanted = new Set(topics);
    this.#topics = [...wanted].sort();
    for (const topic of this.#topics) this.#cluster.metadata.track(topic, false);
    if (this.#topics.some((topic) => this.#cluster.metadata.topic(topic) === undefined)) this.#cluster.metadata.requestRefresh();
    this.#giveBack(({ topic }) => !wanted.has(topic));
    this.#signal.arrived();
  }

  subscription(): readonly string[] {
    return this.#topics;
  }

  async unsubscribe(): Promise<void> {
    this.#checkUsable();
    this.#topics = [];
    this.#giveBack(() => true);
    this.#signal.arrived();
    await this.#member.leave("unsubscribed");
    this.#refreshAssignment();
  }

  assignment(): readonly TopicPartition[] {
    this.#refreshAssignment();
    return this.#assignment;
  }

  async poll(timeoutMs: number, options?: WaitOptions): Promise<readonly ShareRecord[]> {
    this.#checkUsable();
    this.#settle();
    const records = await this.#waitFor("poll", "poll", timeoutMs, options?.signal, () => {
      const taken = this.#delivery.giveAll(this.#options.maxPollRecords);
      return taken.length > 0 ? taken : undefined;
    });
    return records ?? [];
  }

  records(options?: WaitOptions): AsyncIterableIterator<ShareRecord, undefined> {
    const signal = options?.signal;
    const give = () => this.#giveOne();
    return new LoopIterator<ShareRecord>({
      turns: this.#turns,
      settle: () => this.#settle(),
      ready: () => (this.#isSomethingDue(signal) ? undefined : give()),
      wait: async () => {
        try {
          return await this.#waitFor("records", "loop", Infinity, signal, give);
        } catch (error) {
          if (error instanceof ClientError && error.code === "CLIENT_CLOSED") return undefined;
          throw error;
        }
      },
      left: () => this.#onLoopLeft(),
    });
  }

  wakeup(): void {
    this.#signal.wakeUp();
  }

  acknowledge(record: ShareRecord, type: AcknowledgeType = "accept"): void {
    this.#checkOpen();
    if (!HeldRecord.is(record, this.#fetcher))
      throw new ClientError(
        "INVALID_ARGUMENT",
        "acknowledge: record is none of this consumer; give it one that poll, records or run gave.",
        { subject: "record" },
      );
    this.#fetcher.acknowledge(record, type);
  }

  async commit(options?: CallOptions): Promise<void> {
    this.#checkOpen();
    // While closing, or in a run, what was delivered is not all done with, whoever asks.
    if (!this.#closing && !this.#run) this.#settle();
    const limit = this.#cluster.limit(options);
    const round = await limit.bound("The commit", () => this.#fetcher.flush());
    if (round.failedCount > 0) throw new ShareAcknowledgeError(round);
  }

  commitAsync(onDone: (error: Error | undefined) => void = () => {}): void {
    this.commit()
      .then(
        () => onDone(undefined),
        (error: Error) => onDone(error),
      )
      .catch((error: unknown) => this.#cluster.deps.logger.error("commit callback threw", { error: textOf(error) }));
  }

  acquisitionLockTimeoutMs(): number | undefined {
    return this.#fetcher.lockTimeoutMs;
  }

  async run(options: ShareRunOptions): Promise<void> {
    this.#checkUsable();
    const resolved = resolveShareRunOptions(options);
    if (this.#run) throw new ClientError("INVALID_ARGUMENT", "This consumer runs already.");
    const delivery = this.#delivery;
    const run = new ShareRun(this.#cluster.deps, resolved, this.#options.maxPollRecords, {
      groupId: this.#options.groupId,
      take: () => delivery.next(),
      get ahead() {
        return delivery.ahead;
      },
      pump: () => this.#fetcher.pump(),
    });
    this.#run = run;
    const { drainTimeoutMs } = resolved;
    const forgetSignals = closeOnSignals(resolved.signals, (signal) => {
      this.#cluster.deps.logger.info("closing the share consumer", { signal, group: this.#options.groupId });
      void this.close({ timeoutMs: drainTimeoutMs + FAREWELL_MS, loopTimeoutMs: drainTimeoutMs }).catch(() => {});
    });
    // A close waits for what is in hand as it waits for a loop.
    this.#turns.begin();
    try {
      await this.#runUntilClosing(run);
    } catch (error) {
      this.#failure = error as Error;
      void this.close().catch(() => {});
    } finally {
      forgetSignals();
      this.#member.enterPoll();
      await run.drain(drainTimeoutMs);
      this.#turns.end();
    }
    await this.#closing;
    if (this.#failure) throw this.#failure;
  }

  health(): ShareHealth {
    const askedAgoMs = this.#one.askedAgoMs;
    const { lag: _, ...health } = healthOf({
      isClosed: this.#isClosed,
      isClosing: this.#closing !== undefined,
      failure: this.#failure ?? this.#member.failure,
      isBegun: askedAgoMs !== undefined,
      isAssigned: this.#member.isMember,
      unreachable: this.#cluster.reachability.lostBy,
      askedAgoMs: askedAgoMs ?? 0,
      maxPollIntervalMs: this.#options.maxPollIntervalMs,
      isCircuitOpen: false,
      inHand: this.#run?.inHand ?? this.#delivery.inHand,
      oldestInHandMs: this.#run?.oldestInHandMs ?? 0,
      stuckAfterMs: this.#run?.options.stuckAfterMs ?? Infinity,
      partitions: [],
      isReadCommitted: false,
    });
    return { ...health, assignedPartitions: this.assignment().length };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async close(options: ShareCloseOptions = {}): Promise<void> {
    const { timeoutMs = CLOSE_TIMEOUT_MS, loopTimeoutMs = LOOP_TIMEOUT_MS } = options;
    if (this.#closing === undefined) this.#closing = this.#shutDown(timeoutMs, loopTimeoutMs);
    else if (options.timeoutMs !== undefined) this.#farewell.within(timeoutMs);
    await this.#closing;
  }

  /** In implicit mode the application is done with what it was given when it asks for more. */
  #settle(): void {
    if (this.#options.acknowledgementMode === "explicit") return;
    for (const record of this.#delivery.takeGiven()) record.accept();
  }

  #giveOne(): HeldRecord | undefined {
    const record = this.#delivery.give();
    const { ahead } = this.#delivery;
    if (ahead === 0) {
      if (record === undefined) this.#appetite.drained(this.#cluster.deps.clock.monotonicMs());
      else if (this.#appetite.size > 1) this.#fetcher.pump();
    } else if (ahead * 2 === this.#appetite.size) this.#fetcher.pump();
    return record;
  }

  #onLoopLeft(): void {
    this.#asking = "not";
    if (this.#options.acknowledgementMode === "implicit") for (const record of this.#delivery.takeGiven()) record.release();
  }

  /** Gives back what nobody has seen. */
  #giveBack(isUnwanted: (record: HeldRecord) => boolean): void {
    for (const record of this.#delivery.takeAhead(isUnwanted)) record.release();
  }

  #wanted(): number {
    if (this.#closing || this.#topics.length === 0) return 0;
    if (this.#run) return this.#run.wanted;
    if (this.#asking === "not") return 0;
    const { ahead } = this.#delivery;
    const { acknowledgementMode, outstandingMax, maxPollRecords } = this.#options;
    const size = this.#asking === "poll" ? maxPollRecords : this.#appetite.size;
    if (acknowledgementMode === "implicit") return size - ahead - (this.#asking === "loop" ? this.#delivery.inHand : 0);
    const { inHand } = this.#delivery;
    if (inHand < outstandingMax) this.#hasWarned = false;
    else if (!this.#hasWarned) {
      this.#hasWarned = true;
      this.#cluster.deps.logger.warn("nothing more is fetched until some of what was delivered is acknowledged", {
        group: this.#options.groupId,
        outstanding: inHand,
      });
    }
    return Math.min(size - ahead, outstandingMax - inHand - ahead);
  }

  #onAcquired(records: readonly HeldRecord[]): void {
    this.#delivery.add(records);
    if (this.#run) this.#run.filled();
    else this.#appetite.filled(this.#cluster.deps.clock.monotonicMs());
    this.#signal.arrived();
  }

  #tell(results: readonly AcknowledgementResult[]): void {
    const { logger } = this.#cluster.deps;
    for (const { topic, partition, offsets, error } of results)
      if (error !== undefined)
        logger.warn("acknowledgements did not take effect; the records are delivered again", {
          group: this.#options.groupId,
          topic,
          partition,
          records: offsets.length,
          error: error.message,
        });
    try {
      this.#options.onAcknowledged?.(results);
    } catch (error) {
      logger.error("onAcknowledged threw", { error: textOf(error) });
    }
  }

  async #runUntilClosing(run: ShareRun): Promise<void> {
    for (;;) {
      try {
        await this.#waitFor("run", "loop", Infinity, undefined, () => {
          run.turn();
          return undefined;
        });
      } catch (error) {
        if (this.#closing && error instanceof ClientError && error.code === "CLIENT_CLOSED") return;
        if (!isPassing(error)) throw error;
        this.#cluster.deps.logger.error((error as Error).message, { group: this.#options.groupId });
      }
    }
  }

  /** Works and waits until `take` gives something or the time is up; undefined then. One at a time. */
  #waitFor<T>(
    call: string,
    asking: Asking,
    timeoutMs: number,
    signal: AbortSignal | undefined,
    take: () => T | undefined,
  ): Promise<T | undefined> {
    const check = () => {
      this.#checkUsable();
      if (this.#run && call !== "run")
        throw new ClientError("INVALID_ARGUMENT", `${call} was called while this consumer runs; its records go to the run.`);
      if (this.#topics.length === 0)
        throw new ClientError("INVALID_ARGUMENT", `${call} needs topics; give the consumer some, or call subscribe first.`);
    };
    return this.#one.run(call, signal, check, async (limit) => {
      this.#asking = asking;
      this.#member.enterPoll();
      const forget = limit.onEnd(() => this.#signal.arrived());
      try {
        return await this.#poll(timeoutMs, limit, take);
      } finally {
        forget();
        this.#member.leavePoll();
        if (asking === "poll") this.#asking = "not";
      }
    });
  }

  async #poll<T>(timeoutMs: number, limit: CallLimit, take: () => T | undefined): Promise<T | undefined> {
    const { clock } = this.#cluster.deps;
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    for (;;) {
      this.#signal.lookAgain();
      this.#signal.throwIfWoken();
      this.#checkUsable();
      // Whoever gave up must not be handed records that nobody would see.
      limit.throwIfEnded();
      if (this.#member.failure) throw this.#member.failure;
      if (this.#topics.length > 0) this.#member.ask(this.#topics);
      this.#refreshAssignment();
      for (const topic of this.#topics) this.#cluster.metadata.track(topic, false);
      this.#cluster.metadata.refreshIfOld();
      this.#watch.look({ topics: this.#topics, partitions: [], changes: 0 });
      this.#signal.throwPending();
      const taken = take();
      if (taken !== undefined || clock.monotonicMs() >= deadlineMs) return taken;
      this.#fetcher.pump();
      await this.#signal.news(Math.min(deadlineMs, clock.monotonicMs() + LOOK_AROUND_MS));
    }
  }

  /** Whether a loop must look at more than the records that are ready. */
  #isSomethingDue(signal: AbortSignal | undefined): boolean {
    if (this.#closing || this.#one.isRunning || this.#signal.isUrgent || signal?.aborted) return true;
    if (!this.#hasLooked) {
      // Once per turn of the event loop: while records are taken faster than it turns, nothing can have news.
      this.#hasLooked = true;
      const { clock } = this.#cluster.deps;
      clock.nextTurn(() => (this.#hasLooked = false));
      const nowMs = clock.monotonicMs();
      this.#one.noteAsked(nowMs);
      this.#member.notePoll(nowMs);
    }
    return this.#isAssignmentOld || this.#member.failure !== undefined;
  }

  #refreshAssignment(): void {
    if (!this.#isAssignmentOld) return;
    this.#isAssignmentOld = false;
    const assignment = this.#member.assignment();
    this.#assignment = assignment.partitions;
    this.#fetcher.setAssignment(assignment);
  }

  /** While the loop is blocked nothing can be said; so this is said as soon as it turns again, and the next time may be the one too long. */
  #sayBlocked(lateMs: number): void {
    const longest = this.#run?.takeLongestCall();
    this.#cluster.deps.logger.warn("the event loop was blocked, a heartbeat is late; locks may have run out", {
      group: this.#options.groupId,
      lateMs: Math.round(lateMs),
      ...(longest ? { handling: longest.place, handlerMs: Math.round(longest.heldMs) } : {}),
    });
  }

  async #shutDown(timeoutMs: number, loopTimeoutMs: number): Promise<void> {
    this.#life.end(shareConsumerClosed());
    this.#member.enterPoll();
    this.#signal.arrived();
    this.#stopListening();
    await this.#farewell.carryOut(timeoutMs, loopTimeoutMs, () => {
      this.#isClosed = true;
      this.#onClose();
    });
  }

  /** For what needs the consumer to go on. */
  #checkUsable(): void {
    this.#cluster.lifetime.throwIfOver();
    if (this.#closing) throw shareConsumerClosed();
  }

  /** For what makes sense until the close is done. */
  #checkOpen(): void {
    this.#cluster.lifetime.throwIfOver();
    if (this.#isClosed) throw shareConsumerClosed();
  }
}
