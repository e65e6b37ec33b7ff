import type { Claim } from "../storage/topic-codec.ts";

/** What an instance knows of who writes. */
export interface LeadershipView {
  /** The last claim that was read from the topic. */
  readonly claim: Claim | undefined;
  /** The topic that is read; claims about others mean nothing. */
  readonly topicId: string | undefined;
  /** The claim of this instance that nobody is known to have followed. */
  readonly own: string | undefined;
  /** Claims whose instances did not take a request that was forwarded to them. */
  readonly distrusted: ReadonlySet<string>;
}

/** What is to be done with a request to write. */
export type WriteStep =
  | { readonly kind: "carryOut" }
  | { readonly kind: "forward"; readonly claim: Claim }
  /** Take the topic over: whoever led is shut out first, so that this is safe at any time. */
  | { readonly kind: "claim" };

/** Who writes is whoever claimed the topic last. One that cannot be reached is followed at once: it need not be dead, since it cannot write any more when another has claimed. */
export function stepToWrite({ claim, topicId, own, distrusted }: LeadershipView): WriteStep {
  if (own !== undefined && claim?.id === own) return { kind: "carryOut" };
  if (claim === undefined || claim.topicId !== topicId || distrusted.has(claim.id)) return { kind: "claim" };
  return { kind: "forward", claim };
}
