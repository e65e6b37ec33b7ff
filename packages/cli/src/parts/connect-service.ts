import { hostNameIn, type Logger } from "@ottla/base";
import { nodeDisk, type OpenPort, RelayedClients, systemClock } from "@ottla/base/node";
import type { Client } from "@ottla/client";
import {
  accessClient,
  builtinPlugins,
  type ClusterAccess,
  ConnectLoggers,
  type ConnectServer,
  type ConnectWorker,
  crashTask,
  loadPluginFolder,
  PluginCatalogue,
  PluginThreads,
  serveConnect,
  startWorker,
  ThreadTaskHost,
} from "@ottla/connect/worker";
import { readPropertiesFile } from "../properties-file.ts";
import { ConnectAccess } from "./connect-access.ts";
import type { PartContext, PartSettings } from "./part.ts";

const CLIENT_CLOSE_MS = 1_000;
const CONFIG_TOPIC = "connect-configs";
/** A worker that could not start is tried again with a request that comes so much later. */
const AGAIN_MS = 2_000;

/** A worker behind its port: its client, the worker, and its API. */
export class ConnectService {
  readonly #client: Client;
  readonly #server: ConnectServer;
  readonly #worker: BegunWorker;
  readonly #unwatch: () => void;

  private constructor(client: Client, server: ConnectServer, worker: BegunWorker, unwatch: () => void) {
    this.#client = client;
    this.#server = server;
    this.#worker = worker;
    this.#unwatch = unwatch;
  }

  static async start(context: PartContext, port: OpenPort): Promise<ConnectService> {
    const { addresses, settings } = context;
    const logger = new ConnectLoggers(context.logger, systemClock);
    const own = text(settings, "propertiesFile");
    const commandConfig = text(settings, "commandConfig");
    const login = commandConfig === undefined ? {} : Object.fromEntries(readPropertiesFile(commandConfig, "commandConfig"));
    const properties = {
      ...defaults(settings),
      ...(own === undefined ? {} : Object.fromEntries(readPropertiesFile(own, "connect-config"))),
    };
    const access: ClusterAccess = { bootstrapServers: text(settings, "bootstrap") ?? addresses["bootstrap"] ?? "", properties, login };
    const client = accessClient(access);
    const door = await ConnectAccess.read(settings, properties);
    // It is not ended by the part's signal: what runs is to be committed, and the group to be left.
    const workerId = door.advertised(text(settings, "authority") ?? port.authority);
    const worker = new BegunWorker(logger, async () => {
      const wanted = text(settings, "pluginFolder");
      const folder = wanted !== undefined && nodeDisk.stat(wanted)?.isDirectory === true ? wanted : undefined;
      const named = text(settings, "entry");
      const world = { clock: systemClock, logger };
      const environment = process.env;
      // Where nobody said by which script threads are made, all runs here.
      const entry = named === undefined || properties["ottla.threads.max"]?.trim() === "0" ? undefined : new URL(named);
      const pluginThreads =
        entry === undefined || folder === undefined
          ? undefined
          : new PluginThreads({ ...world, entry, pluginFolder: folder, properties, environment });
      const plugins =
        pluginThreads !== undefined
          ? await pluginThreads.list()
          : folder === undefined
            ? []
            : await loadPluginFolder(folder, nodeDisk, logger);
      const catalogue = new PluginCatalogue([...builtinPlugins, ...plugins]);
      const tasks = entry === undefined ? undefined : new ThreadTaskHost({ ...world, entry, access, properties });
      return startWorker({
        ...world,
        client,
        catalogue,
        properties,
        workerId,
        environment,
        disk: nodeDisk,
        ...(pluginThreads !== undefined && { pluginThreads }),
        ...(tasks !== undefined && { tasks }),
      });
    });
    keepThreadAlive(logger);
    const boundHost = hostNameIn(text(settings, "outerHost") ?? text(settings, "authority") ?? port.authority);
    const secret = text(settings, "relaySecret");
    const relayed = secret === undefined ? undefined : new RelayedClients(secret);
    const server = await serveConnect({
      ...door.served,
      worker: () => worker.get(),
      port,
      logger,
      door: { boundHost, names: [], origins: [] },
      relayed,
    });
    void beginsAgain(client, properties).then(
      (begins) => {
        // What it fails with is told in the log.
        if (begins) worker.get().catch(() => {});
      },
      () => {},
    );
    return new ConnectService(client, server, worker, door.watch(server, context.logger));
  }

  async stop(): Promise<void> {
    this.#unwatch();
    await this.#server.close();
    await this.#worker.stop();
    await this.#client.close({ timeoutMs: CLIENT_CLOSE_MS });
  }
}

/** A worker that is begun when somebody asks for it, and begun anew where that failed. */
class BegunWorker {
  readonly #begin: () => Promise<ConnectWorker>;
  readonly #logger: Logger;
  #begun: Promise<ConnectWorker> | undefined;

  constructor(logger: Logger, begin: () => Promise<ConnectWorker>) {
    this.#begin = begin;
    this.#logger = logger;
  }

  get(): Promise<ConnectWorker> {
    if (this.#begun !== undefined) return this.#begun;
    const begun = this.#begin();
    this.#begun = begun;
    begun.catch((error: unknown) => {
      this.#logger.error("Connect could not be started; it is tried again with a later request.", { error });
      systemClock.schedule(AGAIN_MS, () => {
        if (this.#begun === begun) this.#begun = undefined;
      });
    });
    return begun;
  }

  async stop(): Promise<void> {
    await (await this.#begun?.catch(() => undefined))?.stop();
  }
}

/** An error that nobody caught fails the task that it came from; one of no task is told, and ends nothing: every connector depends on this thread. */
function keepThreadAlive(logger: Logger): void {
  const took = (error: unknown): void => {
    if (!crashTask(error)) logger.error("An error was thrown in Connect where nobody catches.", { error });
  };
  process.on("uncaughtException", took);
  process.on("unhandledRejection", took);
}

/** Whether there may be connectors from before: without its topics nobody has ever used it here. */
async function beginsAgain(client: Client, properties: Readonly<Record<string, string>>): Promise<boolean> {
  const [found] = await client.admin().describeTopics([properties["config.storage.topic"] ?? CONFIG_TOPIC]);
  return found?.error === undefined;
}

function defaults(settings: PartSettings): Record<string, string> {
  const groupId = text(settings, "groupId");
  const flushMs = settings["flushIntervalMs"];
  return {
    ...(groupId !== undefined && { "group.id": groupId }),
    ...(typeof flushMs === "number" && { "offset.flush.interval.ms": String(flushMs) }),
  };
}

function text(settings: PartSettings, name: string): string | undefined {
  const value = settings[name];
  return typeof value === "string" ? value : undefined;
}
