import type { IncomingMessage } from "node:http";
import type { ActionAudit, Clock } from "@ottla/base";
import { peerSubjectOf, type RelayedClients } from "@ottla/base/node";
import type { ConnectLogins, LoginRefusal } from "../access/connect-logins.ts";
import { EVERYTHING } from "../access/connect-rights.ts";
import { anybody, type ConnectVisitor } from "../access/connect-visitor.ts";
import { askerOf, SeenSignatures, SIGNATURE_HEADER } from "../access/worker-signature.ts";
import type { ConnectWorker } from "../worker/connect-worker.ts";
import { refusalAnswer } from "./answers.ts";

/** What a door stands on. */
export interface ConnectDoorOptions {
  /** Undefined: nobody logs in. */
  readonly logins: ConnectLogins | undefined;
  readonly relayed: RelayedClients | undefined;
  readonly audit: ActionAudit | undefined;
  readonly clock: Clock;
}

/** Which requests one worker passes on to another. */
const PASSED_ON = /^\/connectors\/[^/]+\/tasks\/[0-9]+\/restart$/;

/** Who comes in at a worker's REST API: says who asks, before anything is asked of the worker. */
export class ConnectDoor {
  readonly #options: ConnectDoorOptions;
  readonly #seen = new SeenSignatures();

  constructor(options: ConnectDoorOptions) {
    this.#options = options;
  }

  /** Who sends a request, or why nobody is told anything; undefined for a request that another worker signed, which {@link passedOn} looks at. */
  async identify(request: Request, incoming: IncomingMessage | undefined): Promise<ConnectVisitor | Response | undefined> {
    const { logins, audit } = this.#options;
    const host = this.#hostOf(incoming);
    const certificate = incoming === undefined ? undefined : peerSubjectOf(incoming.socket);
    if (logins === undefined)
      return certificate === undefined ? anybody(host) : { name: certificate, how: "certificate", host, rights: EVERYTHING };
    if (new URL(request.url).pathname === "/health") return anybody(host);
    if (isPassedOn(request)) return undefined;
    const authorization = request.headers.get("authorization") ?? undefined;
    const found = await logins.login({ authorization, certificate, host });
    if (typeof found !== "string") return found;
    if (found === "refused" || found === "limited")
      audit?.login({ host }, "PASSWORD", found === "refused" ? "invalid-credentials" : "rate-limited");
    return refused(found);
  }

  /** Who asked another worker of the group, which passed it on; each request once. */
  passedOn(request: Request, incoming: IncomingMessage | undefined, worker: ConnectWorker): ConnectVisitor | Response {
    const { clock, audit } = this.#options;
    const { pathname, search } = new URL(request.url);
    const path = { method: request.method, path: `${pathname}${search}`, workerId: worker.workerId };
    const nowMs = clock.nowMs();
    const asker = askerOf(path, request.headers, worker.state.sessionKeys, nowMs);
    if (asker === "unknown-key") return refusalAnswer(503, "The key of that signature is not known here yet; come again.");
    if (asker !== undefined && this.#seen.take(request.headers, nowMs))
      return { name: asker.name, how: "worker", host: asker.host, rights: EVERYTHING };
    const told = { visitor: anybody(this.#hostOf(incoming)), action: "connector.restart-task", resource: { type: "CONNECT" } as const };
    audit?.told(told, { outcome: "denied", error: "403", detail: { signature: asker === undefined ? "wrong" : "used before" } });
    return refusalAnswer(403, "No worker of this group has signed that request lately.");
  }

  #hostOf(incoming: IncomingMessage | undefined): string {
    if (incoming === undefined) return "unknown";
    return this.#options.relayed?.addressOf(incoming.socket) ?? incoming.socket.remoteAddress ?? "unknown";
  }
}

/** A signature is for this alone. */
function isPassedOn(request: Request): boolean {
  return request.method === "POST" && request.headers.has(SIGNATURE_HEADER) && PASSED_ON.test(new URL(request.url).pathname);
}

function refused(why: LoginRefusal): Response {
  if (why === "limited") return refusalAnswer(429, "Too many logins from here were wrong; wait a minute.", { "Retry-After": "60" });
  if (why === "busy") return refusalAnswer(503, "Too many logins are looked at; come again.", { "Retry-After": "1" });
  const message = why === "needed" ? "Log in first: this Connect knows its users." : "Name and password do not fit.";
  return refusalAnswer(401, message, { "WWW-Authenticate": 'Basic realm="connect"' });
}
