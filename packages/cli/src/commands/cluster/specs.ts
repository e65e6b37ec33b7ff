import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

export const clusterCommands: readonly CommandSpec[] = [
  {
    path: ["cluster", "describe"],
    summary: "show the brokers of a cluster",
    options: [JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla cluster describe -b kafka1:9092", does: "id, controller, brokers, how many partitions each leads" }],
    load: async () => (await import("./describe-cluster.ts")).describeCluster,
  },
  {
    path: ["api-versions"],
    summary: "show which requests each broker understands, in which versions",
    options: [JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla api-versions", does: "one row per API" }],
    load: async () => (await import("./api-versions.ts")).apiVersions,
  },
];
