import { told } from "../../known-options.ts";
import { StreamsError } from "../../streams-error.ts";

/** What a function that is called for a record is told beside value and key. */
export interface AsyncCall {
  /** Aborted when the call took too long, and when the task closes: give it to `fetch` and its kin. */
  readonly signal: AbortSignal;
  /** 1 for the first try. */
  readonly attempt: number;
}

/**
 * What becomes of a record whose last try failed: `fail` stops the task, unless the process handler lets the record go; `drop` counts it as `call failed`; `deadLetter` writes what the source
 * was given to a topic, with headers that say why (KIP-1034's names), and counts it too.
 */
export type CallFailure = "fail" | "drop" | { readonly deadLetter: string };

/** How calls are made and what becomes of their results. */
export interface AsyncOptions {
  /** How many calls are open at a time. Default 16. */
  readonly concurrency?: number;
  /** `byKey`: results of one key come in the order of its records, although their calls run side by side. `unordered`: as they come. Default `byKey`. */
  readonly order?: "byKey" | "unordered";
  /** How long one try may take, by the machine's clock; then it is aborted and has failed. Default 30,000. */
  readonly timeoutMs?: number;
  /** How many further tries a failed call gets. Default 0. */
  readonly retries?: number;
  /** How long to wait before a further try; a function is given its number, 1 for the first further one. Default 100. Meanwhile others are called. */
  readonly backoffMs?: number | ((retry: number) => number);
  /** Default `fail`. */
  readonly onFailure?: CallFailure;
  /** At how many records that are not done the task asks for no more of its input. Default 1,000 and at least `concurrency`. */
  readonly maxPending?: number;
}

/** {@link AsyncOptions} with nothing left out. */
export interface CallSettings {
  readonly concurrency: number;
  readonly order: "byKey" | "unordered";
  readonly timeoutMs: number;
  readonly retries: number;
  readonly backoffMs: (retry: number) => number;
  readonly onFailure: CallFailure;
  readonly maxPending: number;
}

const TOPIC_NAME = /^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/;
const CONCURRENCY_MAX = 10_000;
const RETRIES_MAX = 1_000;
const PENDING_MAX = 1_000_000;
/** What timers of a machine can hold. */
const MS_MAX = 2 ** 31 - 1;

/** Checks the options and fills in what is left out. Throws `STREAMS_BAD_ARGUMENT`. */
export function callSettings(verb: string, options: AsyncOptions): CallSettings {
  const { order = "byKey", onFailure = "fail", backoffMs = 100 } = options;
  if (order !== "byKey" && order !== "unordered") refuse(verb, "order", order, '"byKey" or "unordered"');
  const topic: unknown = typeof onFailure === "object" ? (onFailure as { readonly deadLetter?: unknown } | null)?.deadLetter : undefined;
  const isTopic = typeof topic === "string" && TOPIC_NAME.test(topic);
  if (onFailure !== "fail" && onFailure !== "drop" && !isTopic)
    refuse(verb, "onFailure", onFailure, '"fail", "drop" or { deadLetter: topic }');
  const concurrency = whole(verb, "concurrency", options.concurrency ?? 16, 1, CONCURRENCY_MAX);
  const fixedMs = typeof backoffMs === "function" ? 0 : whole(verb, "backoffMs", backoffMs, 0, MS_MAX);
  return {
    concurrency,
    order,
    timeoutMs: whole(verb, "timeoutMs", options.timeoutMs ?? 30_000, 1, MS_MAX),
    retries: whole(verb, "retries", options.retries ?? 0, 0, RETRIES_MAX),
    backoffMs: typeof backoffMs === "function" ? (retry) => whole(verb, "backoffMs", backoffMs(retry), 0, MS_MAX) : () => fixedMs,
    onFailure,
    maxPending: whole(verb, "maxPending", options.maxPending ?? Math.max(1_000, concurrency), concurrency, PENDING_MAX),
  };
}

function whole(verb: string, option: string, value: number, min: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  return refuse(verb, option, value, `a whole number from ${min} to ${max}`);
}

function refuse(verb: string, option: string, value: unknown, wanted: string): never {
  throw new StreamsError("STREAMS_BAD_ARGUMENT", `${verb} was given ${option} ${told(value)}: it has to be ${wanted}.`);
}
