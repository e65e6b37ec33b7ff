import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import {
  ActionAudit,
  type ActionAuditSettings,
  type Clock,
  type Disk,
  type DoorRules,
  silentLogger,
  strangerReason,
  type TlsServerMaterial,
} from "@ottla/base";
import {
  closeServer,
  type DoorAnswer,
  HttpsServer,
  type HttpsTrust,
  nodeDisk,
  type OpenPort,
  paceServer,
  type RelayedClients,
  RequestDoor,
  systemClock,
  type TurnedAway,
} from "@ottla/base/node";
import { getRequestListener } from "@hono/node-server";
import { ConnectLogins } from "../access/connect-logins.ts";
import type { ConnectUsers } from "../access/connect-users.ts";
import type { ConnectWorker } from "../worker/connect-worker.ts";
import { refusalAnswer } from "./answers.ts";
import { type ConnectApiOptions, connectApi, MAX_BODY_BYTES } from "./connect-api.ts";
import { ConnectDoor } from "./connect-door.ts";
import { OtherWorkers } from "./other-workers.ts";

/** What is served, and where. */
export interface ServeConnectOptions extends Omit<ConnectApiOptions, "worker" | "audit" | "others"> {
  /** Begins the worker, or gives the one that was begun; asked with every request. Callers wait for it a while, and are told where it fails. */
  readonly worker: () => Promise<ConnectWorker>;
  /** Closed with the server. Connections that wait there are answered. */
  readonly port: OpenPort;
  /** Whose requests are answered. */
  readonly door: DoorRules;
  readonly clock?: Clock;
  /** What lets connections of the door before it in. */
  readonly relayed?: RelayedClients | undefined;
  /** Who may log in and do what; left out: nobody logs in, and everybody may do everything. */
  readonly users?: ConnectUsers | undefined;
  /** With it the API is served by HTTPS. */
  readonly tls?: TlsServerMaterial | undefined;
  /** How other workers of the group are reached. */
  readonly trust?: HttpsTrust | undefined;
  /** Where it is told what is done over the API, and what is denied. */
  readonly audit?: ActionAuditSettings | undefined;
  readonly disk?: Disk;
}

/** A REST API that answers. */
export interface ConnectServer {
  readonly url: string;
  /** From now on these may log in. */
  renewUsers(users: ConnectUsers): void;
  /** New connections are served with these. Errors: `TLS_MATERIAL`, and what was before goes on. */
  renewTls(tls: TlsServerMaterial): void;
  /** Takes no more requests, lets those that are there end for a second, and closes their connections. */
  close(): Promise<void>;
}

/** A request waits so long for a worker that starts. */
const START_WAIT_MS = 5_000;
/** Who sends slower than this is not waited for. */
const REQUEST_TIMEOUT_MS = 120_000;
const HEADERS_TIMEOUT_MS = 10_000;
const TYPE = { "Content-Type": "application/json" };

/** Serves a worker's REST API at a port that was opened before; it answers at once, and says that it starts until it does. Who asks is known before the worker is asked for anything. */
export async function serveConnect({
  worker,
  port,
  door: rules,
  relayed,
  users,
  tls,
  trust,
  clock = systemClock,
  disk = nodeDisk,
  logger = silentLogger,
  ...options
}: ServeConnectOptions): Promise<ConnectServer> {
  const audit = new ActionAudit("connect", options.audit, { clock, disk, logger });
  const logins = users === undefined ? undefined : new ConnectLogins(users, clock);
  const door = new ConnectDoor({ logins, relayed, audit, clock });
  const others = new OtherWorkers({ scheme: tls === undefined ? "http" : "https", trust, clock });
  let known: { readonly worker: ConnectWorker; readonly api: ReturnType<typeof connectApi> } | undefined;
  const answer = async (request: Request, incoming: IncomingMessage | undefined): Promise<Response> => {
    const identified = await door.identify(request, incoming);
    if (identified instanceof Response) return identified;
    let begun: ConnectWorker | undefined;
    try {
      begun = await within(worker(), START_WAIT_MS, clock);
    } catch (error) {
      return refusalAnswer(500, `The worker could not be started: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (begun === undefined) return starting(request);
    const visitor = identified ?? door.passedOn(request, incoming, begun);
    if (visitor instanceof Response) return visitor;
    if (known?.worker !== begun) known = { worker: begun, api: connectApi({ ...options, worker: begun, logger, audit, others }) };
    return known.api.fetch(request, { visitor });
  };
  const listener = getRequestListener(
    (request, environment) => {
      const reason = strangerReason(request.headers, { ...rules, anyName: users !== undefined });
      if (reason !== undefined) return refusalAnswer(403, reason);
      return answer(request, (environment as { readonly incoming?: IncomingMessage }).incoming);
    },
    // HTTP/1.0 has requests without a host, as load balancers send them to see whether somebody is there.
    { hostname: "localhost" },
  );
  const { maxBodyBytes = MAX_BODY_BYTES } = options;
  const requests = new RequestDoor({ maxBodyBytes, refusal: (why) => turnedAway(why, maxBodyBytes) });
  const { server, renewTls } = serverOf(tls, relayed, (request, response) => {
    void requests.admit(request, response).then((isAdmitted) => (isAdmitted ? listener(request, response) : undefined));
  });
  relayed?.attach(server);
  await port.handTo(server);
  return {
    url: `${tls === undefined ? "http" : "https"}://${port.authority}`,
    renewUsers: (renewed) => logins?.replace(renewed),
    renewTls,
    async close() {
      await closeServer(server, clock);
      await audit.close();
    },
  };
}

function serverOf(
  tls: TlsServerMaterial | undefined,
  relayed: RelayedClients | undefined,
  onRequest: RequestListener,
): { readonly server: Server; renewTls(tls: TlsServerMaterial): void } {
  const times = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS };
  if (tls === undefined) {
    const server = createServer(times, onRequest);
    paceServer(server);
    return { server, renewTls() {} };
  }
  const server = new HttpsServer(tls, { ...times, hostOf: relayed && ((socket) => relayed.addressOf(socket)) }, onRequest);
  return { server, renewTls: (renewed) => server.renew(renewed) };
}

/** Undefined when it takes longer. */
function within<T>(promise: Promise<T>, timeoutMs: number, clock: Clock): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = clock.schedule(timeoutMs, () => resolve(undefined));
    promise.then(resolve, reject).finally(() => timer.cancel());
  });
}

function starting(request: Request): Response {
  if (new URL(request.url).pathname === "/health")
    return new Response(JSON.stringify({ status: "starting", message: "Worker is still starting up." }), { status: 503, headers: TYPE });
  return refusalAnswer(503, "The worker is still starting up; come again in a moment.");
}

function turnedAway(why: TurnedAway, maxBodyBytes: number): DoorAnswer {
  const [status, message] = {
    tooLarge: [413, `A body may have ${maxBodyBytes} bytes.`] as const,
    busy: [503, "Too many bodies come in at the same time; come again."] as const,
    scattered: [400, "The body comes in pieces of a few bytes each; send it in larger ones."] as const,
  }[why];
  return { status, headers: TYPE, text: JSON.stringify({ error_code: status, message }) };
}
