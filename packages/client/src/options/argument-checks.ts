import { isProxy, isUint8Array } from "node:util/types";
import { ClientError } from "../client-error.ts";

/** Longest name of a topic that Kafka takes. */
const TOPIC_LENGTH_MAX = 249;
/** Longest text of the protocol's older strings, in bytes. */
const TEXT_BYTES_MAX = 32_767;
export const INT32_MAX = 0x7fffffff;
const SHOWN_LENGTH_MAX = 60;

/** `subject is value; it must be …` as `ClientError` INVALID_ARGUMENT. */
export function invalid(subject: string, value: unknown, mustBe: string): ClientError {
  return new ClientError("INVALID_ARGUMENT", `${subject} is ${shown(value)}; it must be ${mustBe}.`, { subject });
}

/** A value as it may stand in a message: short, and without running code of its owner. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > SHOWN_LENGTH_MAX ? `${value.slice(0, SHOWN_LENGTH_MAX)}…` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (typeof value !== "object" || value === null) return String(value);
  if (isProxy(value)) return "an object";
  if (Array.isArray(value)) return "a list";
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" && name !== "" && name !== "Object" ? `an object of ${name}` : "an object";
}

/** Longest name: 249 characters of `a-z A-Z 0-9 . _ -`, other than `.` and `..`. */
export function checkTopic(subject: string, value: unknown): string {
  if (typeof value === "string" && isTopicName(value)) return value;
  throw invalid(subject, value, `a topic's name: 1 to ${TOPIC_LENGTH_MAX} of the characters a-z, A-Z, 0-9, ".", "_" and "-"`);
}

function isTopicName(name: string): boolean {
  return name.length <= TOPIC_LENGTH_MAX && /^[a-zA-Z0-9._-]+$/.test(name) && name !== "." && name !== "..";
}

/** A text that is not empty and that a message can carry. */
export function checkName(subject: string, value: unknown): string {
  if (typeof value === "string" && value !== "" && Buffer.byteLength(value) <= TEXT_BYTES_MAX) return value;
  throw invalid(subject, value, `a text of 1 to ${TEXT_BYTES_MAX} bytes`);
}

export function checkText(subject: string, value: unknown): string {
  if (typeof value === "string" && Buffer.byteLength(value) <= TEXT_BYTES_MAX) return value;
  throw invalid(subject, value, `a text of at most ${TEXT_BYTES_MAX} bytes`);
}

export function checkInteger(subject: string, value: unknown, min: number, max: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw invalid(
    subject,
    value,
    max === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`,
  );
}

export function checkPartition(subject: string, value: unknown): number {
  return checkInteger(subject, value, 0, INT32_MAX);
}

export function checkOffset(subject: string, value: unknown): number {
  return checkInteger(subject, value, 0, Number.MAX_SAFE_INTEGER);
}

/** Milliseconds since the epoch. */
export function checkTimestamp(subject: string, value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(subject, value, "a whole number of milliseconds since 1970");
}

/** A time to wait; fractions are fine, and Infinity. */
export function checkTimeout(subject: string, value: unknown): number {
  if (typeof value === "number" && value >= 0) return value;
  throw invalid(subject, value, "a number of milliseconds of at least 0");
}

export function checkBoolean(subject: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw invalid(subject, value, "true or false");
}

export function checkFunction(subject: string, value: unknown): void {
  if (typeof value !== "function") throw invalid(subject, value, "a function");
}

export function checkChoice(subject: string, value: unknown, choices: readonly string[]): void {
  if (typeof value !== "string" || !choices.includes(value)) throw invalid(subject, value, `one of ${choices.join(", ")}`);
}

export function checkBytes(subject: string, value: unknown): void {
  if (!isUint8Array(value)) throw invalid(subject, value, "bytes (Uint8Array)");
}

/** An object that is no list. */
export function checkObject(subject: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  throw invalid(subject, value, "an object");
}

/** Every element goes through `each`, with its own subject. */
export function checkList<T>(subject: string, value: unknown, each: (subject: string, element: unknown) => T): readonly T[] {
  if (!Array.isArray(value)) throw invalid(subject, value, "a list");
  // Not `map`: it would pass over the holes.
  return Array.from(value, (element: unknown, i) => each(`${subject}[${i}]`, element));
}

export function checkTopicPartition(subject: string, value: unknown): void {
  const { topic, partition } = checkObject(subject, value);
  checkTopic(`${subject}.topic`, topic);
  checkPartition(`${subject}.partition`, partition);
}

export function checkTopicPartitions(subject: string, value: unknown): void {
  checkList(subject, value, checkTopicPartition);
}

/** Runs `check` unless the value was left out. */
export function checkOptional(subject: string, value: unknown, check: (subject: string, value: unknown) => unknown): void {
  if (value !== undefined) check(subject, value);
}

/** What a call's options may hold beside the two that all have. */
export type OptionChecks = Readonly<Record<string, (subject: string, value: unknown) => unknown>>;

/** The options of a call: none, or an object with known names. */
export function checkCallOptions(call: string, options: unknown, more: OptionChecks = {}): void {
  checkOptions(call, options, { timeoutMs: checkTimeout, signal: checkSignal, ...more });
}

/** As {@link checkCallOptions} for a call with other options than most. */
export function checkOptions(call: string, options: unknown, known: OptionChecks): void {
  if (options === undefined) return;
  for (const [name, value] of Object.entries(checkObject(`${call}: options`, options))) {
    const check = known[name];
    if (check === undefined) throw unknownOption(`${call}: options`, name, Object.keys(known));
    checkOptional(`${call}: ${name}`, value, check);
  }
}

/** The options of a call that takes nothing but a signal. */
export function checkSignalOnly(call: string, options: unknown): void {
  checkOptions(call, options, signalOnly);
}

export function checkSignal(subject: string, value: unknown): void {
  if (!(value instanceof AbortSignal)) throw invalid(subject, value, "an AbortSignal");
}

const signalOnly: OptionChecks = { signal: checkSignal };

/** The error for an option that nothing knows, with the near name when there is one. */
function unknownOption(subject: string, name: string, known: readonly string[]): ClientError {
  const near = nearestName(name, known);
  const hint = near === undefined ? `it may have ${known.join(", ")}` : `did you mean "${near}"?`;
  return new ClientError("INVALID_ARGUMENT", `${subject} has "${name}", which does not exist; ${hint.endsWith("?") ? hint : `${hint}.`}`, {
    subject: name,
  });
}

/** The name that somebody who typed `name` probably meant; undefined when none is near. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = plain(name);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 4)) + 1;
  for (const each of known) {
    const distance = editDistance(wanted, plain(each), bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [each, distance];
  }
  return best;
}

/** `linger.ms`, `linger_ms`, `lingerMs` and `LingerMS` are one name to a person. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Insertions, deletions, replacements and swaps of neighbours that make one of the other; `limit` when it is that or more. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit || a.length > SHOWN_LENGTH_MAX * 2) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return Math.min(limit, last[b.length]!);
}
