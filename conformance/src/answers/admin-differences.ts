/** Calls of Java's Admin that ours answers otherwise than Apache Kafka, and why. */
export const differingCalls: readonly { readonly calls: RegExp; readonly why: string }[] = [
  {
    calls: /^describeFeatures/,
    why: "Features of what is not served (share and streams groups, eligible leader replicas) are not listed.",
  },
  { calls: /Share|share/, why: "There are no share groups yet: SKIPPED.md." },
];
