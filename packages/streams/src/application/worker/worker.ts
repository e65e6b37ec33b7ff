import type { Clock } from "@ottla/base";
import type { Consumer, ConsumerBatch, TopicPartition } from "@ottla/client";
import { streamsAssignor } from "../assignment/streams-assignor.ts";
import { CorruptedState } from "../../stores/persistent/check-state-file.ts";
import type { StreamsError } from "../../streams-error.ts";
import { type ChangelogRestore, LostChangelog } from "../restore/changelog-restore.ts";
import type { WorkerSnapshot } from "../observe/snapshots.ts";
import { standbySnapshot } from "../observe/standby-snapshot.ts";
import { WorkerMeter } from "../observe/worker-meter.ts";
import type { StandbyTasks } from "../standby/standby-tasks.ts";
import type { TaskStores } from "../state/task-stores.ts";
import type { ActiveTask, TaskCommit } from "./active-task.ts";
import { HeldTasks } from "./held-tasks.ts";
import type { WorkerHost } from "./worker-host.ts";
import { isSlowness, stateErrorIn, type Trouble, troubleOf, withoutCallback } from "./trouble.ts";
import { ProbingRebalance } from "./probing-rebalance.ts";
import { pollWaitMs } from "./poll-wait.ts";
import { RepartitionPurge } from "./repartition-purge.ts";
import type { RecordOutput } from "./record-output.ts";
import { TaskOpening } from "./task-opening.ts";
import { TaskTimeouts } from "./task-timeouts.ts";
import { divisionRules, isolationOf, openStoresOf, outputOf, propertiesOf, restoreOf, standbysOf, workerName } from "./worker-clients.ts";

/** How long a worker waits for what its stores are filled from. */
const RESTORE_POLL_MS = 10;
/** So long tasks process before the group, timers and other work of the loop have their turn. */
const SLICE_MS = 8;
/** And so long copies of other members' tasks are read, when a task has something to do. */
const STANDBY_SLICE_MS = 2;
const RECORDS_PER_LOOK = 32;
/** A worker that begins anew waits a little, so that what fails at once does not spin. */
const RESTART_PAUSE_MS = 500;

/** One member of the application's group: a consumer, a producer, and the tasks that the group gave it. Everything happens in its loop, one after another. */
export class Worker {
  readonly #host: WorkerHost;
  readonly #consumer: Consumer;
  readonly #output: RecordOutput;
  readonly #restore: ChangelogRestore;
  readonly #purge: RepartitionPurge;
  readonly #tasks: HeldTasks;
  readonly #meter: WorkerMeter;
  readonly #standbys: StandbyTasks;
  readonly #probing = new ProbingRebalance();
  readonly #timeouts: TaskTimeouts;
  readonly #opening: TaskOpening;
  #isStopping = false;
  /** The group has given it its partitions, perhaps none. */
  #isAssigned = false;
  /** The group is being divided anew: a commit would be refused. */
  #isRebalancing = false;
  /** Partitions that the group still gives it have no task any more: it begins anew. */
  #isMissingTasks = false;
  #isClosed = false;
  /** It ends with an error. */
  #hasFailed = false;
  #wasRunning: boolean | undefined;
  /** Somebody woke it up: there is something to look at. */
  #isWoken = false;
  /** Something that a commit is for was done since the last one. */
  #hasDone = true;
  #committedAtMs: number;
  #firstTask = 0;

  constructor(host: WorkerHost) {
    this.#host = host;
    const { client, options, clock, logger, plan, processId, number } = host;
    this.#consumer = client.consumer({
      ...propertiesOf(options, "consumer.", "main.consumer."),
      maxPollRecords: options.bufferedRecordsPerPartition,
      groupId: options.applicationId,
      groupInstanceId: options.groupInstanceId === undefined ? undefined : `${options.groupInstanceId}-${number}`,
      sessionTimeoutMs: options.sessionTimeoutMs,
      heartbeatIntervalMs: options.heartbeatIntervalMs,
      maxPollIntervalMs: options.maxPollIntervalMs,
      enableAutoCommit: false,
      autoOffsetReset: "none",
      isolationLevel: isolationOf(options),
      allowAutoCreateTopics: false,
      assignors: [
        streamsAssignor(plan, {
          processId,
          rules: divisionRules(options),
          probingRebalanceIntervalMs: options.probingRebalanceIntervalMs,
          clientTags: options.clientTags,
          nonce: () => this.#probing.nonce,
          partitionCounts: host.counts,
          applicationServer: options.applicationServer,
          held: () => this.#heldTasks(),
          onAssigned: ({ standbys, hosts, probeInMs }) => {
            this.#isRebalancing = false;
            this.#probing.told(probeInMs, clock.monotonicMs());
            host.onHosts(hosts ?? []);
            this.#standbys.want(standbys);
            // A long poll is over when it has other tasks.
            this.#consumer.wakeup();
          },
        }),
      ],
    });
    this.#output = outputOf(host);
    this.#restore = restoreOf(host);
    this.#meter = new WorkerMeter(clock);
    const openStores = openStoresOf(host, this.#output);
    this.#standbys = standbysOf(host, this.#consumer, openStores);
    this.#tasks = new HeldTasks(host, {
      output: this.#output,
      restore: this.#restore,
      standbys: this.#standbys,
      openStores,
      meter: this.#meter,
      onCallEnded: () => this.#consumer.wakeup(),
    });
    this.#timeouts = new TaskTimeouts(options.taskTimeoutMs);
    this.#opening = new TaskOpening({
      plan,
      consumer: this.#consumer,
      admin: client.admin(),
      clock,
      logger,
      timeouts: this.#timeouts,
      open: (inputs, ends) => this.#tasks.open(inputs, ends),
      wake: () => this.#consumer.wakeup(),
    });
    this.#purge = new RepartitionPurge({
      admin: client.admin(),
      clock,
      logger,
      isRepartitionTopic: (topic) => plan.repartitionTopics.has(topic),
      intervalMs: options.repartitionPurgeIntervalMs,
    });
    this.#committedAtMs = clock.monotonicMs();
  }

  /** The tasks that are here, running or being restored. */
  get tasks(): readonly ActiveTask[] {
    return this.#tasks.all();
  }

  /** What is kept here of tasks that run elsewhere. */
  get copies(): readonly TaskStores[] {
    return this.#standbys.all();
  }

  /** What it does now, in plain data. */
  snapshot(): WorkerSnapshot {
    const host = this.#host;
    const nowMs = host.clock.monotonicMs();
    return {
      name: workerName(host),
      ...this.#meter.facts,
      takenAtMs: host.clock.nowMs(),
      memberId: this.#consumer.groupMetadata()?.memberId,
      isOutputFull: this.#output.isFull,
      cacheBytes: host.task.cache?.sizeBytes ?? 0,
      thread: this.#meter.stats(),
      tasks: this.#tasks.all().map((task) => task.snapshot(nowMs, this.#lags)),
      standbys: this.#standbys.all().map(standbySnapshot),
    };
  }

  /** Runs until it is stopped, or something cannot be mended: rejects with that. What it has is closed by then. */
  async run(isLeaving: () => boolean): Promise<void> {
    this.#subscribe();
    try {
      while (!this.#isStopping) {
        try {
          await this.#turn();
        } catch (error) {
          const trouble = troubleOf(error as Error);
          this.#isWoken = trouble === "none";
          if (this.#isWoken) continue;
          // What it would mend now, others do again.
          if (this.#isStopping && trouble !== "fatal") return;
          await this.#mendAll(withoutCallback(error as Error));
        }
      }
      await this.#commitLast();
    } finally {
      await this.#close(isLeaving());
    }
  }

  /** Lets it come to an end: what is done is committed. */
  stop(): void {
    this.#isStopping = true;
    this.#consumer.wakeup();
  }

  /** One round: what the group says, records in, processed and out, commits. */
  async #turn(): Promise<void> {
    const { clock } = this.#host;
    this.#meter.step();
    if (this.#probing.isDue(clock.monotonicMs())) this.#consumer.enforceRebalance("tasks may have their state where they belong");
    const batches = await this.#consumer.poll(this.#pollMs());
    this.#isWoken = false;
    this.#meter.polled(batches.reduce((count, { recordCountMax }) => count + recordCountMax, 0));
    if (this.#isMissingTasks) await this.#openMissing();
    else await this.#takeAll(batches);
    if (this.#opening.isWaiting) this.#openWaiting();
    if (!this.#restore.isIdle) {
      this.#meter.step();
      await this.#restore.step(this.#hasReady() ? 0 : RESTORE_POLL_MS);
      this.#meter.restored();
    }
    this.#tellRunning();
    await this.#process();
    await this.#onClock();
    await this.#commitIfDue();
    this.#meter.transaction(this.#output.isOpen);
    this.#pauseAndResume();
    // Copies have time when no task needs it.
    if (this.#restore.isIdle) await this.#standbys.step(this.#hasReady() ? STANDBY_SLICE_MS : SLICE_MS, (name) => this.#tasks.has(name));
    await new Promise<void>((resolve) => clock.nextTurn(resolve));
  }

  #pollMs(): number {
    const { clock, options } = this.#host;
    const running = this.#tasks.running();
    const dueMs = Math.min(...running.map(({ task }) => task.nextWallClockMs ?? Infinity)) - this.#host.task.systemTimeMs();
    return pollWaitMs({
      hasWork: this.#isWoken || this.#isStopping || !this.#restore.isIdle || this.#hasReady() || this.#standbys.hasWork,
      isSettled:
        this.#wasRunning === true && !this.#isRebalancing && this.#standbys.all().length === 0 && !running.some((task) => task.isWaiting),
      commitDueMs: this.#hasDone ? this.#committedAtMs + options.commitIntervalMs - clock.monotonicMs() : undefined,
      maxTaskIdleMs: options.maxTaskIdleMs,
      punctuationDueMs: dueMs,
      maxPollIntervalMs: options.maxPollIntervalMs ?? Infinity,
    });
  }

  #hasReady(): boolean {
    const nowMs = this.#host.clock.monotonicMs();
    return this.#tasks.running().some((task) => task.isReady(nowMs, this.#lags));
  }

  readonly #lags = {
    lag: (topic: string, partition: number) => this.#consumer.currentLag({ topic, partition }),
  };

  async #takeAll(batches: readonly ConsumerBatch[]): Promise<void> {
    // The first record of a partition is read as it comes, and may be a dead letter.
    if (batches.length > 0) {
      this.#hasDone = true;
      await this.#output.begin();
    }
    for (const batch of batches) this.#tasks.of(batch)?.add(batch);
  }

  async #process(): Promise<void> {
    const { clock } = this.#host;
    if (!this.#hasReady()) {
      this.#output.throwFailure();
      return;
    }
    this.#hasDone = true;
    await this.#output.begin();
    const running = this.#tasks.running();
    const nowMs = clock.monotonicMs();
    const endMs = nowMs + SLICE_MS;
    let isTimeUp = false;
    let total = 0;
    this.#meter.step();
    for (let hasMore = true; hasMore && !isTimeUp && !this.#output.isFull; ) {
      hasMore = false;
      for (let i = 0; i < running.length && !isTimeUp; i++) {
        // Each has its turn first.
        const task = running[(i + this.#firstTask) % running.length]!;
        let count = 0;
        const processed = task.process(nowMs, this.#lags, () => ++count < RECORDS_PER_LOOK && !this.#output.isFull);
        if (processed > 0) hasMore = true;
        total += processed;
        isTimeUp = clock.monotonicMs() >= endMs;
      }
      this.#firstTask++;
    }
    this.#meter.processed(total);
    await this.#output.room();
  }

  /** Punctuators of the machine's clock, and calls that have ended. */
  async #onClock(): Promise<void> {
    const nowMs = this.#host.task.systemTimeMs();
    for (const { task } of this.#tasks.running()) {
      if (task.calls.isPossible || (task.nextWallClockMs ?? Infinity) <= nowMs) {
        this.#hasDone = true;
        await this.#output.begin();
      }
      if ((task.nextWallClockMs ?? Infinity) <= nowMs) {
        this.#meter.step();
        task.punctuateWallClock();
        this.#meter.punctuated();
      }
      if (task.calls.isPossible) while (task.calls.giveOn((ended) => ended));
    }
    await this.#output.room();
  }

  async #commitIfDue(): Promise<void> {
    if (this.#isRebalancing || !this.#isAssigned) return;
    const { clock, options } = this.#host;
    const running = this.#tasks.running();
    const isDue = this.#hasDone && clock.monotonicMs() - this.#committedAtMs >= options.commitIntervalMs;
    if (!isDue && !running.some(({ needsCommit }) => needsCommit)) return;
    await this.#commit(running);
    this.#hasDone = false;
  }

  /** What these tasks have done is put down: in the group, and then on their disks. */
  async #commit(tasks: readonly ActiveTask[]): Promise<void> {
    const startMs = this.#host.clock.monotonicMs();
    this.#committedAtMs = startMs;
    // What caches give on is written in the transaction, too.
    const commits = tasks.map((task) => task.prepareCommit());
    const offsets = commits.flatMap((commit) => commit.offsets);
    if (offsets.length === 0 && !this.#output.isOpen) {
      await this.#output.flush();
      return;
    }
    if (this.#output.isTransactional) {
      await this.#output.commitTransaction(offsets, this.#consumer.groupMetadata());
    } else {
      await this.#output.flush();
      await this.#consumer.commit(offsets);
    }
    this.#purge.note(offsets);
    await noteAll(commits, (topic, partition) => this.#output.endOf(topic, partition), this.#host.clock);
    this.#timeouts.passed(tasks.map(({ name }) => name));
    this.#meter.committed(this.#host.clock.monotonicMs() - startMs);
  }

  /** What cannot be committed any more is done again by whoever has the tasks next: no reason to end otherwise. */
  async #commitLast(): Promise<void> {
    try {
      await this.#commit(this.#tasks.running());
    } catch (error) {
      if (troubleOf(error as Error) === "fatal") throw error;
      this.#host.logger.warn("the last commit did not come about", { error: (error as Error).message });
    }
  }

  #pauseAndResume(): void {
    const { bufferedRecordsPerPartition } = this.#host.options;
    const paused: TopicPartition[] = [];
    const resumed: TopicPartition[] = [];
    for (const task of this.#tasks.all()) {
      for (const { topic, partition } of task.inputs) {
        const isFull = task.isRestoring || task.task.calls.isFull || task.waitingCount({ topic, partition }) >= bufferedRecordsPerPartition;
        (isFull ? paused : resumed).push({ topic, partition });
      }
    }
    if (paused.length > 0) this.#consumer.pause(paused);
    if (resumed.length > 0) this.#consumer.resume(resumed);
  }

  #tellRunning(): void {
    const isRunning =
      this.#isAssigned &&
      !this.#isRebalancing &&
      !this.#isMissingTasks &&
      !this.#opening.isWaiting &&
      !this.#isClosed &&
      this.#tasks.all().every(({ isRestoring }) => !isRestoring);
    this.#meter.become(isRunning ? "RUNNING" : this.#isAssigned && !this.#isRebalancing ? "RESTORING" : "REBALANCING");
    if (isRunning === this.#wasRunning) return;
    this.#wasRunning = isRunning;
    this.#host.onRunning(isRunning, this.#consumer.groupMetadata()?.memberId);
  }

  #subscribe(): void {
    const { plan } = this.#host;
    const topics = [...new Set(plan.subtopologies.flatMap(({ sourceTopics }) => sourceTopics))];
    const patterns = plan.subtopologies.flatMap(({ sourcePatterns }) => sourcePatterns);
    const listener = {
      onAssigned: (partitions: readonly TopicPartition[]) => this.#onAssigned(partitions),
      onRevoked: (partitions: readonly TopicPartition[]) => this.#onRevoked(partitions),
      onLost: () => this.#onLost(),
    };
    if (patterns.length === 0) this.#consumer.subscribe(topics, listener);
    else this.#consumer.subscribe(anyOf(topics, patterns), listener);
  }

  async #onAssigned(partitions: readonly TopicPartition[]): Promise<void> {
    this.#isAssigned = true;
    await this.#openTasks(partitions);
    this.#pauseAndResume();
    this.#tellRunning();
  }

  async #onRevoked(partitions: readonly TopicPartition[]): Promise<void> {
    this.#opening.forget(partitions);
    const gone = this.#tasks.fedBy(partitions);
    try {
      // In a transaction the others' records are committed with them.
      const done = this.#output.isOpen ? this.#tasks.running() : gone.filter(({ isRestoring }) => !isRestoring);
      if (done.length > 0) await this.#commit(done);
    } finally {
      this.#tasks.drop(gone);
      this.#tellRunning();
    }
  }

  /** Somebody else has them by now: nothing of them may be committed. */
  async #onLost(): Promise<void> {
    this.#isAssigned = false;
    this.#opening.forgetAll();
    this.#tasks.drop(this.#tasks.all());
    this.#tellRunning();
    await this.#output.giveUp();
  }

  /** After a failure: what the group still gives it, if it does. */
  async #openMissing(): Promise<void> {
    this.#opening.forget(this.#consumer.assignment());
    await this.#openTasks(this.#consumer.assignment().filter((partition) => this.#tasks.of(partition) === undefined));
    this.#isMissingTasks = false;
    this.#pauseAndResume();
  }

  #openWaiting(): void {
    this.#opening.step();
    this.#pauseAndResume();
  }

  /** While it waits, it may come to its end. */
  #openTasks(partitions: readonly TopicPartition[]): Promise<void> {
    return this.#opening.open(partitions, () => !this.#isClosed);
  }

  #heldTasks() {
    this.#isRebalancing = true;
    this.#tellRunning();
    const held = this.#tasks.all().map(({ stores: { id, offsetSum, endSum } }) => ({ ...id, offsetSum, endSum }));
    return [...held, ...this.#standbys.held()];
  }

  /** What fails while something is mended is mended in its turn: an abort may show that the producer is fenced. */
  async #mendAll(error: Error): Promise<void> {
    let isAgain = false;
    for (let found: Error | undefined = error; found !== undefined; isAgain = true) {
      try {
        await this.#mend(found, isAgain);
        found = undefined;
      } catch (next) {
        if (this.#hasFailed) throw next;
        if (this.#isStopping && troubleOf(next as Error) !== "fatal") return;
        found = next as Error;
      }
    }
  }

  /** Goes on after an error where that is possible; throws it where it is not. */
  async #mend(error: Error, isAgain: boolean): Promise<void> {
    const found = troubleOf(error);
    // A producer that cannot even give up what it wrote is of no use any more.
    const trouble: Trouble = isAgain && found !== "none" && found !== "fatal" ? "producerLost" : found;
    if (trouble === "none") return;
    const { logger } = this.#host;
    const tasks = this.#tasks.all();
    if (trouble !== "fatal") logger.warn(said[trouble], { trouble, error: error.message });
    if (trouble === "stateLost" || trouble === "stateUnwritten" || isSlowness(error)) {
      this.#timeouts.failed(
        tasks.map(({ name }) => name),
        error,
        this.#host.clock.monotonicMs(),
      );
    }
    switch (trouble) {
      case "positionLost":
      case "groupGone":
      case "transactionLost":
        this.#tasks.drop(tasks);
        this.#isMissingTasks = true;
        await this.#output.giveUp();
        // What is committed may not be there either, for a moment or for good.
        if (trouble === "positionLost") await this.#pause();
        return;
      case "producerLost":
        this.#tasks.drop(tasks);
        if (isAgain) await this.#pause();
        await this.#rejoin();
        return;
      case "stateLost":
        await this.#loseState(stateErrorIn(error)!);
        return;
      case "stateUnwritten":
        // What waits is written with the next commit, when there is room again.
        await this.#pause();
        return;
      case "fatal":
        this.#tasks.drop(tasks);
        this.#hasFailed = true;
        throw error;
    }
  }

  /** What a task has on the disk is removed and made again. Where nothing of it was processed all others go on. */
  async #loseState(error: StreamsError): Promise<void> {
    this.#isMissingTasks = true;
    if (error instanceof LostChangelog) {
      this.#tasks.wipe(error.task, error);
      return;
    }
    const lost = error instanceof CorruptedState ? this.#tasks.all().find(({ stores }) => stores.isIn(error.path)) : undefined;
    this.#tasks.drop(this.#tasks.all());
    if (lost !== undefined) this.#tasks.wipe(lost, error);
    await this.#output.giveUp();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => void this.#host.clock.schedule(RESTART_PAUSE_MS, resolve));
  }

  /** As a new member, with a new producer. */
  async #rejoin(): Promise<void> {
    this.#isAssigned = false;
    this.#opening.forgetAll();
    this.#isMissingTasks = false;
    this.#tellRunning();
    await this.#output.renew();
    await this.#consumer.unsubscribe().catch(() => {});
    if (!this.#isStopping) this.#subscribe();
  }

  async #close(isLeaving: boolean): Promise<void> {
    this.#isClosed = true;
    this.#tasks.drop(this.#tasks.all());
    const closed = await Promise.allSettled([
      this.#output.giveUp().then(() => this.#output.close()),
      this.#restore.close(),
      this.#standbys.close(),
      this.#consumer.close(isLeaving ? {} : { timeoutMs: 0 }),
    ]);
    for (const outcome of closed) {
      if (outcome.status === "rejected") this.#host.logger.warn("a part of a worker did not close", { error: String(outcome.reason) });
    }
  }
}

const said: Readonly<Record<Exclude<Trouble, "none" | "fatal">, string>> = {
  groupGone: "tasks begin anew from what was committed",
  positionLost: "tasks begin anew from what was committed",
  transactionLost: "tasks begin anew from what was committed",
  producerLost: "tasks begin anew from what was committed",
  stateLost: "the state of a task is made again",
  stateUnwritten: "the state of a task is not written so far",
};

/** Each is told what was committed of it, also when the disk of one before it takes nothing. */
async function noteAll(commits: readonly TaskCommit[], endOf: (topic: string, partition: number) => number, clock: Clock): Promise<void> {
  let failure: Error | undefined;
  for (const commit of commits) {
    try {
      await commit.task.noteCommitted(commit, endOf, clock);
    } catch (error) {
      failure ??= error as Error;
    }
  }
  if (failure !== undefined) throw failure;
}

/** One pattern for topics of a name and those that match one. */
function anyOf(topics: readonly string[], patterns: readonly RegExp[]): RegExp {
  const names = topics.map((topic) => topic.replaceAll(/[.+]/g, "\\$&"));
  return new RegExp(`^(?:${[...names, ...patterns.map(({ source }) => source)].map((each) => `(?:${each})`).join("|")})$`);
}
