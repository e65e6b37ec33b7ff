import { CLUSTER_OPTIONS } from "../../cluster-options.ts";
import type { CommandSpec } from "../../command.ts";
import { JSON_OPTION } from "../../output.ts";

/** What agrees to every step of high risk. */
export const ALL_HIGH_RISKS = "HIGH";

export const applyCommand: CommandSpec = {
  path: ["apply"],
  summary: "carry out a plan of changes, or take it back",
  description:
    'Plans are written by "ottla doctor --fix" and "ottla design"; read them first. Each step is looked at again, made, and waited for until the cluster shows it; the first that cannot be made ends it. What\n' +
    "was done is noted in PLAN.journal before it is done, so that after an interruption --resume goes on, whatever stopped it, and --undo takes back what was done. Steps of high risk ask for the name\n" +
    "of what they are about. Status 1 when a step could not be made.",
  arguments: [{ name: "plan", summary: "the plan's file" }],
  options: [
    { name: "dry-run", kind: "flag", summary: "look whether each step could be made, and make none" },
    { name: "yes", kind: "flag", summary: "do not ask; steps of high risk need --yes-to as well" },
    {
      name: "yes-to",
      kind: "text",
      repeatable: true,
      placeholder: "NAME",
      summary: `agree to the high risks of this topic, group or the like; ${ALL_HIGH_RISKS} for all of the plan`,
    },
    { name: "resume", kind: "flag", summary: "go on where an earlier call was interrupted" },
    { name: "undo", kind: "flag", summary: "take back what was done of the plan, the last step first" },
    { name: "accept-edited", kind: "flag", summary: "the plan was changed after it was made, and is meant so" },
    JSON_OPTION,
    ...CLUSTER_OPTIONS,
  ],
  examples: [
    { command: "ottla apply plan.yaml --dry-run", does: "what would be done, and whether it still fits" },
    { command: "ottla apply plan.yaml --yes --yes-to orders", does: "without questions, in a script" },
    { command: "ottla apply plan.yaml --undo", does: "back to what was there" },
  ],
  load: async () => (await import("./apply.ts")).apply,
};
