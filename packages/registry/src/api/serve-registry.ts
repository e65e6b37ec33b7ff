import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { type Clock, type Logger, silentLogger } from "@ottla/base";
import {
  closeServer,
  type DoorAnswer,
  HttpsServer,
  type OpenPort,
  paceServer,
  plainMaterial,
  RequestDoor,
  systemClock,
  type TurnedAway,
} from "@ottla/base/node";
import { getRequestListener, RequestError } from "@hono/node-server";
import { RegistryError } from "../registry-error.ts";
import { Registry } from "../service/registry.ts";
import { bodyTooLarge, refusal, unforeseen } from "./answers.ts";
import { followedApi, type FollowedRegistry } from "./followed-api.ts";
import { type Forward, forwardOverHttp } from "./forward-request.ts";
import { type LedApi, ledApi } from "./led-api.ts";
import { MAX_BODY_BYTES, registryApi, type RegistryApiOptions } from "./registry-api.ts";

/** What is served, and where. */
export interface ServeRegistryOptions extends Omit<RegistryApiOptions, "registry"> {
  /** The registry, or what gives the one that answers now: one that failed is followed by another. */
  readonly registry: Registry | FollowedRegistry;
  /** Closed with the server. Connections that wait there are answered. */
  readonly port: OpenPort;
  readonly clock?: Clock;
  /** With it the registry is served by HTTPS. */
  readonly tls?: RegistryTls;
  /** Asked before each request that may read a schema: what reads them is dear to load, and other requests are answered without it. */
  readonly loadFormats?: () => Promise<unknown>;
}

/** A key and its certificates, in PEM. */
export interface RegistryTls {
  readonly key: string;
  readonly cert: string;
  /** What other instances' certificates are checked with; the system's when left out. */
  readonly ca?: string;
}

/** A registry that answers. */
export interface RegistryServer {
  readonly url: string;
  /** New connections are served with these. Errors: `TLS_MATERIAL`, and it goes on with those before. */
  renewTls(tls: RegistryTls): void;
  /** Takes no more requests, lets those that are there end for a second, and closes their connections. */
  close(): Promise<void>;
}

/** Who sends slower than this is not waited for. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;

/** Serves a registry's API at a port that was opened before. */
export async function serveRegistry({
  registry,
  port,
  clock = systemClock,
  tls,
  loadFormats,
  ...options
}: ServeRegistryOptions): Promise<RegistryServer> {
  const others = forwardOverHttp({ ...(tls?.ca !== undefined && { ca: tls.ca }) });
  const answer = answering(registry, others.forward, { ...options, ...(loadFormats && { loadFormats }) });
  const { maxBodyBytes = MAX_BODY_BYTES } = options;
  const door = new RequestDoor({ maxBodyBytes, refusal: (why) => doorAnswer(turnedAway(why, maxBodyBytes)) });
  const listener: RequestListener = (request, response) => {
    void door.admit(request, response).then((isAdmitted) => (isAdmitted ? answer(request, response) : undefined));
  };
  const times = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS };
  const secure = tls && new HttpsServer(plainMaterial(tls), times, listener);
  const server = secure ?? createServer(times, listener);
  if (secure === undefined) paceServer(server);
  server.once("close", others.close);
  await port.handTo(server);
  return {
    url: `${secure === undefined ? "http" : "https"}://${port.authority}`,
    renewTls: (renewed) => secure?.renew(plainMaterial(renewed)),
    close: () => closeServer(server, clock),
  };
}

/** The API of the registry that is current at each request. */
function answering(
  registry: Registry | FollowedRegistry,
  forward: Forward,
  { loadFormats, ...options }: Omit<RegistryApiOptions, "registry"> & Pick<ServeRegistryOptions, "loadFormats">,
): ReturnType<typeof getRequestListener> {
  const { logger = silentLogger, maxBodyBytes = MAX_BODY_BYTES } = options;
  const apiOf = (served: Registry): LedApi => {
    const api = registryApi({ ...options, registry: served });
    const answer = async (request: Request): Promise<Response> => {
      if (loadFormats !== undefined && mayReadSchemas(request)) await loadFormats();
      return api.fetch(request);
    };
    return ledApi({ registry: served, answer, forward, logger, maxBodyBytes });
  };
  const api = followedApi({ registry: registry instanceof Registry ? lonely(registry) : registry, apiOf, maxBodyBytes });
  return getRequestListener(
    (request, { incoming }) => (hasDots(incoming as IncomingMessage) ? refusal(dots()) : api(request)),
    // HTTP/1.0 has requests without a host, as load balancers send them to see whether somebody is there.
    { hostname: "localhost", errorHandler: (error) => answerBroken(error, logger) },
  );
}

function answerBroken(error: unknown, logger: Logger): Response {
  if (error instanceof RequestError)
    return refusal(new RegistryError("REGISTRY_BAD_REQUEST", "The request's target and its Host header make no URL of this registry."));
  return unforeseen(error, "", logger);
}

function turnedAway(why: TurnedAway, maxBodyBytes: number): RegistryError {
  if (why === "tooLarge") return bodyTooLarge(maxBodyBytes);
  if (why === "busy") return new RegistryError("REGISTRY_BUSY", "Too many bodies come in at the same time; come again.");
  return new RegistryError("REGISTRY_BAD_REQUEST", "The body comes in pieces of a few bytes each; send it in larger ones.");
}

async function doorAnswer(error: RegistryError): Promise<DoorAnswer> {
  const answer = refusal(error);
  return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() };
}

function lonely(registry: Registry): FollowedRegistry {
  return { current: registry, renewed: () => Promise.resolve(false) };
}

/** A URL takes them out with the segment before: what is asked of a subject "." or ".." would be asked of something else. */
function hasDots({ url = "" }: IncomingMessage): boolean {
  const [path = ""] = url.split(/[?#]/, 1);
  return /\/(?:\.|%2e){1,2}(?:\/|$)/i.test(path);
}

function dots(): RegistryError {
  return new RegistryError("REGISTRY_BAD_REQUEST", 'A part of the path is "." or ".."; no subject can be called so.');
}

function mayReadSchemas({ method, url }: Request): boolean {
  return method !== "GET" || /[?&]format=|\/schemas\/types/.test(url);
}
