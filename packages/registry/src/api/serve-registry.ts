import type { Clock } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { serve } from "@hono/node-server";
import { registryApi, type RegistryApiOptions } from "./registry-api.ts";

/** Where a registry listens. */
export interface ServeRegistryOptions extends RegistryApiOptions {
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

/** Serves a registry's API. Rejects when the port is taken. */
export function serveRegistry({ host, port, clock = systemClock, ...options }: ServeRegistryOptions): Promise<RegistryServer> {
  const api = registryApi(options);
  return new Promise((resolve, reject) => {
    const server = serve(
      { fetch: api.fetch, hostname: host, port, serverOptions: { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS } },
      (address) => {
        server.off("error", reject);
        const shown = address.address.includes(":") ? `[${address.address}]` : address.address;
        resolve({ url: `http://${shown}:${address.port}`, close });
      },
    );
    server.once("error", reject);
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
