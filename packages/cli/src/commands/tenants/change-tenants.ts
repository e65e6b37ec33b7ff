import type { Client } from "@ottla/client";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { printJson, reportFailures, shown } from "../../output.ts";
import { carryOut, findPasswords, type StepOutcome } from "./carry-out.ts";
import { readTenantFile, type Tenant } from "./tenant-file.ts";
import { planApply, planRemoval, type Step, stepText } from "./tenant-plan.ts";
import { readStates } from "./tenant-state.ts";

export const applyTenants: RunCommand = (context) => changeTenants(context, planApply, true);

export const removeTenants: RunCommand = (context) => changeTenants(context, planRemoval, context.options.has("yes"));

/** What cannot be done is told at the end with what was done; the same command begins there the next time. */
function changeTenants(context: CommandContext, plan: typeof planApply, isMeant: boolean): Promise<0 | 1> {
  const tenants = namedTenants(context);
  return withClient(
    context,
    async (client) => {
      const states = await readStates(client.admin(), tenants);
      const steps = tenants.flatMap((tenant, at) => plan(tenant, states[at]!));
      const passwords = plan === planApply ? findPasswords(tenants, steps, context.env) : new Map<string, string>();
      const { options, stdout, stderr } = context;
      const isDry = options.has("dry-run") || !isMeant;
      if (!options.has("json")) stdout.write(planText(steps));
      if (isDry || steps.length === 0) {
        if (options.has("json")) printJson(context, { plan: steps.map(stepText), outcomes: [] });
        if (steps.length === 0 || isMeant) return 0 as const;
        stderr.write("ottla: Nothing was removed; give --yes to do it.\n");
        return 1 as const;
      }
      return carryOutAll(context, client, steps, passwords);
    },
    // What was begun is told as far as it went.
    "inTime",
  );
}

async function carryOutAll(
  context: CommandContext,
  client: Client,
  steps: readonly Step[],
  passwords: ReadonlyMap<string, string>,
): Promise<0 | 1> {
  const { options, stdout, signal } = context;
  const outcomes: StepOutcome[] = [];
  let broken: Error | undefined;
  try {
    for await (const outcome of carryOut(client.admin(), steps, passwords)) {
      outcomes.push(outcome);
      if (outcome.password !== undefined && !options.has("json") && "user" in outcome.step && typeof outcome.step.user === "object")
        stdout.write(shown`The password of ${outcome.step.user.name} is ${outcome.password}; it is told this once.\n`);
      if (signal.aborted) break;
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    broken = error;
  }
  const done = outcomes.filter(({ outcome }) => outcome === "done").length;
  if (options.has("json"))
    printJson(context, {
      plan: steps.map(stepText),
      outcomes: outcomes.map(({ step, ...rest }) => ({ step: stepText(step), ...rest })),
    });
  else
    stdout.write(
      done === steps.length ? `Done: ${done} of ${done}.\n` : `Done: ${done} of ${steps.length}; the same command goes on from there.\n`,
    );
  const failures = outcomes.flatMap(({ step, error }) =>
    error ? [{ name: stepText(step), error: error.code, message: error.message }] : [],
  );
  const status = reportFailures(context, failures);
  if (broken !== undefined) throw broken;
  return done === steps.length ? status : 1;
}

function planText(steps: readonly Step[]): string {
  if (steps.length === 0) return "All is as it should be; there is nothing to do.\n";
  return `${steps.map((step) => shown`${stepText(step)}\n`).join("")}\n`;
}

/** Those of the file, or the named ones of them. */
export function namedTenants({ options, positionals }: CommandContext): readonly Tenant[] {
  const file = options.text("file");
  if (file === undefined) throw new UsageError("--file is missing.");
  const tenants = readTenantFile(file);
  const unknown = positionals.find((name) => !tenants.some((tenant) => tenant.name === name));
  if (unknown !== undefined) throw new UsageError(shown`There is no tenant "${unknown.slice(0, 100)}" in ${file}.`);
  return positionals.length === 0 ? tenants : tenants.filter(({ name }) => positionals.includes(name));
}
