import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Clock, invariant, OttlaError, silentLogger } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { Registry } from "../service/registry.ts";
import type { RegistryApiOptions } from "./registry-api.ts";

/** Where a registry listens. */
export interface ServeRegistryOptions extends Omit<RegistryApiOptions, "registry"> {
  /** The registry, or what gives the one that answers now: one that failed is followed by another. */
  readonly registry: Registry | (() => Registry);
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly clock?: Clock;
  /** What must be there before the first answer and not before the start, such as formats that are dear to load. */
  readonly prepare?: () => Promise<void>;
}

/** A registry that answers. */
export interface RegistryServer {
  readonly url: string;
  /** Takes no more requests, lets those that are there end for a second, and closes their connections. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 1_000;
/** Who sends slower than this is not waited for. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;

/**
 * Serves a registry's API. What reads requests is loaded once connections are accepted, since a start is waited for; the first request waits for that. Errors: `PORT_IN_USE`, `LISTEN_FAILED`.
 */
export function serveRegistry({ host, port, clock = systemClock, ...options }: ServeRegistryOptions): Promise<RegistryServer> {
  const { logger = silentLogger } = options;
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS });
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const code = error.code === "EADDRINUSE" ? "PORT_IN_USE" : "LISTEN_FAILED";
      reject(new OttlaError(code, `The registry cannot be served at ${host}:${port}: ${error.message}.`, { cause: error }));
    });
    server.listen(port, host, () => {
      const answering = requestListener(options);
      answering.catch((error: unknown) => logger.error("The registry cannot answer, as its code cannot be loaded.", { error }));
      server.on("request", (request, response) => {
        answering.then(
          (answer) => answer(request, response),
          () => response.destroy(),
        );
      });
      resolve({ url: urlOf(server), close: () => closed(server, clock) });
    });
  });
}

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** The API of the registry that is current at each request. */
async function requestListener({ registry, prepare, ...options }: Omit<ServeRegistryOptions, "host" | "port" | "clock">): Promise<Answer> {
  const [{ getRequestListener }, { registryApi }] = await Promise.all([
    import("@hono/node-server"),
    import("./registry-api.ts"),
    prepare?.(),
  ]);
  const current = typeof registry === "function" ? registry : () => registry;
  let of = current();
  let api = registryApi({ ...options, registry: of });
  return getRequestListener((request, env) => {
    const now = current();
    if (now !== of) {
      of = now;
      api = registryApi({ ...options, registry: now });
    }
    return api.fetch(request, env);
  });
}

function urlOf(server: Server): string {
  const bound = server.address();
  invariant(bound !== null && typeof bound === "object", "A server that listens on a port has one.");
  return `http://${bound.address.includes(":") ? `[${bound.address}]` : bound.address}:${bound.port}`;
}

function closed(server: Server, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.schedule(CLOSE_GRACE_MS, () => server.closeAllConnections());
    server.close(() => {
      timer.cancel();
      resolve();
    });
    server.closeIdleConnections();
  });
}
