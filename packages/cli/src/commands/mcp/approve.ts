import { createInterface } from "node:readline/promises";
import { type RunCommand, UsageError } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { approvalsFolder, FileApprovals, type WaitingPlan } from "./file-approvals.ts";

/** Shows a plan that waits, and asks the person at this terminal. */
export const approve: RunCommand = async (context) => {
  const { options, positionals, stdin, stdout, stderr, signal } = context;
  const named = options.text("approvals");
  const approvals = new FileApprovals(approvalsFolder(named), named !== undefined);
  const waiting = await approvals.waiting();
  const [planId] = positionals;
  if (planId === undefined) {
    if (options.has("json")) printJson(context, waiting);
    else
      stdout.write(
        waiting.length === 0
          ? "No plan waits for approval.\n"
          : waiting.map((plan) => shown`${plan.planId}  ${firstStep(plan)}\n`).join(""),
      );
    return 0;
  }
  const plan = waiting.find((each) => each.planId === planId);
  if (!plan)
    throw new UsageError(`No plan ${planId} waits for approval; it may be older than an hour, or in another folder (--approvals).`);
  if (options.has("json")) printJson(context, plan);
  else stdout.write(page(plan));
  if (!stdin.isTTY) throw new UsageError("A plan is approved by a person at a terminal; standard input is none.");
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const wanted = plan.typed ?? "yes";
    const typed = await lines.question(shown`To agree, type ${wanted}: `, { signal });
    if (typed.trim().replace(/\s+/g, " ") !== wanted) {
      stderr.write("ottla: That is not what had to be typed; nothing was approved.\n");
      return 1;
    }
  } finally {
    lines.close();
  }
  await approvals.approve(plan);
  stdout.write("Approved, for five minutes and once. Tell the agent to go on.\n");
  return 0;
};

function firstStep({ facts }: WaitingPlan): string {
  const steps = stepsOf(facts);
  return `${textOf(steps[0]?.["does"])}${steps.length > 1 ? ` and ${steps.length - 1} more` : ""}`;
}

function page({ planId, digest, facts }: WaitingPlan): string {
  const steps = stepsOf(facts).map((step) => {
    const risk = step["risk"] as { readonly class?: string; readonly why?: string } | undefined;
    const commands = (step["ottla"] ?? step["kafka"] ?? []) as readonly string[];
    return [
      shown`${textOf(step["id"])}. ${textOf(step["does"])}${risk?.class === "high" ? ` (high risk${risk.why === undefined ? "" : `: ${risk.why}`})` : ""}\n`,
      ...commands.map((command) => shown`     ${command}\n`),
    ].join("");
  });
  return [shown`${planId}, digest ${digest}\n\n`, ...steps, "\n"].join("");
}

function stepsOf(facts: WaitingPlan["facts"]): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(facts["steps"]) ? (facts["steps"] as Readonly<Record<string, unknown>>[]) : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
