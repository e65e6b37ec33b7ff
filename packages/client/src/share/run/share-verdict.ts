import type { Random } from "@ottla/base";
import { backoffMs } from "../../net/backoff.ts";
import type { ResolvedShareRunOptions } from "./resolve-share-run-options.ts";
import type { ShareFailureDecision } from "./share-run-types.ts";

/** What happens to a record whose handler failed. */
export interface ShareVerdict {
  readonly kind: ShareFailureDecision;
  /** Before another try, or the release. */
  readonly delayMs: number;
}

/** `triesHere`: since it was delivered; `wanted`: what the application decided. */
export function judgeShareFailure(
  policy: ResolvedShareRunOptions["onError"],
  {
    triesHere,
    deliveryCount,
    wanted,
  }: { readonly triesHere: number; readonly deliveryCount: number; readonly wanted: ShareFailureDecision | undefined },
  random: Random,
): ShareVerdict {
  if (wanted === "reject" || wanted === "accept") return { kind: wanted, delayMs: 0 };
  if (wanted === "retry" || (wanted === undefined && triesHere < policy.attempts))
    return { kind: "retry", delayMs: backoffMs(triesHere, policy.backoffMs, policy.backoffMaxMs, random) };
  if (wanted === undefined && deliveryCount >= policy.rejectAfter) return { kind: "reject", delayMs: 0 };
  return { kind: "release", delayMs: backoffMs(deliveryCount, policy.backoffMs, policy.backoffMaxMs, random) };
}
