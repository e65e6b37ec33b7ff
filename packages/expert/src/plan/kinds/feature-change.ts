import type { ChangeRules } from "../change-rules.ts";
import type { UpgradeFeature } from "../cluster-change.ts";
import { kafkaTool } from "../command-line.ts";
import type { ObservedOf } from "../observed.ts";

export const featureRules: ChangeRules<UpgradeFeature, ObservedOf["upgradeFeature"]> = {
  subject: ({ feature }) => feature,
  sentence: ({ feature, level }) => `Raise the feature ${feature} to level ${level}.`,
  risk: () => ({ class: "high", why: "Brokers of older versions cannot join any more, and there is usually no way back." }),
  kafka: ({ feature, level }, tools) => [kafkaTool("kafka-features", tools, ["upgrade", "--feature", `${feature}=${level}`])],
  ottla: () => undefined,
  inverse: ({ level }, before) => (before.level === level ? [] : undefined),
  doneWhen: ({ feature, level }) => `the cluster has agreed on ${feature} ${level}`,
  isDone: ({ level }, now) => now.level === level,
};
