import type { Admin } from "../admin/admin-types.ts";
import { type Client, createClient } from "../client.ts";
import { type ClientDeps, resolveDeps } from "../deps.ts";
import { KafkaJSError } from "./errors.ts";
import { clientOptions, type KafkaConfig, type RetryOptions } from "./kafka-config.ts";
import type { Logger } from "./logger.ts";
import { translating } from "./translate-error.ts";

/** How long the first connection may take: as long as kafkajs goes on trying with its defaults. */
const CONNECT_TIMEOUT_MS = 30_000;

/** The client of one admin, producer or consumer: there between `connect` and `disconnect`, as often as wanted. */
export class ConnectedClient {
  readonly deps: ClientDeps;
  readonly #what: string;
  readonly #config: KafkaConfig;
  readonly #retry: RetryOptions | undefined;
  #client: Client | undefined;
  #connecting: Promise<void> | undefined;
  #admin: Admin | undefined;

  constructor(what: string, config: KafkaConfig, retry: RetryOptions | undefined, deps: Partial<ClientDeps>) {
    this.#what = what;
    this.#config = config;
    this.#retry = retry;
    this.deps = resolveDeps(deps);
  }

  get isConnected(): boolean {
    return this.#client !== undefined;
  }

  /** Throws while there is none. */
  get client(): Client {
    if (this.#client === undefined) throw new KafkaJSError(`The ${this.#what} is disconnected`);
    return this.#client;
  }

  get admin(): Admin {
    return (this.#admin ??= this.client.admin());
  }

  /** The admin, connected by its first call when nobody has connected it, as kafkajs's cluster is. */
  get lazyAdmin(): Admin {
    return new Proxy({} as Admin, {
      get:
        (_, call: keyof Admin) =>
        async (...args: readonly unknown[]) => {
          await this.connect();
          return (this.admin[call] as (...given: readonly unknown[]) => unknown)(...args);
        },
    });
  }

  /** Resolves when a broker has answered. Twice is fine. */
  connect(): Promise<void> {
    this.#connecting ??= this.#connect().catch((error: unknown) => {
      this.#connecting = undefined;
      throw error;
    });
    return this.#connecting;
  }

  async disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#admin = undefined;
    this.#connecting = undefined;
    await translating(() => client?.close());
  }

  async #connect(): Promise<void> {
    const client = createClient(await clientOptions(this.#config, this.#retry), this.deps);
    try {
      const retries = this.#retry?.retries ?? this.#config.retry?.retries;
      const timeoutMs = retries === undefined ? CONNECT_TIMEOUT_MS : Math.max(this.#config.connectionTimeout ?? 1000, retries * 1000);
      this.#admin = client.admin();
      await translating(() => this.#admin!.describeCluster({ timeoutMs }));
      this.#client = client;
    } catch (error) {
      this.#admin = undefined;
      await client.close({ timeoutMs: 0 });
      throw error;
    }
  }
}

/** The client's own log lines among those of kafkajs. */
export function clientLogger(logger: Logger): ClientDeps["logger"] {
  return {
    debug: (message, fields) => logger.debug(message, fields),
    info: (message, fields) => logger.info(message, fields),
    warn: (message, fields) => logger.warn(message, fields),
    error: (message, fields) => logger.error(message, fields),
  };
}
