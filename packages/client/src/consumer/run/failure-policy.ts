import type { Random } from "@ottla/base";
import { backoffMs } from "../../net/backoff.ts";
import type { ErrorStrategy } from "./run-types.ts";

/** An {@link ErrorStrategy} with every default filled in. */
export interface FailurePolicy {
  readonly attempts: number;
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  readonly retryTopics: readonly { readonly delayMs: number; readonly topic: string }[];
  readonly deadLetterTopic: string | undefined;
  readonly otherwise: "fail" | "skip";
  readonly decide: ErrorStrategy["decide"];
  /** Some records go to other topics. */
  readonly isMoving: boolean;
}

/** What happens to a record whose handler failed. */
export type Verdict =
  | { readonly kind: "retry"; readonly delayMs: number }
  /** `delayMs` undefined: to the dead letters. */
  | { readonly kind: "move"; readonly topic: string; readonly delayMs: number | undefined; readonly level: number }
  | { readonly kind: "skip" }
  | { readonly kind: "fail" };

/**
 * `triesHere`: how often it was tried since it was read; `level`: how many retry topics it went through; `wanted`: what the application decided.
 */
export function judgeFailure(
  policy: FailurePolicy,
  {
    triesHere,
    level,
    wanted,
  }: { readonly triesHere: number; readonly level: number; readonly wanted: ReturnType<NonNullable<ErrorStrategy["decide"]>> },
  random: Random,
): Verdict {
  if (wanted === "skip" || wanted === "fail") return { kind: wanted };
  if (wanted === "retry" || (wanted === undefined && triesHere < policy.attempts))
    return { kind: "retry", delayMs: backoffMs(triesHere, policy.backoffMs, policy.backoffMaxMs, random) };
  const next = wanted === "deadLetter" ? undefined : policy.retryTopics[level];
  if (next !== undefined) return { kind: "move", topic: next.topic, delayMs: next.delayMs, level: level + 1 };
  const { deadLetterTopic } = policy;
  return deadLetterTopic === undefined ? { kind: policy.otherwise } : { kind: "move", topic: deadLetterTopic, delayMs: undefined, level };
}
