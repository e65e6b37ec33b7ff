import {
  checkFunction,
  checkInteger,
  checkList,
  checkName,
  checkObject,
  checkOptions,
  INT32_MAX,
  invalid,
} from "../../options/argument-checks.ts";
import type { ShareErrorStrategy, ShareRunOptions } from "./share-run-types.ts";

/** {@link ShareRunOptions} with every default filled in. */
export interface ResolvedShareRunOptions {
  readonly eachRecord: ShareRunOptions["eachRecord"];
  readonly concurrency: number;
  readonly onError: {
    readonly attempts: number;
    readonly backoffMs: number;
    readonly backoffMaxMs: number;
    readonly rejectAfter: number;
    readonly decide: ShareErrorStrategy["decide"];
  };
  readonly drainTimeoutMs: number;
  readonly stuckAfterMs: number;
  readonly signals: readonly NodeJS.Signals[];
}

const CONCURRENCY_MAX = 10_000;

const upTo = (min: number, max: number) => (subject: string, value: unknown) => checkInteger(subject, value, min, max);
const checkMs = upTo(0, INT32_MAX);

/** Checks and fills in. Throws `ClientError` INVALID_ARGUMENT, which names the option. */
export function resolveShareRunOptions(options: ShareRunOptions): ResolvedShareRunOptions {
  checkObject("run: options", options);
  checkOptions("run", options, {
    eachRecord: checkFunction,
    concurrency: upTo(1, CONCURRENCY_MAX),
    onError: checkObject,
    drainTimeoutMs: checkMs,
    stuckAfterMs: checkMs,
    handleSignals: (subject, value) => typeof value === "boolean" || checkList(subject, value, checkName),
  });
  const { eachRecord, concurrency = 1, onError = {}, handleSignals = false } = options;
  if (eachRecord === undefined) throw invalid("run: eachRecord", eachRecord, "a function");
  checkOptions("run: onError", onError, {
    attempts: upTo(1, INT32_MAX),
    backoffMs: checkMs,
    backoffMaxMs: checkMs,
    rejectAfter: upTo(1, INT32_MAX),
    decide: checkFunction,
  });
  const backoffMs = onError.backoffMs ?? 200;
  return {
    eachRecord,
    concurrency,
    onError: {
      attempts: onError.attempts ?? 1,
      backoffMs,
      backoffMaxMs: Math.max(backoffMs, onError.backoffMaxMs ?? 10_000),
      rejectAfter: onError.rejectAfter ?? Infinity,
      decide: onError.decide,
    },
    drainTimeoutMs: options.drainTimeoutMs ?? 30_000,
    stuckAfterMs: options.stuckAfterMs ?? 300_000,
    signals: handleSignals === true ? ["SIGTERM", "SIGINT"] : handleSignals === false ? [] : handleSignals,
  };
}
