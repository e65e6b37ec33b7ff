import { createServer, type Server } from "node:http";
import type { Clock } from "@ottla/base";
import { type OpenPort, systemClock } from "@ottla/base/node";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { RegistryError } from "../registry-error.ts";
import type { Registry } from "../service/registry.ts";
import { refusal } from "./answers.ts";
import { registryApi, type RegistryApiOptions } from "./registry-api.ts";

/** What is served, and where. */
export interface ServeRegistryOptions extends Omit<RegistryApiOptions, "registry"> {
  /** The registry, or what gives the one that answers now: one that failed is followed by another. What it throws is answered. */
  readonly registry: Registry | (() => Registry);
  /** Closed with the server. Connections that wait there are answered. */
  readonly port: OpenPort;
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

/** Serves a registry's API at a port that was opened before. */
export async function serveRegistry({ registry, port, clock = systemClock, ...options }: ServeRegistryOptions): Promise<RegistryServer> {
  const url = `http://${port.authority}`;
  const answer = answering(registry, options);
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS },
    (request, response) => void answer(request, response),
  );
  await port.handTo(server);
  return { url, close: () => closed(server, clock) };
}

/** The API of the registry that is current at each request. */
function answering(
  registry: Registry | (() => Registry),
  options: Omit<RegistryApiOptions, "registry">,
): ReturnType<typeof getRequestListener> {
  const current = typeof registry === "function" ? registry : () => registry;
  let known: { readonly of: Registry; readonly api: Hono } | undefined;
  return getRequestListener((request, env) => {
    let of: Registry;
    try {
      of = current();
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      return refusal(error);
    }
    if (known?.of !== of) known = { of, api: registryApi({ ...options, registry: of }) };
    return known.api.fetch(request, env);
  });
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
