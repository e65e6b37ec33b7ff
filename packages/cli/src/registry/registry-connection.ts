import { OttlaError } from "@ottla/base";
import { type RegistryClient, RegistryClientError } from "@ottla/serdes";
import { registryClient } from "./registry-client.ts";
import type { RegistrySettings } from "./registry-settings.ts";

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** What a registry refused, with the number by which registries tell why. */
export class RegistryRefusal extends OttlaError {
  override readonly name = "RegistryRefusal";
  readonly status: number;
  /** 40401, 40901 …; the HTTP status where the body tells no number. */
  readonly errorCode: number;

  constructor(message: string, status: number, errorCode: number) {
    super("REGISTRY_REFUSED", message);
    this.status = status;
    this.errorCode = errorCode;
  }

  /** Whether it says that a subject, a version, a schema or a setting is not there. */
  get isNotFound(): boolean {
    return this.status === 404;
  }
}

export interface RegistryQuery {
  readonly [name: string]: string | number | boolean | undefined;
}

/** Requests to one registry, whoever made it, by the client that serdes use; what goes wrong is told in the command line's words. */
export class RegistryConnection {
  readonly #settings: RegistrySettings;
  readonly #client: RegistryClient;
  readonly #signal: AbortSignal | undefined;

  constructor(settings: RegistrySettings, signal: AbortSignal | undefined, client: RegistryClient = registryClient(settings)) {
    this.#settings = settings;
    this.#client = client;
    this.#signal = signal;
  }

  /** Where it is, for sentences. */
  get name(): string {
    return this.#settings.urls.map(({ href }) => href.replace(/\/$/, "")).join(", ");
  }

  /** The same, whatever ends the command: for what must be put in order behind a failure. */
  withoutSignal(): RegistryConnection {
    return new RegistryConnection(this.#settings, undefined, this.#client);
  }

  get(path: string, query?: RegistryQuery): Promise<unknown> {
    return this.send("GET", path, undefined, query);
  }

  /** Errors: {@link RegistryRefusal}, `REGISTRY_UNREACHABLE`, `REGISTRY_LOGIN_REFUSED`, `REGISTRY_ANSWER_UNREADABLE`. */
  async send(method: Method, path: string, body?: unknown, query: RegistryQuery = {}): Promise<unknown> {
    const asked = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== false) asked.set(name, String(value));
    const search = asked.size === 0 ? "" : `?${asked.toString()}`;
    try {
      return await this.#client.request({ method, path: `${path}${search}`, body, signal: this.#signal });
    } catch (error) {
      if (this.#signal?.aborted) throw this.#signal.reason;
      throw error instanceof RegistryClientError ? this.#inOurWords(error) : error;
    }
  }

  #inOurWords(error: RegistryClientError): OttlaError {
    if (error.code === "REGISTRY_UNREACHABLE" && error.status !== undefined) {
      const message = `The registry at ${this.name} cannot serve this for now: it ${error.problem}. Try again later, and look at the registry and its cluster.`;
      return new OttlaError("REGISTRY_UNREACHABLE", message, { cause: error });
    }
    if (error.code === "REGISTRY_UNREACHABLE") {
      const reason = error.cause instanceof Error ? reasonIn(error.cause) : error.problem;
      const why = reason === undefined ? "" : ` (${reason})`;
      const message = `No registry answers at ${this.name}${why}; start one with "ottla dev", or name yours with --registry-url.`;
      return new OttlaError("REGISTRY_UNREACHABLE", message, { cause: error });
    }
    const isUnreadable = error.code === "REGISTRY_REFUSED" && error.problem === undefined && error.status !== 401;
    if (error.code === "REGISTRY_BAD_ANSWER" || isUnreadable) {
      const message = `What answers at ${this.name} is no Schema Registry: status ${error.status ?? "unknown"}, and its answer is no JSON; check --registry-url.`;
      return new OttlaError("REGISTRY_ANSWER_UNREADABLE", message, { cause: error });
    }
    if (error.status === undefined) return error;
    if (error.status === 401) {
      const what = this.#settings.authorization === undefined ? "asks for a login" : "refuses this login";
      const message = `The registry at ${this.name} ${what}; give --registry-user, or basic.auth.user.info in --command-config.`;
      return new OttlaError("REGISTRY_LOGIN_REFUSED", message, { cause: error });
    }
    return new RegistryRefusal(error.problem ?? error.message, error.status, error.errorCode ?? error.status);
  }
}

/** Of several addresses of a name the first says enough. */
function reasonIn(error: Error): string {
  const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : undefined;
  return (first ?? error).message.replace(/\.$/, "");
}
