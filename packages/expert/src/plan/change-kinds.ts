import { isDeepStrictEqual } from "node:util";
import type { ChangeRules, Risk, RulesTable } from "./change-rules.ts";
import type { ChangeKind, ClusterChange } from "./cluster-change.ts";
import type { KafkaTools } from "./command-line.ts";
import { aclRules } from "./kinds/acl-changes.ts";
import { configRules } from "./kinds/config-change.ts";
import { featureRules } from "./kinds/feature-change.ts";
import { groupRules } from "./kinds/group-changes.ts";
import { manualRules } from "./kinds/manual-change.ts";
import { partitionRules } from "./kinds/partition-changes.ts";
import { quotaRules } from "./kinds/quota-change.ts";
import { throttleRules } from "./kinds/throttle-change.ts";
import { topicRules } from "./kinds/topic-changes.ts";
import { transactionRules } from "./kinds/transaction-change.ts";
import type { Observed, ObservedOf } from "./observed.ts";

const TABLE: RulesTable = {
  config: configRules,
  ...topicRules,
  ...partitionRules,
  removeThrottles: throttleRules,
  ...groupRules,
  abortTransaction: transactionRules,
  ...aclRules,
  setQuota: quotaRules,
  upgradeFeature: featureRules,
  manual: manualRules,
};

/** All kinds of change there are. */
export const CHANGE_KINDS: readonly ChangeKind[] = Object.keys(TABLE) as ChangeKind[];

/** The rules of a change's kind. What was observed of a change is handed in with that change only, which the type cannot say. */
function rulesOf(change: ClusterChange): ChangeRules<ClusterChange, unknown> {
  return TABLE[change.kind] as unknown as ChangeRules<ClusterChange, unknown>;
}

/** What the change is about, as a consent names it. */
export function subjectOf(change: ClusterChange): string {
  return rulesOf(change).subject(change);
}

/** What the change does, in a sentence. */
export function sentenceOf(change: ClusterChange): string {
  return rulesOf(change).sentence(change);
}

/** How dangerous the change is, beside what was seen; without that, the worst is assumed. */
export function riskOf<Change extends ClusterChange>(change: Change, before?: ObservedOf[Change["kind"]]): Risk {
  return rulesOf(change).risk(change, before);
}

/** The same with Kafka's own tools: lines for a POSIX shell. */
export function kafkaCommandsOf(change: ClusterChange, tools: KafkaTools): readonly string[] | undefined {
  return rulesOf(change).kafka(change, tools);
}

/** The same with `ottla`: the arguments of each command. */
export function ottlaCommandsOf(change: ClusterChange): readonly (readonly string[])[] | undefined {
  return rulesOf(change).ottla(change);
}

/** What takes the change back, from what was seen before it; undefined where there is no way back. */
export function inverseOf<Change extends ClusterChange>(
  change: Change,
  before: ObservedOf[Change["kind"]],
): readonly ClusterChange[] | undefined {
  return rulesOf(change).inverse(change, before);
}

/** Whether what is seen now is what the change asks for. */
export function isDone<Change extends ClusterChange>(change: Change, now: ObservedOf[Change["kind"]]): boolean {
  return rulesOf(change).isDone(change, now);
}

/** What is waited for, as the end of "Done when". */
export function doneWhen(change: ClusterChange): string {
  return rulesOf(change).doneWhen(change);
}

/** Whether a change that was planned under what was seen before fits what is seen now. */
export function stillFits(change: ClusterChange, before: Observed, now: Observed): boolean {
  const { fits = isDeepStrictEqual } = rulesOf(change);
  return fits(before, now);
}

/** What forbids the change now; undefined where nothing does. */
export function obstacleTo(change: ClusterChange, now: Observed): string | undefined {
  return rulesOf(change).obstacle?.(change, now);
}

/** Whether an interruption may leave the change half made. */
export function isMadeInParts(change: ClusterChange): boolean {
  return rulesOf(change).inParts ?? false;
}
