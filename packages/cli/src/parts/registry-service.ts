import { Worker } from "node:worker_threads";
import { type OpenPort, systemClock } from "@ottla/base/node";
import { type Client, clientOptionsFromProperties, createClient } from "@ottla/client";
import { type AccessList, readAccessList } from "@ottla/registry/access";
// Not the whole package: its formats are loaded behind the first answers.
import {
  Logins,
  Registry,
  type RegistryServer,
  RenewedRegistry,
  type SchemaFormats,
  SchemaJudge,
  SchemasTopic,
  serveRegistry,
} from "@ottla/registry/service";
import { readAccessFile, readTlsFiles, type TlsFiles } from "../access-files.ts";
import { readPropertiesFile } from "../properties-file.ts";
import type { PartContext, PartSettings } from "./part.ts";
import { renewing } from "./watched-files.ts";

const CLIENT_CLOSE_MS = 1_000;
const FORMATS_AFTER_MS = 200;

/** The registry behind its port: a client, the registry over its topic, and its API. */
export class RegistryService {
  readonly #client: Client;
  readonly #registry: RenewedRegistry;
  readonly #server: RegistryServer;
  readonly #judge: SchemaJudge | undefined;
  readonly #unwatch: () => void;

  private constructor(
    client: Client,
    registry: RenewedRegistry,
    server: RegistryServer,
    judge: SchemaJudge | undefined,
    unwatch: () => void,
  ) {
    this.#client = client;
    this.#registry = registry;
    this.#server = server;
    this.#judge = judge;
    this.#unwatch = unwatch;
  }

  static async start({ addresses, settings, logger }: PartContext, port: OpenPort, signal: AbortSignal): Promise<RegistryService> {
    const commandConfig = text(settings, "commandConfig");
    const properties = commandConfig === undefined ? new Map<string, string>() : readPropertiesFile(commandConfig, "commandConfig");
    const client = createClient({
      clientId: "ottla-registry",
      ...clientOptionsFromProperties(properties),
      bootstrapServers: text(settings, "bootstrap") ?? addresses["bootstrap"] ?? "",
      signal,
    });
    const users = text(settings, "usersFile");
    const logins = users === undefined ? undefined : new Logins(readUsers(users));
    const tlsFiles = tlsFilesOf(settings);
    const tls = tlsFiles === undefined ? undefined : readTlsFiles(tlsFiles, "registry");
    const formats: { -readonly [Type in keyof SchemaFormats]: SchemaFormats[Type] } = {};
    const url = text(settings, "url") ?? `${tls === undefined ? "http" : "https"}://${port.authority}`;
    // A broker whose registry nobody uses has no topic of it; over a cluster it is better known at the start what the cluster refuses.
    const creation = settings["createsTopic"] === true ? "at-start" : "with-first-write";
    const judge = judgeOf(settings);
    const begin = (): Promise<Registry> =>
      Registry.start({ log: new SchemasTopic({ client, creation }), formats, offLoop: judge, logger, url });
    const registry = await RenewedRegistry.start({ begin, logger, signal });
    let loading: Promise<unknown> | undefined;
    const loadFormats = (): Promise<unknown> => {
      loading ??= import("@ottla/registry/formats").then(async (module) => Object.assign(formats, await module.loadFormats()));
      return loading;
    };
    const server = await serveRegistry({
      registry,
      port,
      logger,
      loadFormats,
      ...(logins !== undefined && { logins }),
      ...(tls !== undefined && { tls }),
    });
    // Behind the first answers, most of which read no schema; whoever brings one sooner waits for it.
    systemClock.schedule(FORMATS_AFTER_MS, () => {
      loadFormats().catch((error: unknown) => logger.error("The registry cannot read schemas, as its code cannot be loaded.", { error }));
    });
    const unwatch = [
      ...(users === undefined || logins === undefined
        ? []
        : [renewing("registry", [users], logger, () => logins.replace(readUsers(users)))]),
      ...(tlsFiles === undefined
        ? []
        : [renewing("registry", [tlsFiles.certificate, tlsFiles.key], logger, () => server.renewTls(readTlsFiles(tlsFiles, "registry")))]),
    ];
    return new RegistryService(client, registry, server, judge, () => {
      for (const stop of unwatch) stop();
    });
  }

  async stop(): Promise<void> {
    this.#unwatch();
    await this.#server.close();
    await this.#registry.stop();
    this.#judge?.close();
    await closed(this.#client);
  }
}

function readUsers(file: string): AccessList {
  return readAccessFile(file, "--registry-users", readAccessList);
}

/** What one schema may take of memory before it is refused. */
const JUDGE_MEMORY_MIB = 512;

/** Undefined where nobody said by which script threads are made: large schemas are read here then. */
function judgeOf(settings: PartSettings): SchemaJudge | undefined {
  const entry = text(settings, "entry");
  if (entry === undefined) return undefined;
  const options = { name: "ottla schemas", workerData: "judge", resourceLimits: { maxOldGenerationSizeMb: JUDGE_MEMORY_MIB } };
  return new SchemaJudge({ makeThread: () => new Worker(new URL(entry), options) });
}

function tlsFilesOf(settings: PartSettings): TlsFiles | undefined {
  const [certificate, key] = [text(settings, "certificateFile"), text(settings, "keyFile")];
  return certificate === undefined || key === undefined ? undefined : { certificate, key, ca: text(settings, "caFile") };
}

function text(settings: PartSettings, name: string): string | undefined {
  const value = settings[name];
  return typeof value === "string" ? value : undefined;
}

function closed(client: Client): Promise<void> {
  return client.close({ timeoutMs: CLIENT_CLOSE_MS }).catch(() => {});
}
