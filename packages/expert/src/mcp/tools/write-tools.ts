import { OttlaError, printable } from "@ottla/base";
import { z } from "zod";
import { sentenceOf, subjectOf } from "../../plan/change-kinds.ts";
import type { ClusterChange } from "../../plan/cluster-change.ts";
import type { StoredPlan } from "../../plan/plan-store.ts";
import { type ServerLimits, type ToolAnswer, type ToolContext, tool } from "../tool.ts";
import { clusterOf } from "./live-tool.ts";
import { commandsOf, planFacts, riskOfStep } from "./plan-tools.ts";

const planId = z.string().max(100);
const digest = z.string().max(200).describe("as the plan's answer gave it: exactly this plan is meant");

export const executionTools = [
  tool({
    name: "execution_status",
    title: "State of a plan",
    description: "Whether a plan waits, runs, is done or failed, with a line a step.",
    kind: "plan",
    input: z.object({ planId }),
    run: ({ planId: id }, context) => {
      const { state, progress, digest: of } = context.plans.get(id, context.nowMs());
      return { data: { planId: id, digest: of, state, progress } };
    },
  }),
];

export const writeTools = [
  tool({
    name: "apply_plan",
    title: "Apply a plan",
    description:
      "Carries out a plan of this server, step by step, each looked at before and after. A person is asked first: yes for low risks, the names of what is in danger for high ones. A client that cannot ask gets the command with which a person approves it in a terminal.",
    kind: "write",
    input: z.object({ planId, digest }),
    run: (input, context) => carriedOut(input, "apply", context),
  }),
  tool({
    name: "rollback_plan",
    title: "Take a plan back",
    description:
      "Takes back what was carried out of a plan, the last step first, where there is a way back. A person is asked first, as by apply_plan.",
    kind: "write",
    input: z.object({ planId, digest }),
    run: (input, context) => carriedOut(input, "undo", context),
  }),
];

async function carriedOut(
  { planId: id, digest: wanted }: { readonly planId: string; readonly digest: string },
  verb: "apply" | "undo",
  context: ToolContext,
): Promise<ToolAnswer> {
  const stored = context.plans.get(id, context.nowMs());
  if (stored.digest !== wanted)
    throw new OttlaError("WRONG_DIGEST", `The plan ${id} has the digest ${stored.digest}; look at it again before it is applied.`);
  if (verb === "apply" && stored.state !== "waiting")
    throw new OttlaError("PLAN_USED", `The plan ${id} is ${stored.state}; make a new one.`);
  if (verb === "undo" && stored.state !== "done" && stored.state !== "failed")
    throw new OttlaError("PLAN_USED", `The plan ${id} is ${stored.state}: there is nothing to take back.`);
  checkScope(stored, context.limits);
  const before = stored.state;
  const consent = await context.consent(consentRequest(stored, verb));
  if (consent.kind === "elsewhere")
    return {
      data: {
        planId: id,
        state: stored.state,
        needsApproval: consent.command,
        meaning: "Nothing was changed. A person runs this command in a terminal; then the same call goes on.",
      },
    };
  if (consent.kind === "refused")
    return { data: { planId: id, state: stored.state, refused: consent.reason, meaning: "Nothing was changed." } };
  // Somebody was asked meanwhile, and the same call may have come twice.
  if (stored.state !== before) throw new OttlaError("PLAN_USED", `The plan ${id} is ${stored.state} by another call meanwhile.`);
  stored.state = "running";
  stored.progress.push(verb === "apply" ? "applied by consent" : "taken back by consent");
  try {
    const told = (line: string): void => void stored.progress.push(line);
    await (verb === "apply"
      ? clusterOf(context).apply(stored.plan, told, context.signal)
      : clusterOf(context).undo(stored.plan, told, context.signal));
    stored.state = verb === "apply" ? "done" : "waiting";
  } catch (error) {
    stored.state = verb === "apply" ? "failed" : before;
    stored.progress.push(`failed: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  }
  return { data: planFacts(stored), observedAtMs: context.nowMs() };
}

/** As much as a person reads in a dialog. What is longer is never cut: who consents has to see all of it. */
const DIALOG_CHARACTERS_MAX = 4000;

function consentRequest(stored: StoredPlan, verb: "apply" | "undo") {
  const high = stored.plan.steps.filter((step) => riskOfStep(step).class === "high");
  const lines = stored.plan.steps.flatMap(({ id, change }) => [
    `${id}. ${sentenceOf(change)}`,
    ...commandsOf(change).map((command) => `   ${command}`),
  ]);
  // A name may hold line ends, and what looks like a step of its own must be one.
  const message = [verb === "apply" ? "Carry out this plan?" : "Take back this plan?", ...lines].map(printable).join("\n");
  // It is typed from the dialog: as it is shown there, on one line.
  const names = [...new Set(high.map(({ change }) => printable(subjectOf(change)).trim().replace(/\s+/g, " ")))].sort();
  return {
    stored,
    message,
    isTooLong: message.length > DIALOG_CHARACTERS_MAX,
    typed: names.length === 0 ? undefined : names.length <= 3 ? names.join(" ") : `${high.length} changes of high risk`,
  };
}

/** Whether every change is about something that this server may change. Errors: `OUT_OF_SCOPE`. */
function checkScope({ plan }: StoredPlan, { writePrefixes }: ServerLimits): void {
  if (writePrefixes.length === 0) return;
  for (const { change } of plan.steps)
    for (const name of namesOf(change))
      if (name === undefined || !writePrefixes.some((prefix) => name.startsWith(prefix)))
        throw new OttlaError(
          "OUT_OF_SCOPE",
          `This server changes only what begins with ${writePrefixes.join(" or ")}, and the plan would: ${sentenceOf(change)}`,
        );
}

/** The names of topics and groups that a change is about; undefined for what is about the whole cluster. */
function namesOf(change: ClusterChange): readonly (string | undefined)[] {
  switch (change.kind) {
    case "config":
      return ["name" in change.target ? change.target.name : undefined];
    case "createTopic":
    case "deleteTopic":
    case "addPartitions":
    case "abortTransaction":
      return [change.topic];
    case "reassign":
      return change.moves.map(({ topic }) => topic);
    case "cancelReassignment":
    case "electLeaders":
      return change.partitions.map(({ topic }) => topic);
    case "setGroupOffsets":
    case "setShareGroupOffsets":
      return [change.group, ...change.offsets.map(({ topic }) => topic)];
    case "deleteShareGroupOffsets":
      return [change.group, ...change.topics];
    case "deleteGroupOffsets":
    case "deleteGroup":
      return [change.group];
    case "addAcls":
    case "removeAcls":
    case "removeThrottles":
    case "setQuota":
    case "upgradeFeature":
    case "manual":
      return [undefined];
  }
}
