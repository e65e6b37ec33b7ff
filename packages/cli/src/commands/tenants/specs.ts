import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { ArgumentSpec, CommandSpec, OptionSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

const FILE: OptionSpec = { name: "file", kind: "text", placeholder: "FILE", summary: "the tenants, as YAML; see docs/guides/tenants.md" };
const DRY_RUN: OptionSpec = { name: "dry-run", kind: "flag", summary: "show what would be done, and do nothing" };
const TENANT: ArgumentSpec = { name: "tenant", summary: "these tenants of the file; all unless given", optional: true, variadic: true };

export const tenantCommands: readonly CommandSpec[] = [
  {
    path: ["tenants", "list"],
    summary: "compare tenants of a file with the cluster",
    arguments: [TENANT],
    options: [FILE, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [{ command: "ottla tenants list --file tenants.yaml", does: "who is there, and what is not as in the file" }],
    load: async () => (await import("./list-tenants.ts")).listTenants,
  },
  {
    path: ["tenants", "apply"],
    summary: "make users, ACLs and quotas of tenants as the file says",
    description:
      "A tenant owns all topics, groups and transactional ids that begin with its prefix. The plan is shown before it is done; what is there already stays, passwords too. ACLs for\nexactly that prefix which are not in the file go. After a failure the same command does the rest.",
    arguments: [TENANT],
    options: [FILE, DRY_RUN, JSON_OPTION, ...CLUSTER_OPTIONS],
    examples: [
      { command: "ottla tenants apply --file tenants.yaml --dry-run", does: "the plan alone" },
      { command: "ottla tenants apply --file tenants.yaml shop", does: "one tenant of the file" },
    ],
    load: async () => (await import("./change-tenants.ts")).applyTenants,
  },
  {
    path: ["tenants", "remove"],
    summary: "remove users, ACLs and quotas of tenants",
    description: "Topics, records and groups stay.",
    arguments: [TENANT],
    options: [
      FILE,
      DRY_RUN,
      { name: "yes", kind: "flag", summary: "do it; without it the plan is shown" },
      JSON_OPTION,
      ...CLUSTER_OPTIONS,
    ],
    examples: [{ command: "ottla tenants remove --file tenants.yaml shop --yes", does: "nobody of shop can log in any more" }],
    load: async () => (await import("./change-tenants.ts")).removeTenants,
  },
];
