import type { Consumer, TopicPartition } from "@ottla/client";
import type { HeldTask } from "../assignment/member-data.ts";
import { isPartOfTasks } from "../assignment/task-partitions.ts";
import type { WorkerSnapshot } from "../observe/snapshots.ts";
import { standbySnapshot } from "../observe/standby-snapshot.ts";
import { WorkerMeter } from "../observe/worker-meter.ts";
import { type TaskId, taskName } from "../plan/task-id.ts";
import type { ChangelogRestore } from "../restore/changelog-restore.ts";
import type { StandbyTasks } from "../standby/standby-tasks.ts";
import type { DormantTasks } from "../state/dormant-tasks.ts";
import type { TaskStores } from "../state/task-stores.ts";
import type { ActiveTask } from "./active-task.ts";
import { groupConsumer, subscribeToSources } from "./group-consumer.ts";
import { HeldTasks } from "./held-tasks.ts";
import type { InputLags } from "./input-readiness.ts";
import { pollWaitMs } from "./poll-wait.ts";
import { ProbingRebalance } from "./probing-rebalance.ts";
import type { LeftTransactions } from "./left-transactions.ts";
import type { RecordOutput } from "./record-output.ts";
import { TaskCommits } from "./task-commits.ts";
import { TaskOpening } from "./task-opening.ts";
import { TaskTimeouts } from "./task-timeouts.ts";
import { TaskTurns } from "./task-turns.ts";
import { troubleOf, withoutCallback } from "./trouble.ts";
import { TroubleMending } from "./trouble-mending.ts";
import { dormantOf, leftTransactionsOf, openStoresOf, outputOf, restoreOf, standbysOf, workerName } from "./worker-clients.ts";
import type { WorkerHost } from "./worker-host.ts";
import { reasonOf } from "../../thrown.ts";

/** How long a worker waits for what its stores are filled from. */
const RESTORE_POLL_MS = 10;
/** So long copies of other members' tasks are read, when no task has something to do, */
const STANDBY_IDLE_SLICE_MS = 8;
/** and when one has. */
const STANDBY_SLICE_MS = 2;

/** One member of the application's group: a consumer, a producer, and the tasks that the group gave it. Everything happens in its loop, one after another. */
export class Worker {
  readonly #host: WorkerHost;
  readonly #consumer: Consumer;
  readonly #output: RecordOutput;
  readonly #restore: ChangelogRestore;
  readonly #tasks: HeldTasks;
  readonly #meter: WorkerMeter;
  readonly #standbys: StandbyTasks;
  readonly #dormant: DormantTasks;
  readonly #left: LeftTransactions | undefined;
  readonly #probing = new ProbingRebalance();
  readonly #timeouts: TaskTimeouts;
  readonly #opening: TaskOpening;
  readonly #turns: TaskTurns;
  readonly #commits: TaskCommits;
  readonly #mending: TroubleMending;
  readonly #lags: InputLags = { lag: (topic, partition) => this.#consumer.currentLag({ topic, partition }) };
  #isStopping = false;
  /** The group has given it its partitions, perhaps none. */
  #isAssigned = false;
  /** The group is being divided anew: a commit would be refused. */
  #isRebalancing = false;
  /** All that the topology reads is there, as far as the group knows. */
  #isGroupReady = true;
  /** What the group says that cannot be gone on with. */
  #groupFailure: Error | undefined;
  #isClosed = false;
  #wasRunning: boolean | undefined;
  /** Somebody woke it up: there is something to look at. */
  #isWoken = false;

  constructor(host: WorkerHost) {
    this.#host = host;
    const { client, options, clock, logger, plan } = host;
    this.#consumer = groupConsumer(host, {
      held: (isRunning) => this.#heldTasks(isRunning),
      onRejoin: () => this.#onRejoin(),
      nonce: () => this.#probing.nonce,
      onStandbys: (standbys, probeInMs) => this.#onStandbys(standbys, probeInMs),
      onHosts: (hosts) => host.onHosts(hosts),
      onReady: (isReady) => (this.#isGroupReady = isReady),
      onFailure: (error) => this.#onGroupFailure(error),
      isShutdownRequested: () => false,
    });
    this.#meter = new WorkerMeter(clock);
    this.#output = outputOf(host, this.#consumer, (doing, run) => this.#meter.during(doing, run));
    this.#restore = restoreOf(host);
    this.#dormant = dormantOf(host);
    this.#left = leftTransactionsOf(host);
    const openStores = openStoresOf(host, this.#output, this.#dormant);
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
    this.#commits = new TaskCommits(host, {
      consumer: this.#consumer,
      admin: client.admin(),
      output: this.#output,
      timeouts: this.#timeouts,
      meter: this.#meter,
    });
    const parts = { tasks: this.#tasks, output: this.#output, clock };
    this.#turns = new TaskTurns({
      ...parts,
      meter: this.#meter,
      lags: this.#lags,
      onWork: () => this.#commits.noteWork(),
    });
    this.#mending = new TroubleMending({
      ...parts,
      timeouts: this.#timeouts,
      logger,
      isStopping: () => this.#isStopping,
      rejoin: () => this.#rejoin(),
    });
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
    try {
      await this.#dormant.read(() => !this.#isStopping);
      this.#subscribe();
      while (!this.#isStopping) {
        try {
          await this.#turn();
        } catch (error) {
          const trouble = troubleOf(error as Error);
          this.#isWoken = trouble === "none";
          if (this.#isWoken) continue;
          // What it would mend now, others do again.
          if (this.#isStopping && trouble !== "fatal") return;
          await this.#mending.mend(withoutCallback(error as Error));
        }
      }
      await this.#commits.commitLast(this.#tasks.running());
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
    if (this.#groupFailure !== undefined) throw this.#groupFailure;
    if (this.#probing.isDue(clock.monotonicMs())) this.#consumer.enforceRebalance("tasks may have their state where they belong");
    const batches = await this.#meter.during("polls the group", () => this.#consumer.poll(this.#pollMs()));
    this.#isWoken = false;
    this.#meter.polled(batches.reduce((count, { recordCountMax }) => count + recordCountMax, 0));
    // Tasks that go on get theirs; what is read of missing ones is read again from where they begin.
    await this.#turns.take(batches);
    if (this.#mending.isMissingTasks) await this.#openMissing();
    if (this.#opening.isWaiting) this.#openWaiting();
    if (!this.#restore.isIdle) {
      this.#meter.step();
      await this.#meter.during("restores stores", () => this.#restore.step(this.#turns.hasReady ? 0 : RESTORE_POLL_MS));
      this.#meter.restored();
    }
    this.#tellRunning();
    await this.#meter.during("processes records", async () => {
      await this.#turns.process();
      await this.#turns.onClock();
    });
    // A commit would be refused.
    if (this.#isAssigned && !this.#isRebalancing)
      await this.#commits.commitIfDue(this.#tasks.running(), (hasEnded) =>
        this.#turns.processOn(() => !hasEnded() && !this.#isStopping && !this.#isRebalancing),
      );
    this.#meter.transaction(this.#output.isOpen);
    this.#pauseAndResume();
    // Copies have time when no task needs it.
    if (this.#restore.isIdle)
      await this.#meter.during("keeps copies", () =>
        this.#standbys.step(this.#turns.hasReady ? STANDBY_SLICE_MS : STANDBY_IDLE_SLICE_MS, (name) => this.#tasks.has(name)),
      );
    await new Promise<void>((resolve) => clock.nextTurn(resolve));
  }

  #pollMs(): number {
    const { options } = this.#host;
    const running = this.#tasks.running();
    const dueMs = Math.min(...running.map(({ task }) => task.wallClockDueInMs));
    return pollWaitMs({
      hasWork: this.#isWoken || this.#isStopping || !this.#restore.isIdle || this.#turns.hasReady || this.#standbys.hasWork,
      isSettled:
        this.#wasRunning === true && !this.#isRebalancing && this.#standbys.all().length === 0 && !running.some((task) => task.isWaiting),
      commitDueMs: this.#commits.dueInMs,
      maxTaskIdleMs: options.maxTaskIdleMs,
      punctuationDueMs: dueMs,
      maxPollIntervalMs: options.maxPollIntervalMs ?? Infinity,
    });
  }

  #pauseAndResume(): void {
    const { bufferedRecordsPerPartition } = this.#host.options;
    const paused: TopicPartition[] = [];
    const resumed: TopicPartition[] = [];
    for (const task of this.#tasks.all()) task.changePauses(bufferedRecordsPerPartition, paused, resumed);
    if (paused.length > 0) this.#consumer.pause(paused);
    if (resumed.length > 0) this.#consumer.resume(resumed);
  }

  #tellRunning(): void {
    const isRunning =
      this.#isAssigned &&
      this.#isGroupReady &&
      !this.#isRebalancing &&
      !this.#mending.isMissingTasks &&
      !this.#opening.isWaiting &&
      !this.#isClosed &&
      this.#tasks.all().every(({ isRestoring }) => !isRestoring);
    this.#meter.become(isRunning ? "RUNNING" : this.#isAssigned && !this.#isRebalancing ? "RESTORING" : "REBALANCING");
    if (isRunning === this.#wasRunning) return;
    this.#wasRunning = isRunning;
    this.#host.onRunning(isRunning, this.#consumer.groupMetadata()?.memberId);
  }

  #subscribe(): void {
    subscribeToSources(this.#consumer, this.#host.plan, {
      onAssigned: (partitions) => this.#onAssigned(partitions),
      onRevoked: (partitions) => this.#onRevoked(partitions),
      onLost: () => this.#onLost(),
    });
  }

  #onStandbys(standbys: readonly TaskId[], probeInMs: number | undefined): void {
    this.#isRebalancing = false;
    this.#probing.told(probeInMs, this.#host.clock.monotonicMs());
    // Who divides the tasks may have a later topology.
    const known = new Set(this.#host.plan.subtopologies.map(({ id }) => id));
    this.#standbys.want(standbys.filter(({ subtopology }) => known.has(subtopology)));
    // A long poll is over when it has other tasks.
    this.#consumer.wakeup();
  }

  #onGroupFailure(error: Error): void {
    this.#groupFailure ??= error;
    this.#consumer.wakeup();
  }

  async #onAssigned(partitions: readonly TopicPartition[]): Promise<void> {
    this.#isAssigned = true;
    // Whoever ran these tasks may be gone in the middle of a transaction.
    if (partitions.length > 0 || this.#left?.isUnsure === true) this.#left?.end();
    // A topic more that matches a pattern, or that a later version of the topology reads: a task begins anew with all that is its own.
    const growing = this.#tasks.fedBy(partitions);
    if (growing.length > 0) await this.#giveUp(growing, true);
    if (this.#opening.isWaitingFor(partitions)) this.#mending.someAreMissing();
    if (this.#mending.isMissingTasks) await this.#openMissing();
    else await this.#openTasks(partitions);
    this.#pauseAndResume();
    this.#tellRunning();
  }

  /** What they have done is committed, and they are closed. `isForNow`: they are to be opened again, with other partitions. */
  async #giveUp(gone: readonly ActiveTask[], isForNow: boolean): Promise<void> {
    if (isForNow) this.#mending.someAreMissing();
    try {
      // In a transaction the others' records are committed with them.
      const done = this.#output.isOpen ? this.#tasks.running() : gone.filter(({ isRestoring }) => !isRestoring);
      if (done.length > 0) await this.#commits.commit(done);
    } finally {
      this.#tasks.drop(gone);
    }
  }

  async #onRevoked(partitions: readonly TopicPartition[]): Promise<void> {
    this.#opening.forget(partitions);
    try {
      // A topic is gone, or is not read any more where tasks are divided: its tasks go on with the rest of theirs.
      const isPart = isPartOfTasks(this.#host.plan, partitions, this.#consumer.assignment());
      await this.#giveUp(this.#tasks.fedBy(partitions), isPart);
    } finally {
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
    this.#mending.noneIsMissing();
    this.#pauseAndResume();
  }

  #openWaiting(): void {
    this.#opening.step();
    this.#pauseAndResume();
  }

  /** While it waits, it may come to its end. */
  #openTasks(partitions: readonly TopicPartition[]): Promise<void> {
    return this.#meter.during("opens tasks", () => this.#opening.open(partitions, () => !this.#isClosed));
  }

  #onRejoin(): void {
    this.#isRebalancing = true;
    this.#tellRunning();
  }

  /** `isRunning`: with tasks that run, whose state is up to date for that alone. */
  #heldTasks(isRunning: boolean): HeldTask[] {
    const tasks = this.#tasks.all();
    const told = tasks.filter(({ isRestoring }) => isRunning || isRestoring);
    const copies = this.#standbys.held();
    const open = new Set([...tasks.map(({ name }) => name), ...copies.map(taskName)]);
    const held = told.map(({ stores: { id, offsetSum, endSum } }) => ({ ...id, offsetSum, endSum }));
    return [...held, ...copies, ...this.#dormant.held((name) => open.has(name))];
  }

  /** As a new member, with a new producer. */
  async #rejoin(): Promise<void> {
    this.#isAssigned = false;
    this.#opening.forgetAll();
    this.#mending.noneIsMissing();
    this.#tellRunning();
    await this.#output.renew();
    await this.#meter.during("begins anew as a member", () => this.#consumer.unsubscribe()).catch(() => {});
    if (!this.#isStopping) this.#subscribe();
  }

  /** Its group has to be told that it goes for a while: without that a coordinator does not take it back under its name before its session is over. */
  get #isBackSoon(): boolean {
    const { groupProtocol, groupInstanceId } = this.#host.options;
    return groupProtocol === "streams" && groupInstanceId !== undefined;
  }

  async #close(isLeaving: boolean): Promise<void> {
    this.#isClosed = true;
    this.#left?.close();
    this.#tasks.drop(this.#tasks.all());
    const closed = await this.#meter.during("closes", () =>
      Promise.allSettled([
        this.#output.giveUp().then(() => this.#output.close()),
        this.#restore.close(),
        this.#standbys.close(),
        this.#consumer.close(isLeaving || this.#isBackSoon ? {} : { timeoutMs: 0 }),
      ]),
    );
    for (const outcome of closed) {
      if (outcome.status === "rejected") this.#host.logger.warn("a part of a worker did not close", { error: reasonOf(outcome.reason) });
    }
  }
}
