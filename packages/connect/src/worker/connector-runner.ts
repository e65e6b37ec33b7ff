import type { Clock, Logger, Random, Timer } from "@ottla/base";
import type { PluginCatalogue } from "../plugin/plugin-catalogue.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";
import { type ConfigRecord, type WantedConnector, taskRecords } from "../storage/config-state.ts";
import type { ConnectState, StatusStore } from "../storage/status-store.ts";
import { decideSteps, areEqual, type Owned, type Step } from "./decide-steps.ts";
import { nextRestart, type RestartHistory } from "./restart-budget.ts";
import { retriableIn } from "./retries.ts";
import { numberOf, restartSettings } from "./task-settings.ts";
import type { RunningTask, TaskPlan } from "./task-world.ts";
import type { ResolvedProperties } from "../secrets/resolve-with-secrets.ts";
import { SecretMask } from "../secrets/secret-mask.ts";
import { failureText } from "./failure-text.ts";

/** By this name a task's own settings stand beside its connector's in a task's properties. */
const TASK_WORK = "ottla.task";

/** What a runner asks of its worker. */
export interface RunnerHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly catalogue: PluginCatalogue;
  readonly statuses: StatusStore;
  readonly workerId: string;
  wanted(connector: string): WantedConnector | undefined;
  owned(connector: string): Owned;
  /** With all references resolved. */
  resolve(properties: ConnectorProperties): Promise<ResolvedProperties>;
  /** What each of a source's tasks does. */
  split(properties: ConnectorProperties, maxTasks: number, signal: AbortSignal): Promise<readonly object[]>;
  /** Appends to the config topic what is decided then. */
  append(decide: () => readonly ConfigRecord[]): Promise<void>;
  /** Shuts out tasks of a source that are not to write any more, where sources write exactly once; what is to be written about it. */
  fence(connector: string, taskCount: number): Promise<readonly ConfigRecord[]>;
  startTask(plan: TaskPlan): RunningTask | Promise<RunningTask>;
  /** The connector is not wanted any more, and nothing of it is here. */
  onIdle(): void;
}

/** Parts of a pause. */
const SHARES = 1_000;
/** States in which a plugin is at work. */
const RUNS: ReadonlySet<ConnectState> = new Set(["RUNNING", "PAUSED", "STOPPED", "RESTARTING"]);

interface HeldTask {
  readonly properties: ConnectorProperties;
  /** Undefined: it has failed, or waits to be started again. */
  running: RunningTask | undefined;
  history: RestartHistory;
  timer: Timer | undefined;
}

/**
 * One connector as far as it falls to this worker: its own part, which splits the work, and tasks. All that happens to it happens one after the other; connectors do not wait for each other. A task that fails is started
 * again with pauses that double until its budget is spent.
 */
export class ConnectorRunner {
  readonly #name: string;
  readonly #host: RunnerHost;
  readonly #tasks = new Map<number, HeldTask>();
  #split: ConnectorProperties | undefined;
  #isPaused = false;
  #history: RestartHistory = [];
  #timer: Timer | undefined;
  /** The config with which the connector itself failed, and is not tried by itself any more. */
  #failed: ConnectorProperties | undefined;
  #queue: Promise<void> = Promise.resolve();
  #isQueued = false;
  #generation = 0;
  #isStopped = false;
  /** A split that runs: what waits behind it may end it. */
  #splitting: { readonly properties: ConnectorProperties; readonly over: AbortController } | undefined;
  /** What of its settings is not said, as far as it is known here: what a plugin alone calls a secret is hidden where its code runs. */
  readonly #mask = new SecretMask();
  /** Changes that have not happened yet. */
  #turns = 0;

  constructor(name: string, host: RunnerHost) {
    this.#name = name;
    this.#host = host;
  }

  /** What is wanted may have changed. Resolves when what runs is what was wanted then. */
  wake(): Promise<void> {
    this.#endSplit();
    if (this.#isQueued || this.#isStopped) return this.#queue;
    this.#isQueued = true;
    return this.#inTurn(async () => {
      this.#isQueued = false;
      await this.#reconcile();
    });
  }

  /** Stops everything here, whatever is wanted; others may go on with it. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.#endSplit();
    this.#timer?.cancel();
    // At once: what is under way may wait for a cluster that does not answer.
    const stopping = this.#stopAll();
    return this.#inTurn(async () => {
      await stopping;
      await this.#stopAll();
    });
  }

  async #stopAll(): Promise<void> {
    await Promise.all([...this.#tasks.keys()].map((task) => this.#stopTask(task)));
  }

  /** Starts parts again: the connector itself, and tasks by number. */
  restart(parts: { readonly connector: boolean; readonly tasks: readonly number[] }): Promise<void> {
    return this.#inTurn(async () => {
      if (parts.connector) {
        this.#split = undefined;
        this.#failed = undefined;
        this.#history = [];
      }
      for (const task of parts.tasks) {
        this.#put("RESTARTING", task);
        await this.#stopTask(task);
      }
      await this.#reconcile();
    });
  }

  /** Of the tasks that run here. */
  metrics(): ReadonlyMap<number, Readonly<Record<string, number>>> {
    return new Map([...this.#tasks].flatMap(([task, { running }]) => (running === undefined ? [] : [[task, running.metrics()]])));
  }

  /** Nobody waits for the split of a config that is not wanted any more. */
  #endSplit(): void {
    if (this.#splitting === undefined) return;
    const wanted = this.#host.wanted(this.#name);
    const isWanted = wanted !== undefined && wanted.target !== "STOPPED" && areEqual(wanted.properties, this.#splitting.properties);
    if (!isWanted || this.#isStopped) this.#splitting.over.abort();
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    this.#turns++;
    const turn = this.#queue
      .then(run)
      .catch((error: unknown) => {
        this.#host.logger.error("a connector's change failed for no reason that is known", { connector: this.#name, error });
      })
      .then(() => {
        this.#turns--;
        if (this.#turns === 0 && this.#tasks.size === 0 && this.#host.wanted(this.#name) === undefined) this.#host.onIdle();
      });
    this.#queue = turn;
    return turn;
  }

  async #reconcile(): Promise<void> {
    // A split changes what is wanted; nothing else does, so that a few rounds are enough.
    for (let round = 0; round < 5 && !this.#isStopped; round++) {
      const wanted = this.#host.wanted(this.#name);
      if (this.#failed !== undefined && (wanted === undefined || !areEqual(this.#failed, wanted.properties))) this.#failed = undefined;
      const split = this.#failed ?? this.#split;
      const tasks = new Map([...this.#tasks].map(([task, { properties }]) => [task, properties]));
      const owned = this.#host.owned(this.#name);
      const steps = decideSteps(wanted, { split, tasks, isPaused: this.#isPaused }, owned);
      for (const step of steps) await this.#take(step, wanted);
      this.#showConnector(wanted, owned);
      if (!steps.some(({ kind }) => kind === "split" || kind === "clearTasks")) return;
    }
  }

  async #take(step: Step, wanted: WantedConnector | undefined): Promise<void> {
    switch (step.kind) {
      case "leave":
        this.#split = undefined;
        this.#timer?.cancel();
        return;
      case "split":
        return wanted && this.#splitWork(wanted);
      case "clearTasks":
        // What failed before is tried anew, too, when it goes on.
        this.#split = this.#failed = undefined;
        this.#history = [];
        this.#timer?.cancel();
        return wanted !== undefined && wanted.tasks.length > 0 ? this.#host.append(() => taskRecords(this.#name, [])) : undefined;
      case "stopTask":
        await this.#stopTask(step.task, step.why === "elsewhere");
        if (step.why === "gone") this.#host.statuses.put({ connector: this.#name, task: step.task }, null);
        return;
      case "startTask":
        return wanted && this.#startTask(step.task, wanted.tasks[step.task] ?? {}, []);
      case "pause":
      case "resume":
        this.#isPaused = step.kind === "pause";
        for (const [task, { running }] of this.#tasks) this.#show(task, running);
        return;
    }
  }

  #show(task: number, running: RunningTask | undefined): void {
    if (running === undefined) return;
    if (this.#isPaused) running.pause();
    else running.resume();
    this.#put(this.#isPaused ? "PAUSED" : "RUNNING", task);
  }

  #showConnector(wanted: WantedConnector | undefined, owned: Owned): void {
    if (wanted === undefined) {
      for (const task of this.#host.statuses.tasks(this.#name).keys())
        if (owned.task(task)) this.#host.statuses.put({ connector: this.#name, task }, null);
      if (owned.connector) this.#host.statuses.put({ connector: this.#name }, null);
      return;
    }
    if (!owned.connector || this.#failed !== undefined) return;
    const state = wanted.target === "STARTED" ? "RUNNING" : wanted.target;
    const shown = this.#host.statuses.get({ connector: this.#name });
    if (shown?.state !== state || shown.workerId !== this.#host.workerId) this.#put(state);
  }

  async #splitWork(wanted: WantedConnector): Promise<void> {
    const { properties } = wanted;
    try {
      const tasks = await this.#workOf(properties);
      const isSame = tasks.length === wanted.tasks.length && tasks.every((task, at) => areEqual(task, wanted.tasks[at] ?? {}));
      const fenced = await this.#host.fence(this.#name, tasks.length);
      if (!isSame || fenced.length > 0) await this.#host.append(() => [...fenced, ...(isSame ? [] : taskRecords(this.#name, tasks))]);
      this.#split = properties;
    } catch (failure) {
      if (this.#isStopped) return;
      const error = this.#mask.error(failure);
      this.#failed = properties;
      this.#timer?.cancel();
      const next = nextRestart(this.#history, restartSettings(properties), this.#failedNow(error));
      this.#put(next === undefined ? "FAILED" : "RESTARTING", undefined, error);
      this.#host.logger.error("a connector could not be started", { connector: this.#name, error, restartInMs: next?.delayMs });
      if (next === undefined) return;
      this.#history = next.history;
      this.#timer = this.#host.clock.schedule(next.delayMs, () => {
        this.#failed = undefined;
        void this.wake();
      });
    }
  }

  /** What the plugin splits its work into, as properties of tasks. */
  async #workOf(properties: ConnectorProperties): Promise<ConnectorProperties[]> {
    const plugin = this.#host.catalogue.find(["source", "sink"], properties["connector.class"] ?? "");
    const max = numberOf(properties, "tasks.max", 1);
    const withWork = (work: object): ConnectorProperties => ({
      ...properties,
      "task.class": taskClassOf(plugin),
      ...(Object.keys(work).length > 0 && { [TASK_WORK]: JSON.stringify(work) }),
    });
    if (plugin.kind === "sink") return Array.from({ length: max }, () => withWork({}));
    const over = new AbortController();
    this.#splitting = { properties, over };
    let works: readonly object[];
    try {
      works = await this.#host.split(properties, max, over.signal);
    } finally {
      this.#splitting = undefined;
    }
    if (works.length > max) throw new Error(`The connector split its work into ${works.length} tasks, and tasks.max is ${max}; raise it.`);
    return works.map(withWork);
  }

  async #startTask(task: number, properties: ConnectorProperties, history: RestartHistory): Promise<void> {
    const held: HeldTask = { properties, running: undefined, history, timer: undefined };
    this.#tasks.set(task, held);
    this.#generation++;
    try {
      const { kind } = this.#host.catalogue.find(["source", "sink"], properties["connector.class"] ?? "");
      const resolved = await this.#host.resolve(properties);
      this.#mask.add(resolved.secrets);
      if (this.#isStopped) return;
      const running = await this.#host.startTask({ connector: this.#name, task, kind, ...resolved, work: workIn(properties) });
      held.running = running;
      this.#show(task, running);
      running.ended.then(
        () => {},
        (error: unknown) => {
          if (this.#tasks.get(task) === held && held.running === running) this.#taskFailed(task, held, error);
        },
      );
    } catch (error) {
      this.#taskFailed(task, held, error);
    }
  }

  #taskFailed(task: number, held: HeldTask, failure: unknown): void {
    const error = this.#mask.error(failure);
    held.running = undefined;
    const { clock, logger } = this.#host;
    // Whoever has it now says how it is.
    if (!this.#host.owned(this.#name).task(task)) {
      this.#tasks.delete(task);
      return logger.warn("a task ended that another worker has now", { connector: this.#name, task, error });
    }
    const next = this.#isStopped ? undefined : nextRestart(held.history, restartSettings(held.properties), this.#failedNow(error));
    this.#put(next === undefined ? "FAILED" : "RESTARTING", task, error);
    logger.error("a task failed", { connector: this.#name, task, error, restartInMs: next?.delayMs });
    if (next === undefined) return;
    held.history = next.history;
    held.timer = clock.schedule(next.delayMs, () => {
      void this.#inTurn(async () => {
        if (this.#tasks.get(task) !== held || held.running !== undefined || this.#isStopped) return;
        // Moved meanwhile: a second one would shut out the one that runs.
        if (this.#host.owned(this.#name).task(task)) await this.#startTask(task, held.properties, held.history);
        else this.#tasks.delete(task);
      });
    });
  }

  #failedNow(error: unknown): Parameters<typeof nextRestart>[2] {
    const { clock, random } = this.#host;
    return { nowMs: clock.monotonicMs(), share: random.nextInt(SHARES + 1) / SHARES, afterMs: retriableIn(error)?.afterMs };
  }

  /** `isElsewhere`: whoever runs it next says how it is. */
  async #stopTask(task: number, isElsewhere = false): Promise<void> {
    const held = this.#tasks.get(task);
    if (held === undefined) return;
    this.#tasks.delete(task);
    held.timer?.cancel();
    await held.running?.stop();
    if (isElsewhere) return;
    const shown = this.#host.statuses.get({ connector: this.#name, task });
    if (shown?.state === "RUNNING" || shown?.state === "PAUSED") this.#put("UNASSIGNED", task);
  }

  #version(): string | undefined {
    const className = this.#host.wanted(this.#name)?.properties["connector.class"] ?? "";
    return this.#host.catalogue.has(["source", "sink"], className)?.version;
  }

  #put(state: ConnectState, task?: number, error?: unknown): void {
    const trace = error === undefined ? undefined : failureText(error);
    this.#host.statuses.put(
      { connector: this.#name, ...(task !== undefined && { task }) },
      {
        state,
        workerId: this.#host.workerId,
        generation: this.#generation,
        ...(trace !== undefined && { trace }),
        ...(RUNS.has(state) && { version: this.#version() }),
      },
    );
  }
}

/** Where the plugin stands for a class of Java's, its task's: a worker of Apache Connect that takes the topics over starts that. */
function taskClassOf({ name, aliases = [] }: { readonly name: string; readonly aliases?: readonly string[] | undefined }): string {
  const [javaClass] = aliases;
  return javaClass?.endsWith("Connector") === true ? javaClass.replace(/Connector$/, "Task") : name;
}

function workIn(properties: ConnectorProperties): object {
  const text = properties[TASK_WORK];
  return text === undefined ? { ...properties } : (JSON.parse(text) as object);
}
