import { createInterface } from "node:readline/promises";
import { type PlanStep, riskOf, sentenceOf, subjectOf } from "@ottla/expert/plan";
import { type CommandContext, UsageError } from "../../command.ts";
import { shown } from "../../output.ts";
import { ALL_HIGH_RISKS } from "./specs.ts";

/** Whether the steps may be made, and which of high risk; undefined where somebody said no. Throws {@link UsageError} where nobody can be asked. */
export async function askConsent(context: CommandContext, steps: readonly PlanStep[]): Promise<ReadonlySet<string> | undefined> {
  const { options, stdin } = context;
  const named = new Set(options.texts("yes-to"));
  const risky = steps.filter(({ change, before }) => riskOf(change, before as never).class === "high");
  const open = risky.filter(({ change }) => !named.has(ALL_HIGH_RISKS) && !named.has(subjectOf(change)));
  const unknown = [...named].find((name) => name !== ALL_HIGH_RISKS && !risky.some(({ change }) => subjectOf(change) === name));
  if (unknown !== undefined) throw new UsageError(shown`No step of high risk is about "${unknown}"; --yes-to takes their names.`);
  const mayAsk = stdin.isTTY && !options.has("yes") && !options.has("json");
  if (!mayAsk && open.length > 0)
    throw new UsageError(
      shown`Steps of high risk need their name: ${[...new Set(open.map(({ change }) => `--yes-to ${JSON.stringify(subjectOf(change))}`))].join(" ")}, or --yes-to ${ALL_HIGH_RISKS} for all of them.`,
    );
  if (!mayAsk && !options.has("yes")) throw new UsageError("Nobody can be asked here: give --yes to carry it out, or --dry-run to look.");
  if (mayAsk && !(await askAll(context, open, steps.length))) return undefined;
  return new Set(risky.map(({ id }) => id));
}

async function askAll(context: CommandContext, risky: readonly PlanStep[], count: number): Promise<boolean> {
  for (const { id, change, before } of risky) {
    const { why = "" } = riskOf(change, before as never);
    const subject = subjectOf(change);
    const answer = await ask(context, shown`\nStep ${id}: ${sentenceOf(change)}\n${why}\nType ${subject} to agree: `);
    if (answer !== subject) return false;
  }
  return ["y", "yes"].includes((await ask(context, `Carry out ${count} step${count === 1 ? "" : "s"}? [y/N] `)).toLowerCase());
}

async function ask({ stdin, stderr, signal }: CommandContext, question: string): Promise<string> {
  const lines = createInterface({ input: stdin, output: stderr, terminal: false });
  try {
    return (await lines.question(question, { signal })).trim();
  } finally {
    lines.close();
  }
}
