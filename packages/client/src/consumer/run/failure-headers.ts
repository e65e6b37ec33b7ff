import type { HeaderInput } from "../../producer/record-types.ts";
import type { ConsumerRecord } from "../consumer-types.ts";
import type { RecordOrigin } from "./run-types.ts";
import { messageOf } from "../../thrown.ts";
import { checkObject, invalid } from "../../options/argument-checks.ts";

/** The headers of a record in a retry topic or among the dead letters; values are texts. */
const NAMES = {
  originTopic: "ottla.origin.topic",
  originPartition: "ottla.origin.partition",
  originOffset: "ottla.origin.offset",
  /** Milliseconds since 1970, as all times here. */
  originTimestamp: "ottla.origin.timestamp",
  group: "ottla.failure.group",
  attempts: "ottla.failure.attempts",
  errorName: "ottla.failure.error",
  errorMessage: "ottla.failure.message",
  errorStack: "ottla.failure.stack",
  firstAt: "ottla.failure.first",
  lastAt: "ottla.failure.last",
  /** How many retry topics it went through. */
  level: "ottla.retry.level",
  /** Not to be handled before. */
  dueAt: "ottla.retry.due",
} as const;

const PREFIXES = ["ottla.origin.", "ottla.failure.", "ottla.retry."];
const MESSAGE_LENGTH_MAX = 1000;
const STACK_LENGTH_MAX = 4000;

/** Why a record stands in a retry topic or among the dead letters, where it came from and how often it was tried. */
export interface RecordFailure {
  readonly origin: RecordOrigin;
  readonly groupId: string;
  readonly attempts: number;
  readonly errorName: string;
  readonly errorMessage: string;
  readonly errorStack: string | undefined;
  /** Milliseconds since 1970. */
  readonly firstFailedAt: number;
  readonly lastFailedAt: number;
  readonly retryLevel: number;
  /** In a retry topic: not to be handled before. */
  readonly dueAt: number | undefined;
}

/** Reads what {@link failureHeaders} wrote; undefined for a record that has no such headers, or damaged ones. */
export function readFailure(record: Pick<ConsumerRecord, "headers">): RecordFailure | undefined {
  const values = new Map<string, string>();
  for (const { key, value } of headersOf("readFailure", record))
    if (value !== null && isFailureHeader(key)) values.set(key, value.toString());
  const number = (name: string) => {
    const value = Number(values.get(name) ?? Number.NaN);
    return Number.isSafeInteger(value) ? value : undefined;
  };
  const topic = values.get(NAMES.originTopic);
  const partition = number(NAMES.originPartition);
  const offset = number(NAMES.originOffset);
  if (topic === undefined || partition === undefined || offset === undefined) return undefined;
  return {
    origin: { topic, partition, offset, timestamp: number(NAMES.originTimestamp) ?? -1 },
    groupId: values.get(NAMES.group) ?? "",
    attempts: number(NAMES.attempts) ?? 0,
    errorName: values.get(NAMES.errorName) ?? "",
    errorMessage: values.get(NAMES.errorMessage) ?? "",
    errorStack: values.get(NAMES.errorStack),
    firstFailedAt: number(NAMES.firstAt) ?? -1,
    lastFailedAt: number(NAMES.lastAt) ?? -1,
    retryLevel: number(NAMES.level) ?? 0,
    dueAt: number(NAMES.dueAt),
  };
}

/** The record's own headers, in order, and behind them what happened to it. */
export function failureHeaders(
  record: ConsumerRecord,
  failure: {
    readonly before: RecordFailure | undefined;
    readonly groupId: string;
    readonly attempts: number;
    readonly error: unknown;
    readonly nowMs: number;
    readonly level: number;
    readonly dueAt: number | undefined;
  },
): HeaderInput[] {
  const { before, groupId, attempts, nowMs, level, dueAt } = failure;
  const { topic, partition, offset, timestamp } = before?.origin ?? record;
  const error = describeError(failure.error);
  const added: [string, string | number | undefined][] = [
    [NAMES.originTopic, topic],
    [NAMES.originPartition, partition],
    [NAMES.originOffset, offset],
    [NAMES.originTimestamp, timestamp],
    [NAMES.group, groupId],
    [NAMES.attempts, attempts],
    [NAMES.errorName, error.name],
    [NAMES.errorMessage, error.message.slice(0, MESSAGE_LENGTH_MAX)],
    [NAMES.errorStack, error.stack?.slice(0, STACK_LENGTH_MAX)],
    [NAMES.firstAt, before?.firstFailedAt ?? nowMs],
    [NAMES.lastAt, nowMs],
    [NAMES.level, level],
    [NAMES.dueAt, dueAt],
  ];
  return [
    ...originalHeaders(record),
    ...added.filter(([, value]) => value !== undefined).map(([key, value]) => ({ key, value: Buffer.from(String(value)) })),
  ];
}

/** The headers that the record had before it failed. */
export function originalHeaders(record: Pick<ConsumerRecord, "headers">): HeaderInput[] {
  return headersOf("originalHeaders", record)
    .filter(({ key }) => !isFailureHeader(key))
    .map(({ key, value }) => ({ key, value }));
}

function headersOf(call: string, record: Pick<ConsumerRecord, "headers">): ConsumerRecord["headers"] {
  const { headers } = checkObject(`${call}: record`, record);
  if (!Array.isArray(headers)) throw invalid(`${call}: record.headers`, headers, "a list of headers");
  return headers as ConsumerRecord["headers"];
}

function isFailureHeader(key: string): boolean {
  return PREFIXES.some((prefix) => key.startsWith(prefix));
}

/** Whatever was thrown; a property of it may throw again. */
function describeError(error: unknown): { readonly name: string; readonly message: string; readonly stack: string | undefined } {
  try {
    if (error instanceof Error) {
      const { code } = error as { readonly code?: unknown };
      return { name: typeof code === "string" ? `${error.name} ${code}` : error.name, message: error.message, stack: error.stack };
    }
  } catch {
    return { name: typeof error, message: messageOf(error), stack: undefined };
  }
  return { name: typeof error, message: messageOf(error), stack: undefined };
}
