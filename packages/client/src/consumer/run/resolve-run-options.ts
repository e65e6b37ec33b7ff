import { ClientError } from "../../client-error.ts";
import {
  checkBoolean,
  checkChoice,
  checkFunction,
  checkInteger,
  checkList,
  checkName,
  checkObject,
  checkOptions,
  checkTopic,
  INT32_MAX,
  invalid,
} from "../../options/argument-checks.ts";
import type { FailurePolicy } from "./failure-policy.ts";
import type { BatchContext, RecordContext, RunOptions } from "./run-types.ts";
import type { ConsumerBatch, ConsumerRecord } from "../consumer-types.ts";

/** {@link RunOptions} with every default filled in. */
export interface ResolvedRunOptions {
  /** Exactly one of the two is there. */
  readonly eachRecord: ((record: ConsumerRecord, context: RecordContext) => unknown) | undefined;
  readonly eachBatch: ((batch: ConsumerBatch, context: BatchContext) => unknown) | undefined;
  readonly concurrency: number;
  readonly orderBy: "partition" | "key";
  readonly outstandingMax: number;
  readonly policy: FailurePolicy;
  readonly createTopics: boolean;
  readonly deduplicate: { readonly header: string | undefined; readonly windowMs: number; readonly entriesMax: number } | undefined;
  readonly circuitBreaker: { readonly failures: number; readonly pauseMs: number } | undefined;
  readonly drainTimeoutMs: number;
  readonly stuckAfterMs: number;
  readonly signals: readonly NodeJS.Signals[];
}

const CONCURRENCY_MAX = 10_000;
const OUTSTANDING_MAX = 1_000_000;
const RETRY_TOPICS_MAX = 20;
const ENTRIES_MAX = 10_000_000;

const upTo = (min: number, max: number) => (subject: string, value: unknown) => checkInteger(subject, value, min, max);
const checkMs = upTo(0, INT32_MAX);

/** Checks and fills in. Throws `ClientError` INVALID_ARGUMENT, which names the option. */
export function resolveRunOptions(options: RunOptions, groupId: string | undefined): ResolvedRunOptions {
  checkObject("run: options", options);
  checkOptions("run", options, {
    eachRecord: checkFunction,
    eachBatch: checkFunction,
    concurrency: upTo(1, CONCURRENCY_MAX),
    orderBy: (subject, value) => checkChoice(subject, value, ["partition", "key"]),
    outstandingMax: upTo(1, OUTSTANDING_MAX),
    onError: checkObject,
    deduplicate: checkObject,
    circuitBreaker: checkObject,
    drainTimeoutMs: checkMs,
    stuckAfterMs: checkMs,
    handleSignals: (subject, value) => typeof value === "boolean" || checkList(subject, value, checkName),
  });
  const { eachRecord, eachBatch, orderBy = "partition", concurrency = 1, onError = {}, handleSignals = false } = options;
  if ((eachRecord === undefined) === (eachBatch === undefined))
    throw new ClientError("INVALID_ARGUMENT", "run: eachRecord or eachBatch is needed, one of the two.", { subject: "eachRecord" });
  const policy = readPolicy(onError, groupId);
  const forRecords = orderBy === "key" ? 'orderBy "key"' : policy.isMoving ? "onError with topics" : options.deduplicate && "deduplicate";
  if (eachBatch !== undefined && forRecords !== undefined)
    throw new ClientError(
      "INVALID_ARGUMENT",
      `run: ${forRecords} needs eachRecord; a batch is handled in the order of its partition, as a whole.`,
    );
  return {
    eachRecord,
    eachBatch,
    concurrency,
    orderBy,
    outstandingMax: orderBy === "partition" ? 1 : Math.max(concurrency, options.outstandingMax ?? 1000),
    policy,
    createTopics: onError.createTopics ?? true,
    deduplicate: readDeduplication(options.deduplicate),
    circuitBreaker: readCircuitBreaker(options.circuitBreaker),
    drainTimeoutMs: options.drainTimeoutMs ?? 30_000,
    stuckAfterMs: options.stuckAfterMs ?? 300_000,
    signals: handleSignals === true ? ["SIGTERM", "SIGINT"] : handleSignals === false ? [] : handleSignals,
  };
}

function readPolicy(onError: NonNullable<RunOptions["onError"]>, groupId: string | undefined): FailurePolicy {
  checkOptions("run: onError", onError, {
    attempts: upTo(1, INT32_MAX),
    backoffMs: checkMs,
    backoffMaxMs: checkMs,
    retryTopics: (subject, value) => checkList(subject, value, checkObject),
    deadLetterTopic: checkTopic,
    createTopics: checkBoolean,
    otherwise: (subject, value) => checkChoice(subject, value, ["fail", "skip"]),
    decide: checkFunction,
  });
  const given = onError.retryTopics ?? [];
  if (given.length > RETRY_TOPICS_MAX) throw invalid("run: onError.retryTopics", given, `a list of at most ${RETRY_TOPICS_MAX}`);
  if (given.length > 0 && groupId === undefined)
    throw new ClientError("INVALID_ARGUMENT", "run: retryTopics need a groupId; give the consumer one.", { subject: "retryTopics" });
  const retryTopics = checkList("run: onError.retryTopics", given, (subject, each) => {
    checkOptions(subject, each, { delayMs: checkMs, topic: checkTopic });
    const { delayMs, topic } = checkObject(subject, each) as { readonly delayMs?: unknown; readonly topic?: string };
    return { delayMs: upTo(0, INT32_MAX)(`${subject}.delayMs`, delayMs), topic: topic ?? "" };
  }).map(({ delayMs, topic }, i) => ({
    delayMs,
    topic: topic || checkTopic(`run: the name of retry topic ${i + 1} (give it a topic)`, `${groupId}.retry.${i + 1}`),
  }));
  const backoffMs = onError.backoffMs ?? 200;
  return {
    attempts: onError.attempts ?? 3,
    backoffMs,
    backoffMaxMs: Math.max(backoffMs, onError.backoffMaxMs ?? 10_000),
    retryTopics,
    deadLetterTopic: onError.deadLetterTopic,
    otherwise: onError.otherwise ?? "fail",
    decide: onError.decide,
    isMoving: retryTopics.length > 0 || onError.deadLetterTopic !== undefined,
  };
}

function readDeduplication(options: RunOptions["deduplicate"]): ResolvedRunOptions["deduplicate"] {
  if (options === undefined) return undefined;
  let header: string | undefined;
  checkOptions("run: deduplicate", options, {
    by: (subject, by) => {
      if (by !== "key") header = checkName(`${subject}.header`, checkObject(subject, by)["header"]);
    },
    windowMs: checkMs,
    entriesMax: upTo(1, ENTRIES_MAX),
  });
  if (options.by === undefined) throw invalid("run: deduplicate.by", options.by, '"key" or { header }');
  return { header, windowMs: options.windowMs ?? 600_000, entriesMax: options.entriesMax ?? 100_000 };
}

function readCircuitBreaker(options: RunOptions["circuitBreaker"]): ResolvedRunOptions["circuitBreaker"] {
  if (options === undefined) return undefined;
  checkOptions("run: circuitBreaker", options, { failures: upTo(1, INT32_MAX), pauseMs: checkMs });
  return { failures: options.failures ?? 10, pauseMs: options.pauseMs ?? 30_000 };
}
