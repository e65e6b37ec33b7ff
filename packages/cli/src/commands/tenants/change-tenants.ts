import type { Client } from "@ottla/client";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { withClient } from "../../connect-client.ts";
import { grouped, printJson, reportFailures, shown } from "../../output.ts";
import { carryOut, findPasswords, type StepOutcome } from "./carry-out.ts";
import { readTenantFile, type Tenant } from "./tenant-file.ts";
import { type Plan, planApply, planRemoval, type Step, stepText } from "./tenant-plan.ts";
import { readStates } from "./tenant-state.ts";

/** So many are done before anybody wonders. */
const STEPS_WITHOUT_PROGRESS = 2000;

export const applyTenants: RunCommand = (context) => changeTenants(context, planApply, true);

export const removeTenants: RunCommand = (context) => changeTenants(context, planRemoval, context.options.has("yes"));

/** What cannot be done is told at the end with what was done; the same command begins there the next time. */
function changeTenants(context: CommandContext, plan: typeof planApply, isMeant: boolean): Promise<0 | 1> {
  const tenants = namedTenants(context);
  return withClient(
    context,
    async (client) => {
      const states = await readStates(client.admin(), tenants);
      const plans = tenants.map((tenant, at) => plan(tenant, states[at]!));
      const steps = plans.flat(2);
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
      return carryOutAll(context, client, plans, passwords);
    },
    // What was begun is told as far as it went.
    "inTime",
  );
}

async function carryOutAll(
  context: CommandContext,
  client: Client,
  plans: readonly Plan[],
  passwords: ReadonlyMap<string, string>,
): Promise<0 | 1> {
  const { options, stdout, signal } = context;
  const steps = plans.flat(2);
  const outcomes: StepOutcome[] = [];
  const tellProgress = progressOf(context, steps.length);
  let broken: Error | undefined;
  try {
    for await (const some of carryOut(client.admin(), plans, passwords)) {
      outcomes.push(...some);
      if (!options.has("json")) stdout.write(some.map(passwordText).join(""));
      tellProgress(outcomes.length);
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

function passwordText({ step, outcome, password }: StepOutcome): string {
  if (password === undefined || step.kind !== "set-password") return "";
  const { name } = step.user;
  return outcome === "done"
    ? shown`The password of ${name} is ${password}; it is told this once.\n`
    : shown`The password of ${name} is ${password} if it was set, which nobody answered; it is told this once.\n`;
}

/** A line for each tenth of what takes long. */
function progressOf({ options, stderr }: CommandContext, count: number): (done: number) => void {
  let toldTenths = 0;
  return (done) => {
    const tenths = Math.floor((done / count) * 10);
    if (count < STEPS_WITHOUT_PROGRESS || options.has("json") || tenths <= toldTenths || done >= count) return;
    toldTenths = tenths;
    stderr.write(`ottla: ${grouped(done)} of ${grouped(count)} steps\n`);
  };
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
