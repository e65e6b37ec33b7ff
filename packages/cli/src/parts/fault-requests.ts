import { OttlaError } from "@ottla/base";
import type { ControlledBroker, Fault } from "@ottla/broker/controlled";

/** One request at the door of faults. */
export interface DoorRequest {
  readonly method: string;
  /** Path and query: `/faults/3?hits=1`. */
  readonly url: string;
  /** The body's JSON; undefined where there is none. */
  readonly body: unknown;
}

/** The answer: a status and a JSON value, undefined for none. */
export interface DoorAnswer {
  readonly status: number;
  readonly body?: unknown;
}

const WAIT_MS = 10_000;
const WAIT_MS_MAX = 60_000;

/**
 * What the door of faults does with a request. It knows no socket; who may ask was decided before.
 *
 * `GET /faults`, `POST /faults` (one, or a list: all or none), `DELETE /faults`, `GET /faults/ID` (with `?hits=N&withinMs=MS` once it has met so many), `POST /faults/ID/release`,
 * `DELETE /faults/ID`, `POST /actions`.
 */
export async function answerDoor(broker: ControlledBroker, request: DoorRequest, signal: AbortSignal): Promise<DoorAnswer> {
  try {
    return await route(broker, request, signal);
  } catch (error) {
    if (error instanceof OttlaError) return { status: statusOf(error.code), body: { error: error.code, message: error.message } };
    throw error;
  }
}

async function route(broker: ControlledBroker, { method, url, body }: DoorRequest, signal: AbortSignal): Promise<DoorAnswer> {
  const { pathname, searchParams } = new URL(url, "http://door");
  const [, first, id, verb, ...more] = pathname.split("/");
  const { faults } = broker;
  if (more.length > 0 || (first !== "faults" && first !== "actions")) return nothingAt(pathname);
  if (first === "actions") {
    if (id !== undefined) return nothingAt(pathname);
    if (method !== "POST") return notAllowed(method, "POST");
    const { runAction } = await import("@ottla/broker/controlled");
    await runAction(broker, body);
    return { status: 200, body: {} };
  }
  if (id === undefined) {
    if (method === "GET") return { status: 200, body: { faults: faults.all().map((fault) => fault.report()) } };
    if (method === "POST")
      return { status: 201, body: Array.isArray(body) ? { faults: armAll(broker, body) } : faults.armUntrusted(body).report() };
    if (method !== "DELETE") return notAllowed(method, "GET, POST, DELETE");
    faults.clear();
    return { status: 204 };
  }
  const fault = faults.get(Number(id));
  if (!fault) return { status: 404, body: { error: "NO_SUCH_FAULT", message: `There is no fault ${id}; it may have been removed.` } };
  if (verb === "release" && method === "POST") {
    fault.release();
    return { status: 200, body: fault.report() };
  }
  if (verb !== undefined) return nothingAt(pathname);
  if (method === "DELETE") {
    fault.remove();
    return { status: 204 };
  }
  if (method !== "GET") return notAllowed(method, "GET, DELETE");
  return waitFor(fault, Number(searchParams.get("hits") ?? 0), Number(searchParams.get("withinMs") ?? WAIT_MS), signal);
}

/** All, or, when one of them makes no sense, none. */
function armAll(broker: ControlledBroker, specs: readonly unknown[]): unknown[] {
  const armed: Fault[] = [];
  try {
    for (const spec of specs) armed.push(broker.faults.armUntrusted(spec));
  } catch (error) {
    for (const fault of armed) fault.remove();
    throw error;
  }
  return armed.map((fault) => fault.report());
}

async function waitFor(fault: Fault, hits: number, withinMs: number, signal: AbortSignal): Promise<DoorAnswer> {
  if (!Number.isInteger(hits) || hits < 0 || !(withinMs >= 0 && withinMs <= WAIT_MS_MAX))
    return {
      status: 400,
      body: { error: "INVALID_QUERY", message: `hits must be a whole number, and withinMs a time up to ${WAIT_MS_MAX}.` },
    };
  if (fault.count < hits) await hitsOf(fault, hits, withinMs, signal);
  if (fault.count >= hits) return { status: 200, body: { ...fault.report(), hits: fault.hits } };
  const message = `The fault has met ${fault.count} of ${hits} requests within ${withinMs} ms.`;
  return { status: 408, body: { error: "WAITED_TOO_LONG", message, ...fault.report() } };
}

/** Resolves at the hit, when the fault is removed, when the time is over, or when nobody waits any more. */
function hitsOf(fault: Fault, hits: number, withinMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      forget();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, withinMs);
    const forget = fault.listen(() => {
      if (fault.count >= hits || fault.isRemoved) end();
    });
    signal.addEventListener("abort", end);
  });
}

function statusOf(code: string): number {
  if (code === "TOO_MANY_FAULTS" || code === "BROKER_DOWN" || code === "BROKER_STOPPED") return 409;
  return code.startsWith("NO_SUCH") ? 404 : 400;
}

function nothingAt(pathname: string): DoorAnswer {
  return {
    status: 404,
    body: { error: "NOT_FOUND", message: `There is nothing at ${pathname}; there are /faults, /faults/ID and /actions.` },
  };
}

function notAllowed(method: string, allowed: string): DoorAnswer {
  return { status: 405, body: { error: "METHOD_NOT_ALLOWED", message: `${method} is not for this; use ${allowed}.` } };
}
