import { randomBytes } from "node:crypto";
import { type Clock, type Logger, silentLogger, TimeSlice } from "@ottla/base";
import { systemRandom } from "@ottla/base/node";
import type { Client } from "@ottla/client";
import { SESSION_KEY_BYTES, type SessionKey } from "../access/worker-signature.ts";
import { type ConfigDefinitionJson, HIDDEN } from "../plugin/config-definition.ts";
import { hideSecrets, isHidden, keepSecrets } from "../plugin/config-secrets.ts";
import { sinkDefinitions, sourceDefinitions } from "../plugin/connector-definitions.ts";
import type { ProviderWorld } from "../plugin/config-providers.ts";
import type { PluginCatalogue } from "../plugin/plugin-catalogue.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";
import { type ConfigReport, errorsOf } from "../plugin/validate-config.ts";
import { resolveWithSecrets } from "../secrets/resolve-with-secrets.ts";
import type { ConfigLog } from "../storage/config-log.ts";
import {
  type ConfigRecord,
  ConfigState,
  type RestartRequest,
  sessionKeyRecord,
  type TargetState,
  targetRecord,
  type WantedConnector,
} from "../storage/config-state.ts";
import type { OffsetStore } from "../storage/offset-store.ts";
import type { StatusStore } from "../storage/status-store.ts";
import type { PluginThreads } from "../threads/plugin-threads.ts";
import { ThreadPluginWork } from "../threads/thread-plugin-work.ts";
import { taskClients } from "./cluster-access.ts";
import { ConnectorRunner, type RunnerHost } from "./connector-runner.ts";
import { ConnectLoggers, type LoggerLevel, loggerLevel } from "./connect-loggers.ts";
import { areEqual } from "./decide-steps.ts";
import { inTime } from "./in-time.ts";
import { namedLogger } from "./named-logger.ts";
import { type GivenOffset, LoopPluginWork, type PluginWork, type Preview } from "./plugin-work.ts";
import { allMine, type Leases } from "./slot-leases.ts";
import { leavingTaskHost, STOP_MORE_MS, type TaskHost } from "./task-host.ts";
import { graceMsOf } from "./task-settings.ts";
import type { RunningTask, TaskPlan } from "./task-world.ts";
import { RequestError } from "./request-error.ts";
import { fenceTasks } from "./transactional-ids.ts";

/** What a worker stands on. */
export interface ConnectWorkerOptions {
  /** Its own way to the cluster. */
  readonly client: Client;
  readonly catalogue: PluginCatalogue;
  readonly configs: ConfigLog;
  readonly offsets: OffsetStore;
  readonly statuses: StatusStore;
  /** In Kafka's and Connect's names: `offset.flush.interval.ms`, `key.converter`, `producer.…`. */
  readonly properties: ConnectorProperties;
  /** `host:port`, as states show it. */
  readonly workerId: string;
  readonly providers: ProviderWorld;
  readonly clock: Clock;
  readonly logger?: Logger;
  readonly tasks?: TaskHost;
  /** Where code of plugins' files runs besides their tasks; left out: on this thread. */
  readonly pluginThreads?: PluginThreads;
  /** What falls to this worker; left out: everything. */
  readonly leases?: Leases;
  /** Topics that it cannot do without. */
  readonly internalTopics?: readonly string[];
}

/** So often a config is made anew because another was written meanwhile. */
const CONFIG_ATTEMPTS = 5;
const SESSION_KEY_TTL_MS = 3_600_000;
/** So many connectors look at what is wanted of them before others have their turn. */
const WOKEN_PER_TURN = 20;

/**
 * A Connect worker: connectors as their configs want them, run and kept running. Changes are appended to the config log and take effect when they are read back, so that every worker of a cluster does the same; a
 * change of one connector touches no other.
 */
export class ConnectWorker {
  readonly state = new ConfigState();
  readonly statuses: StatusStore;
  readonly offsets: OffsetStore;
  readonly catalogue: PluginCatalogue;
  readonly client: Client;
  readonly properties: ConnectorProperties;
  /** `host:port`, as states show it. */
  readonly workerId: string;
  readonly loggers: ConnectLoggers;
  readonly #options: ConnectWorkerOptions;
  readonly #logger: Logger;
  readonly #runners = new Map<string, ConnectorRunner>();
  /** By the properties themselves: what others have written meanwhile has names of its own. */
  readonly #sensitive = new WeakMap<ConnectorProperties, Promise<ReadonlySet<string>>>();
  readonly #taskHost: TaskHost;
  readonly #plugins: PluginWork;
  readonly #leases: Leases;
  #isReading = true;
  #isStopped = false;
  #failure: Error | undefined;

  private constructor(options: ConnectWorkerOptions) {
    this.#options = options;
    this.statuses = options.statuses;
    this.offsets = options.offsets;
    this.catalogue = options.catalogue;
    this.client = options.client;
    this.properties = options.properties;
    this.workerId = options.workerId;
    this.loggers =
      options.logger instanceof ConnectLoggers ? options.logger : new ConnectLoggers(options.logger ?? silentLogger, options.clock);
    this.#logger = this.loggers;
    this.#taskHost = options.tasks ?? leavingTaskHost;
    this.#leases = options.leases ?? allMine;
    const { catalogue, providers, clock, properties, pluginThreads } = options;
    const here = new LoopPluginWork({ catalogue, providers, properties, clock, logger: this.#logger, isExactlyOnce: this.#isExactlyOnce });
    this.#plugins = pluginThreads === undefined ? here : new ThreadPluginWork(here, pluginThreads, catalogue, properties);
  }

  /** Reads what is there, then runs it. Connectors start behind that, each in its own time. */
  static async start(options: ConnectWorkerOptions): Promise<ConnectWorker> {
    const worker = new ConnectWorker(options);
    await Promise.all([options.offsets.start(), options.statuses.start()]);
    await options.configs.start(
      (record) => worker.#take(record),
      (error) => worker.#fail(error),
    );
    worker.#isReading = false;
    void worker.#wakeAll(worker.state.names());
    await worker.#leases.start(() => worker.settled());
    return worker;
  }

  /** Topics that it cannot do without. */
  get internalTopics(): readonly string[] {
    return this.#options.internalTopics ?? [];
  }

  /** Throws where what is known may not be what is wanted. */
  requireSound(): void {
    if (this.#failure !== undefined)
      throw new RequestError(500, `The worker can read its configs no more, and must be started again: ${this.#failure.message}`);
  }

  /** @throws RequestError 404 */
  wanted(connector: string): WantedConnector {
    const wanted = this.state.get(connector);
    if (wanted === undefined) throw new RequestError(404, `Connector ${connector} not found`);
    return wanted;
  }

  /** The same with every secret hidden. Of a class that is not known here, what it calls secret is not known either, and all of its own settings are hidden. */
  async shown(properties: ConnectorProperties): Promise<Record<string, string>> {
    let sensitive = this.#sensitive.get(properties);
    if (sensitive === undefined) {
      sensitive = this.#plugins.sensitive(properties).catch(() => {
        // Whoever asks again may find it.
        this.#sensitive.delete(properties);
        return namesOfNobody(properties);
      });
      this.#sensitive.set(properties, sensitive);
    }
    return hideSecrets(properties, await sensitive);
  }

  /** Settings of a plugin, as REST clients see them. Throws where there is none of the name. */
  definitions(plugin: string): Promise<readonly ConfigDefinitionJson[]> {
    return this.#plugins.definitions(plugin);
  }

  /** What a source of these settings would bring first; nothing is written, and no offset kept. */
  preview(properties: ConnectorProperties, limit: number, signal: AbortSignal): Promise<Preview> {
    return this.#plugins.preview(properties, limit, signal);
  }

  /** Rejects with the reason where the connector, a source, cannot go on behind them. */
  checkOffsets(connector: string, offsets: readonly GivenOffset[]): Promise<void> {
    return this.#plugins.checkOffsets(this.wanted(connector).properties, offsets);
  }

  /** All that is wrong with a config; a plugin's dry run is part of it. */
  async validate(properties: ConnectorProperties): Promise<ConfigReport> {
    return (await this.#plugins.validate(properties)).report;
  }

  /**
   * Writes a connector's config. `mustBeNew`: one that is there is refused. A function makes the config of the one that is there; what another writes meanwhile is taken into account.
   * @throws RequestError 400 with all that is wrong; 404 where a function has nothing to change; 409
   */
  async putConfig(
    connector: string,
    given: ConnectorProperties | ((before: ConnectorProperties) => ConnectorProperties),
    { mustBeNew = false, target }: { readonly mustBeNew?: boolean; readonly target?: TargetState | undefined } = {},
  ): Promise<"created" | "changed"> {
    for (let attempt = 0; attempt < CONFIG_ATTEMPTS; attempt++) {
      if (mustBeNew && this.state.get(connector) !== undefined) throw new RequestError(409, `Connector ${connector} already exists`);
      const properties = this.#meant(connector, given);
      const { report } = await this.#plugins.validate(properties);
      const errors = errorsOf(report);
      if (errors !== undefined) throw new RequestError(400, errors);
      let outcome: "created" | "changed" | undefined;
      await this.#append(() => {
        outcome = undefined;
        const isThere = this.state.get(connector) !== undefined;
        if (mustBeNew && isThere) throw new RequestError(409, `Connector ${connector} already exists`);
        // What it was made of has changed while it was validated.
        if (!areEqual(properties, this.#meant(connector, given))) return [];
        outcome = isThere ? "changed" : "created";
        return [
          ...(target === undefined ? [] : [targetRecord(connector, target)]),
          { key: `connector-${connector}`, value: { properties } },
        ];
      });
      if (outcome !== undefined) return outcome;
    }
    throw new RequestError(409, `Connector ${connector} is changed by others all the time; come again.`);
  }

  #meant(connector: string, given: ConnectorProperties | ((before: ConnectorProperties) => ConnectorProperties)): ConnectorProperties {
    const before = this.state.get(connector)?.properties;
    const wanted = typeof given === "function" ? given(this.wanted(connector).properties) : given;
    const properties: ConnectorProperties = { ...keepSecrets(wanted, before), name: connector };
    const unknown = Object.keys(properties).find((name) => isHidden(properties[name] ?? ""));
    if (unknown !== undefined)
      throw new RequestError(
        400,
        `${unknown} has ${HIDDEN}, which stands for a secret that is there already, and there is none; give the secret.`,
      );
    return properties;
  }

  /** @throws RequestError 404 */
  async deleteConnector(connector: string): Promise<void> {
    await this.#append(() => {
      this.wanted(connector);
      return [
        { key: `connector-${connector}`, value: null },
        { key: `target-state-${connector}`, value: null },
      ];
    });
    await this.#runner(connector).wake();
    this.statuses.resetTopics(connector);
  }

  /** @throws RequestError 404 */
  async setTarget(connector: string, target: TargetState): Promise<void> {
    await this.#append(() => {
      if (this.state.get(connector) === undefined) throw new RequestError(404, `Unknown connector ${connector}`);
      return [targetRecord(connector, target)];
    });
  }

  /** Restarts what failed, or all of it (KIP-745); the parts that are restarted. */
  async restart(connector: string, request: { readonly includeTasks: boolean; readonly onlyFailed: boolean }): Promise<RestartedParts> {
    if (this.state.get(connector) === undefined) throw new RequestError(404, `Unknown connector: ${connector}`);
    const parts = this.#partsToRestart(connector, request);
    const value = { "include-tasks": request.includeTasks, "only-failed": request.onlyFailed };
    await this.#append(() => [{ key: `restart-connector-${connector}`, value }]);
    if (!request.includeTasks) await this.#runner(connector).wake();
    return parts;
  }

  /** Sets a logger's level at every worker. */
  async setClusterLogger(logger: string, level: LoggerLevel): Promise<void> {
    await this.#append(() => [{ key: `logger-cluster-${logger}`, value: { level } }]);
  }

  /** @throws RequestError 404 */
  async restartTask(connector: string, task: number): Promise<void> {
    const wanted = this.state.get(connector);
    if (wanted === undefined) throw new RequestError(404, `Unknown connector: ${connector}`);
    if (wanted.tasks[task] === undefined) throw new RequestError(404, `Unknown task: ${connector}-${task}`);
    await this.#runner(connector).restart({ connector: false, tasks: [task] });
  }

  /** Where a task runs, by `host:port` of the worker's API; undefined: here. */
  taskElsewhere(connector: string, task: number): string | undefined {
    if (this.#leases.owned(connector).task(task)) return undefined;
    return this.statuses.get({ connector, task })?.workerId;
  }

  /** What workers of the group sign with; another is made when it is old (`inter.worker.key.ttl.ms`). */
  async sessionKey(): Promise<SessionKey> {
    const nowMs = this.#options.clock.nowMs();
    const ttlMs = Number(this.properties["inter.worker.key.ttl.ms"] ?? SESSION_KEY_TTL_MS);
    const fresh = (): SessionKey | undefined => this.state.sessionKeys.find(({ createdMs }) => nowMs - createdMs < ttlMs);
    if (fresh() === undefined)
      await this.#append(() =>
        fresh() === undefined ? [sessionKeyRecord({ key: randomBytes(SESSION_KEY_BYTES), createdMs: nowMs })] : [],
      );
    const key = fresh();
    if (key === undefined) throw new RequestError(503, "The workers of the group have no key to sign with; come again.");
    return key;
  }

  /**
   * Before a source's offsets are altered: what is left of its tasks somewhere writes none any more, where sources write exactly once.
   * @throws RequestError 404
   */
  async fenceAll(connector: string): Promise<void> {
    const className = this.wanted(connector).properties["connector.class"] ?? "";
    if (!this.#isExactlyOnce || this.catalogue.has(["source"], className) === undefined) return;
    await fenceTasks(this.client, this.properties["group.id"] ?? "", connector, 0, this.state.fencedTasks(connector));
  }

  /** Resolves when all connectors are, as far as this worker runs them, as they were wanted at the call. */
  async settled(): Promise<void> {
    await this.#wakeAll(new Set([...this.state.names(), ...this.#runners.keys()]));
  }

  /** A few in each turn of the loop: thousands that all look at what is wanted hold it for long. */
  async #wakeAll(connectors: Iterable<string>): Promise<void> {
    const slice = new TimeSlice(this.#options.clock);
    const woken: Promise<void>[] = [];
    for (const connector of connectors) {
      if (this.#isStopped) break;
      woken.push(this.#runner(connector).wake());
      if (woken.length % WOKEN_PER_TURN === 0) await slice.rest();
    }
    await Promise.all(woken);
  }

  /** Gauges of the tasks that run here. */
  metrics(connector: string): ReadonlyMap<number, Readonly<Record<string, number>>> {
    return this.#runners.get(connector)?.metrics() ?? new Map();
  }

  /** Stops what runs here; what is wanted stays. */
  async stop(): Promise<void> {
    this.#isReading = true;
    this.#isStopped = true;
    const stopping = Promise.all([...this.#runners.values()].map((runner) => runner.stop()));
    const stopMs = graceMsOf(this.properties) + 2 * STOP_MORE_MS;
    if (!(await inTime(stopping, stopMs, this.#options.clock)))
      this.#logger.warn("a connector did not end in time; the worker ends without it", { stopMs });
    await Promise.all([this.#taskHost.close?.(), this.#options.pluginThreads?.close()]);
    // What it ran has ended: others may begin.
    await this.#leases.stop();
    await Promise.all([this.#options.configs.stop(), this.#options.statuses.stop(), this.#options.offsets.stop()]);
  }

  async #append(decide: () => readonly ConfigRecord[]): Promise<void> {
    this.requireSound();
    await this.#options.configs.append(decide);
  }

  #partsToRestart(
    connector: string,
    { includeTasks, onlyFailed }: { readonly includeTasks: boolean; readonly onlyFailed: boolean },
  ): RestartedParts {
    const isDue = (state: string | undefined): boolean => !onlyFailed || state === "FAILED";
    return {
      connector: isDue(this.statuses.get({ connector })?.state),
      tasks: includeTasks ? [...this.statuses.tasks(connector)].flatMap(([task, { state }]) => (isDue(state) ? [task] : [])) : [],
    };
  }

  #take(record: ConfigRecord): void {
    const change = this.state.apply(record);
    if (change.kind === "none") return;
    if (change.kind === "logger") {
      const level = loggerLevel(change.level);
      // As Apache's workers do: a level of before is not one of this start.
      if (level !== undefined && !this.#isReading) this.loggers.set(change.logger, level);
      return;
    }
    if (this.#isReading) return;
    if (change.kind === "connector") void this.#runner(change.connector).wake();
    else this.#restartOwned(change);
  }

  /** Each worker restarts what falls to it. */
  #restartOwned(request: RestartRequest): void {
    const { connector } = request;
    if (this.state.get(connector) === undefined) return;
    const owned = this.#leases.owned(connector);
    const parts = this.#partsToRestart(connector, request);
    const mine = { connector: parts.connector && owned.connector, tasks: parts.tasks.filter((task) => owned.task(task)) };
    if (mine.connector || mine.tasks.length > 0) void this.#runner(connector).restart(mine);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#logger.error("the worker can read its configs no more", { error });
  }

  #runner(connector: string): ConnectorRunner {
    let runner = this.#runners.get(connector);
    if (runner === undefined) {
      const made = new ConnectorRunner(connector, {
        ...this.#hostOf(),
        onIdle: () => {
          if (this.#runners.get(connector) === made) this.#runners.delete(connector);
        },
      });
      runner = made;
      this.#runners.set(connector, made);
    }
    return runner;
  }

  #hostOf(): Omit<RunnerHost, "onIdle"> {
    const { clock, workerId, providers } = this.#options;
    return {
      clock,
      random: systemRandom,
      logger: this.#logger,
      catalogue: this.catalogue,
      statuses: this.statuses,
      workerId,
      wanted: (connector) => this.state.get(connector),
      owned: (connector) => this.#leases.owned(connector),
      resolve: (properties) => resolveWithSecrets(properties, providers),
      split: (properties, maxTasks, signal) => this.#plugins.split(properties, maxTasks, signal),
      append: (decide) => this.#append(decide),
      fence: (connector, taskCount) => this.#fence(connector, taskCount),
      startTask: (plan) => this.#startTask(plan),
    };
  }

  get #isExactlyOnce(): boolean {
    return this.properties["exactly.once.source.support"]?.trim() === "enabled" && this.offsets.records !== undefined;
  }

  async #fence(connector: string, taskCount: number): Promise<readonly ConfigRecord[]> {
    const fenced = this.state.fencedTasks(connector);
    const className = this.state.get(connector)?.properties["connector.class"] ?? "";
    if (!this.#isExactlyOnce || this.catalogue.has(["source"], className) === undefined || fenced === taskCount) return [];
    await fenceTasks(this.client, this.properties["group.id"] ?? "", connector, taskCount, fenced);
    return [{ key: `tasks-fencing-${connector}`, value: { "task-count": taskCount } }];
  }

  #startTask(plan: TaskPlan): RunningTask {
    const { clock, client } = this.#options;
    const { connector, properties } = plan;
    return this.#taskHost.start(plan, {
      catalogue: this.catalogue,
      worker: this.properties,
      clients: taskClients(client, this.properties, properties),
      offsets: {
        get: (partition) => this.offsets.get(connector, partition),
        put: (offsets) => this.offsets.put(connector, offsets),
        records: this.#isExactlyOnce ? (offsets) => this.offsets.records?.(connector, offsets) ?? [] : undefined,
      },
      clock,
      logger: namedLogger(this.#logger, { connector, task: plan.task }),
      onTopic: (topic) => this.statuses.addTopic(connector, plan.task, topic),
    });
  }
}

/** All but the framework's own. */
function namesOfNobody(properties: ConnectorProperties): ReadonlySet<string> {
  const known = new Set([...sourceDefinitions, ...sinkDefinitions].flatMap(({ key }) => (key.sensitive ? [] : [key.name])));
  return new Set(Object.keys(properties).filter((name) => !known.has(name)));
}

/** What a restart restarts. */
export interface RestartedParts {
  readonly connector: boolean;
  readonly tasks: readonly number[];
}
