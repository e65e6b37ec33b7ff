import { OttlaError } from "@ottla/base";
import { addressed } from "./addressed.ts";
import { boundedText } from "./bounded-text.ts";
import type { ConnectorSnapshot, ConnectorTaskSnapshot } from "../snapshot/connector-snapshot.ts";

/** How connectors are read. */
export type ReadConnectors = (timeoutMs: number, signal: AbortSignal) => Promise<readonly ConnectorSnapshot[]>;

/** A thousand connectors with long traces of what they failed with are not that large. */
const ANSWER_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Reads all connectors and their tasks by one request to a worker's REST interface. Rejects with `CONNECT_UNREACHABLE`, `CONNECT_REFUSED`, `CONNECT_ANSWER_UNREADABLE`.
 * @throws TypeError, URIError for what is no address
 * @param url may have a login, as in `https://user:password@host:8083`; it is in no message
 */
export function connectorsReader(url: string): ReadConnectors {
  if (!/^https?:\/\/[^/]/i.test(url)) throw new TypeError("A worker's address begins with http:// or https://.");
  const { address, headers } = addressed(`${url.replace(/\/+$/, "")}/connectors?expand=status`);
  return async (timeoutMs, signal) => {
    let response: Response;
    let text: string;
    try {
      response = await fetch(address, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
      text = await boundedText(response, ANSWER_BYTES_MAX, {
        code: "CONNECT_ANSWER_UNREADABLE",
        message: "The worker's answer is larger than 32 MiB.",
      });
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof OttlaError) throw cause;
      throw new OttlaError("CONNECT_UNREACHABLE", `No worker of Connect answers at ${address.origin}.`, { cause });
    }
    if (!response.ok) throw new OttlaError("CONNECT_REFUSED", `Connect at ${address.origin} answers with status ${response.status}.`);
    return connectorsOf(text, address.origin);
  };
}

/** What a worker answers; parts of another shape than is known are left out. */
function connectorsOf(text: string, origin: string): readonly ConnectorSnapshot[] {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw new OttlaError("CONNECT_ANSWER_UNREADABLE", `What answers at ${origin} is no worker of Connect: its answer is no JSON.`, {
      cause,
    });
  }
  if (!isObject(answer))
    throw new OttlaError(
      "CONNECT_ANSWER_UNREADABLE",
      `What answers at ${origin} is no worker of Connect: it lists no connectors with their states.`,
    );
  return Object.entries(answer)
    .flatMap(([connector, expanded]): ConnectorSnapshot[] => {
      const status = isObject(expanded) ? expanded["status"] : undefined;
      if (!isObject(status)) return [];
      const { type, connector: own, tasks } = status;
      return [
        {
          connector,
          type: type === "source" || type === "sink" ? type : "unknown",
          state: textOr(isObject(own) ? own["state"] : undefined, "UNKNOWN"),
          tasks: (Array.isArray(tasks) ? tasks : []).flatMap((task, i) => (isObject(task) ? [taskOf(task, i)] : [])),
        },
      ];
    })
    .sort((a, b) => (a.connector < b.connector ? -1 : 1));
}

function taskOf({ id, state, worker_id, trace }: Readonly<Record<string, unknown>>, at: number): ConnectorTaskSnapshot {
  const failure = typeof trace === "string" ? /^\s*([\w.$]{1,200})/.exec(trace)?.[1] : undefined;
  return {
    task: typeof id === "number" ? id : at,
    state: textOr(state, "UNKNOWN"),
    worker: textOr(worker_id, "no worker"),
    ...(failure !== undefined && { failure }),
  };
}

function textOr(value: unknown, or: string): string {
  return typeof value === "string" && value !== "" ? value.slice(0, 200) : or;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
