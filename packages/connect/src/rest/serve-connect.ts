import { createServer } from "node:http";
import { type Clock, type DoorRules, silentLogger, strangerReason } from "@ottla/base";
import {
  closeServer,
  type DoorAnswer,
  type OpenPort,
  type RelayedClients,
  RequestDoor,
  systemClock,
  type TurnedAway,
} from "@ottla/base/node";
import { getRequestListener } from "@hono/node-server";
import type { ConnectWorker } from "../worker/connect-worker.ts";
import { type ConnectApiOptions, connectApi, MAX_BODY_BYTES } from "./connect-api.ts";

/** What is served, and where. */
export interface ServeConnectOptions extends Omit<ConnectApiOptions, "worker"> {
  /** Begins the worker, or gives the one that was begun; asked with every request. Callers wait for it a while, and are told where it fails. */
  readonly worker: () => Promise<ConnectWorker>;
  /** Closed with the server. Connections that wait there are answered. */
  readonly port: OpenPort;
  /** Whose requests are answered. */
  readonly door: DoorRules;
  readonly clock?: Clock;
  /** What lets connections of the door before it in. */
  readonly relayed?: RelayedClients | undefined;
}

/** A REST API that answers. */
export interface ConnectServer {
  readonly url: string;
  /** Takes no more requests, lets those that are there end for a second, and closes their connections. */
  close(): Promise<void>;
}

/** A request waits so long for a worker that starts. */
const START_WAIT_MS = 5_000;
/** Who sends slower than this is not waited for. */
const REQUEST_TIMEOUT_MS = 120_000;
const HEADERS_TIMEOUT_MS = 10_000;
const TYPE = { "Content-Type": "application/json" };

/** Serves a worker's REST API at a port that was opened before; it answers at once, and says that it starts until it does. */
export async function serveConnect({
  worker,
  port,
  door,
  relayed,
  clock = systemClock,
  logger = silentLogger,
  ...options
}: ServeConnectOptions): Promise<ConnectServer> {
  let known: { readonly worker: ConnectWorker; readonly api: ReturnType<typeof connectApi> } | undefined;
  const answer = async (request: Request): Promise<Response> => {
    let begun: ConnectWorker | undefined;
    try {
      begun = await within(worker(), START_WAIT_MS, clock);
    } catch (error) {
      return errorAnswer(500, `The worker could not be started: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (begun === undefined) return starting(request);
    if (known?.worker !== begun) known = { worker: begun, api: connectApi({ ...options, worker: begun, logger }) };
    return known.api.fetch(request);
  };
  const listener = getRequestListener(
    (request) => {
      const reason = strangerReason(request.headers, door);
      if (reason !== undefined) return errorAnswer(403, reason);
      return answer(request);
    },
    // HTTP/1.0 has requests without a host, as load balancers send them to see whether somebody is there.
    { hostname: "localhost" },
  );
  const { maxBodyBytes = MAX_BODY_BYTES } = options;
  const requests = new RequestDoor({ maxBodyBytes, refusal: (why) => turnedAway(why, maxBodyBytes) });
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS }, (request, response) => {
    void requests.admit(request, response).then((isAdmitted) => (isAdmitted ? listener(request, response) : undefined));
  });
  relayed?.attach(server);
  await port.handTo(server);
  return { url: `http://${port.authority}`, close: () => closeServer(server, clock) };
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
  return errorAnswer(503, "The worker is still starting up; come again in a moment.");
}

function turnedAway(why: TurnedAway, maxBodyBytes: number): DoorAnswer {
  const [status, message] = {
    tooLarge: [413, `A body may have ${maxBodyBytes} bytes.`] as const,
    busy: [503, "Too many bodies come in at the same time; come again."] as const,
    scattered: [400, "The body comes in pieces of a few bytes each; send it in larger ones."] as const,
  }[why];
  return { status, headers: TYPE, text: JSON.stringify({ error_code: status, message }) };
}

function errorAnswer(status: number, message: string): Response {
  return new Response(JSON.stringify({ error_code: status, message }), { status, headers: TYPE });
}
