import { createServer, type IncomingMessage, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { ActionAudit, type ActionAuditSettings, type Clock, type Disk, type DoorRules, type Logger, silentLogger } from "@ottla/base";
import {
  closeServer,
  HttpsServer,
  inLine,
  nodeDisk,
  type OpenPort,
  paceServer,
  plainMaterial,
  type RelayedClients,
  systemClock,
} from "@ottla/base/node";
import type { Client } from "@ottla/client";
import { ClientClusterAccess, type JournalPlace } from "@ottla/expert/collect";
import { accessOf } from "../access/access-of.ts";
import { AuditTopic } from "../access/audit-topic.ts";
import type { ConsoleUsers } from "../access/console-users.ts";
import { oidcPages } from "../access/oidc/oidc-pages.ts";
import { ChangeDesk } from "../actions/change-desk.ts";
import { Doctor } from "../findings/doctor.ts";
import { examineEarly } from "../findings/early-examination.ts";
import { type Examiner, loopExaminer } from "../findings/examiner.ts";
import { SchemaDecoder } from "../messages/schema-decoder.ts";
import { ConnectRest, type ConnectRestOptions } from "@ottla/connect/rest-client";
import { SchemaRegistry } from "../services/schema-registry.ts";
import { Masking } from "../masking/masking.ts";
import type { MaskingRules } from "../masking/masking-rules.ts";
import { ClusterWatch } from "../watch/cluster-watch.ts";
import { roomsOf } from "./cluster-routes.ts";
import { consoleApi } from "./console-api.ts";
import { consoleAnswers, doorOf } from "./console-answers.ts";
import type { BesideServices, ConsoleContext } from "./console-context.ts";
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
  /** Who may log in; without them nobody logs in, and everybody may everything. */
  readonly users?: ConsoleUsers;
  /** Where browsers reach it, such as `https://console.example`, where that is not where it listens. */
  readonly publicUrl?: string;
  /** With it the console is served by HTTPS. */
  readonly tls?: ConsoleTls;
  /** Who examines the cluster for findings; closed with the server. Without one it is done on this thread. */
  readonly examiner?: Examiner;
  /** What is hidden in records. */
  readonly masking?: MaskingRules;
  /** Where it is told what is done. */
  readonly audit?: ActionAuditSettings;
  /** What tells where clients come from, behind a door that passes connections on. */
  readonly relayed?: RelayedClients;
  readonly disk?: Disk;
  readonly services?: BesideServices;
  /** How it logs in at Connect, and whom it trusts there. */
  readonly connectAccess?: Pick<ConnectRestOptions, "login" | "tls">;
  readonly version?: string;
  /** How many times as often as usual it looks at the cluster, still within 20 requests a second: for a small one that changes all the time. 1 unless it is said. */
  readonly watchRate?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** A key and its certificates, in PEM. */
interface ConsoleTls {
  readonly key: string;
  readonly cert: string;
}

/** A console that answers. */
export interface ConsoleServer {
  readonly url: string;
  /** From now on these may log in; sessions of who may not any more end. */
  renewUsers(users: ConsoleUsers): void;
  /** From now on these say what is hidden. */
  renewMasking(rules: MaskingRules): void;
  /** New connections are served with these. Errors: `TLS_MATERIAL`, and it goes on with those before. */
  renewTls(tls: ConsoleTls): void;
  /** Takes no more requests, ends live views, lets other requests end for a second, and closes their connections. */
  close(): Promise<void>;
}

/** Who sends slower than this is not waited for. */
const REQUEST_TIMEOUT_MS = 60_000;
const HEADERS_TIMEOUT_MS = 10_000;
const CONNECT_REMEDIES = {
  login: "give the console one by --console-connect-user and --console-connect-password-file",
} as const;

/** Serves the console at a port that was opened before. It asks the cluster nothing until somebody comes. */
export async function serveConsole(options: ServeConsoleOptions): Promise<ConsoleServer> {
  const { client, port, door, uiFolder, journals, readOnly = false, users, publicUrl, tls, relayed, connectAccess } = options;
  const { disk = nodeDisk, services = {}, version = "0.1.0", clock = systemClock, logger = silentLogger, watchRate } = options;
  const { examiner = loopExaminer(client, clock) } = options;
  const watch = new ClusterWatch({ client, clock, logger, ...(watchRate !== undefined && { watchRate }) });
  const cluster = new ClientClusterAccess(client, clock, journals);
  const registry = services.registry === undefined ? undefined : new SchemaRegistry(services.registry, clock);
  const connect =
    services.connect === undefined ? undefined : new ConnectRest({ ...connectAccess, url: services.connect, remedies: CONNECT_REMEDIES });
  const desk = new ChangeDesk({
    access: cluster,
    clock,
    timeline: watch.timeline,
    logger,
    readOnly,
    services: { client, clock, registry, connect },
    onChanged: () => watch.lookAgain("topics", "groups", "settings", "lag"),
  });
  const schemas = services.registry === undefined ? undefined : new SchemaDecoder(services.registry);
  const audit = new ActionAudit("console", options.audit, { clock, disk, logger, topicSink: (topic) => new AuditTopic(client, topic) });
  const masking = new Masking(options.masking);
  const access = accessOf({ users, publicUrl, isTls: tls !== undefined, relayed }, { clock, logger });
  const doctor = new Doctor(examiner, clock);
  const callOff = examiner.isApart ? examineEarly({ watch, doctor, clock }) : undefined;
  const world: ConsoleContext = {
    client,
    clock,
    logger,
    schemas,
    registry,
    connect,
    watch,
    desk,
    doctor,
    access,
    audit,
    masking,
    readOnly,
    version,
    services,
  };
  const answer = consoleAnswers({
    api: consoleApi(world),
    pages: oidcPages({ access, audit }),
    ui: UiFiles.read(disk, uiFolder),
    door: doorOf(door, publicUrl, users !== undefined),
    clock,
    looks: () => watch.looks,
    rooms: () => roomsOf(world),
  });
  const { server, renewTls } = serverOf(answer, tls, relayed);
  relayed?.attach(server);
  await port.handTo(server);
  return {
    url: `${tls === undefined ? "http" : "https"}://${port.authority}`,
    renewUsers: (renewed) => {
      access.logins?.replace(renewed);
      if (renewed.oidc !== undefined) access.oidc?.replace(renewed.oidc);
    },
    renewMasking: (rules) => masking.replace(rules),
    renewTls,
    async close() {
      callOff?.();
      desk.stop();
      access.logins?.stop();
      await Promise.all([closeServer(server, clock), watch.stop(), schemas?.close(), registry?.[Symbol.asyncDispose](), examiner.close()]);
      await audit.close();
    },
  };
}

function serverOf(
  answer: ReturnType<typeof consoleAnswers>,
  tls: ConsoleTls | undefined,
  relayed: RelayedClients | undefined,
): { readonly server: Server; renewTls(tls: ConsoleTls): void } {
  const listener = getRequestListener(answer, { hostname: "localhost" });
  const times = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS };
  const onRequest = inLine((request, response) => void listener(request, response));
  if (tls === undefined) {
    const server = createServer(times, onRequest);
    paceServer(server);
    return { server, renewTls() {} };
  }
  const hostOf = relayed && ((socket: IncomingMessage["socket"]): string => relayed.addressOf(socket));
  const server = new HttpsServer(plainMaterial(tls), { ...times, hostOf }, onRequest);
  return { server, renewTls: (renewed) => server.renew(plainMaterial(renewed)) };
}
