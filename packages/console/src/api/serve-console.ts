import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { type Clock, type DoorRules, type Logger, silentLogger, strangerReason } from "@ottla/base";
import { closeServer, nodeDisk, type OpenPort, systemClock } from "@ottla/base/node";
import type { Client } from "@ottla/client";
import { ClientClusterAccess, type JournalPlace } from "@ottla/expert/collect";
import { ChangeDesk } from "../actions/change-desk.ts";
import { Doctor } from "../findings/doctor.ts";
import { SchemaDecoder } from "../messages/schema-decoder.ts";
import { ConnectClient } from "../services/connect-client.ts";
import { SchemaRegistry } from "../services/schema-registry.ts";
import { ClusterWatch } from "../watch/cluster-watch.ts";
import { consoleApi } from "./console-api.ts";
import type { BesideServices } from "./console-context.ts";
import { UiFiles } from "./ui-files.ts";

/** What is served, and where. */
export interface ServeConsoleOptions {
  /** Reaches the cluster; it is not closed with the console. */
  readonly client: Client;
  /** Closed with the server. Connections that wait there are answered. */
  readonly port: OpenPort;
  /** Whose requests are answered. */
  readonly door: DoorRules;
  /** Where the built pages are. */
  readonly uiFolder: string;
  /** Where it is noted what was changed, so that it can be taken back. */
  readonly journals: JournalPlace;
  readonly readOnly?: boolean;
  readonly services?: BesideServices;
  readonly version?: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** A console that answers. */
export interface ConsoleServer {
  readonly url: string;
  /** Takes no more requests, ends live views, lets other requests end for a second, and closes their connections. */
  close(): Promise<void>;
}

/** Who sends slower than this is not waited for. */
const REQUEST_TIMEOUT_MS = 60_000;
const HEADERS_TIMEOUT_MS = 10_000;

/** Serves the console at a port that was opened before. It asks the cluster nothing until somebody comes. */
export async function serveConsole({
  client,
  port,
  door,
  uiFolder,
  journals,
  readOnly = false,
  services = {},
  version = "0.1.0",
  clock = systemClock,
  logger = silentLogger,
}: ServeConsoleOptions): Promise<ConsoleServer> {
  const watch = new ClusterWatch({ client, clock, logger });
  const access = new ClientClusterAccess(client, clock, journals);
  const registry = services.registry === undefined ? undefined : new SchemaRegistry(services.registry, clock);
  const connect = services.connect === undefined ? undefined : new ConnectClient(services.connect);
  const desk = new ChangeDesk({
    access,
    clock,
    timeline: watch.timeline,
    logger,
    readOnly,
    services: { client, clock, registry, connect },
    onChanged: () => watch.lookAgain("topics", "groups", "settings", "lag"),
  });
  const schemas = services.registry === undefined ? undefined : new SchemaDecoder(services.registry);
  const doctor = new Doctor(access, clock);
  const api = consoleApi({ client, clock, logger, schemas, registry, connect, watch, desk, doctor, readOnly, version, services });
  const ui = UiFiles.read(nodeDisk, uiFolder);
  const listener = getRequestListener(
    (request) => {
      const isApi = new URL(request.url).pathname.startsWith("/api/");
      const reason = isApi
        ? strangerReason(request.headers, door)
        : strangerReason(new Headers({ host: request.headers.get("host") ?? "" }), door);
      if (reason !== undefined) return Response.json({ code: "STRANGER", message: reason }, { status: 403 });
      if (isApi) return api.fetch(request);
      if (request.method !== "GET" && request.method !== "HEAD")
        return Response.json({ code: "NOT_FOUND", message: "Pages are only read." }, { status: 405 });
      return ui.answer(request);
    },
    { hostname: "localhost" },
  );
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS }, (request, response) => {
    void listener(request, response);
  });
  await port.handTo(server);
  return {
    url: `http://${port.authority}`,
    async close() {
      desk.stop();
      await Promise.all([closeServer(server, clock), watch.stop(), schemas?.close(), registry?.[Symbol.asyncDispose]()]);
    },
  };
}
