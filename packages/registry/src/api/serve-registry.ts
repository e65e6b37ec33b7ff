import { type Clock, OttlaError } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { serve } from "@hono/node-server";
import type { Registry } from "../service/registry.ts";
import { registryApi, type RegistryApiOptions } from "./registry-api.ts";

/** Where a registry listens. */
export interface ServeRegistryOptions extends Omit<RegistryApiOptions, "registry"> {
  /** The registry, or what gives the one that answers now: one that failed is followed by another. */
  readonly registry: Registry | (() => Registry);
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly clock?: Clock;
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

/** Serves a registry's API. Errors: `PORT_IN_USE`, `LISTEN_FAILED`. */
export function serveRegistry({ host, port, clock = systemClock, registry, ...options }: ServeRegistryOptions): Promise<RegistryServer> {
  const now = typeof registry === "function" ? registry : () => registry;
  let answering = now();
  let api = registryApi({ ...options, registry: answering });
  const fetch: typeof api.fetch = (...request) => {
    const current = now();
    if (current !== answering) {
      answering = current;
      api = registryApi({ ...options, registry: current });
    }
    return api.fetch(...request);
  };
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => {
      const code = error.code === "EADDRINUSE" ? "PORT_IN_USE" : "LISTEN_FAILED";
      reject(new OttlaError(code, `The registry cannot be served at ${host}:${port}: ${error.message}.`, { cause: error }));
    };
    const server = serve(
      { fetch, hostname: host, port, serverOptions: { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS } },
      (address) => {
        server.off("error", refuse);
        const shown = address.address.includes(":") ? `[${address.address}]` : address.address;
        resolve({ url: `http://${shown}:${address.port}`, close });
      },
    );
    server.once("error", refuse);
    const close = (): Promise<void> =>
      new Promise((closed) => {
        server.close(() => closed());
        if ("closeIdleConnections" in server) server.closeIdleConnections();
        clock.schedule(CLOSE_GRACE_MS, () => {
          if ("closeAllConnections" in server) server.closeAllConnections();
        });
      });
  });
}
