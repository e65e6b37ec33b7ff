import type { Logger } from "@ottla/base";
import type { Events } from "./events.ts";

interface NetworkEventNames {
  readonly REQUEST: string;
  readonly REQUEST_TIMEOUT: string;
}

/** Makes kafkajs's network events of what the client's connections log of each request. */
export class NetworkEvents {
  readonly #names: NetworkEventNames;
  readonly #clientId: string;
  #events: Events | undefined;

  constructor(names: NetworkEventNames, clientId: string | undefined) {
    this.#names = names;
    this.#clientId = clientId ?? "kafkajs";
  }

  tell(events: Events): void {
    this.#events = events;
  }

  /** The logger to give to the client; what it hears goes on to `inner`. */
  observe(inner: Logger): Logger {
    return {
      ...inner,
      debug: (message, fields) => {
        inner.debug(message, fields);
        if (message === "request answered" && fields !== undefined) this.#emit(this.#names.REQUEST, fields);
        else if (message === "request timed out" && fields !== undefined) this.#emit(this.#names.REQUEST_TIMEOUT, fields);
      },
    };
  }

  #emit(name: string, fields: Readonly<Record<string, unknown>>): void {
    if (!this.#events?.has(name)) return;
    const { api, apiKey, apiVersion, connection, correlationId, durationMs, responseBytes } = fields;
    const sentAt = this.#events.nowMs - Math.round(Number(durationMs));
    this.#events.emit(name, {
      apiKey,
      apiName: api,
      apiVersion,
      broker: connection,
      clientId: this.#clientId,
      correlationId,
      createdAt: sentAt,
      sentAt,
      pendingDuration: 0,
      ...(name === this.#names.REQUEST ? { duration: durationMs, size: responseBytes } : {}),
    });
  }
}
