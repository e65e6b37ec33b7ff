import { OttlaError } from "@ottla/base";
import type { CommandContext, RunCommand } from "../../../command.ts";
import { printJson, shown } from "../../../output.ts";
import type { SchemaContent } from "../../../registry/registered-schema.ts";
import { type RegistryCalls, registryOf } from "../../../registry/registry-calls.ts";
import { RegistryRefusal } from "../../../registry/registry-connection.ts";
import { answerLines } from "../answer-lines.ts";
import { SchemaEngine } from "../schema-engine.ts";
import { schemaInFile } from "../schema-text.ts";
import { planWithImports } from "./plan-with-imports.ts";
import { contentOf, judgePlan, type PlannedOutcome } from "./registration-plan.ts";

interface Registered {
  readonly subject: string;
  readonly id: number;
  readonly version: number | undefined;
}

export const registerSchema: RunCommand = async (context) => {
  const { options, positionals, stdout } = context;
  const [subject, path] = positionals as [string, string];
  const content = await schemaInFile(context, path);
  const registry = await registryOf(context);
  const { plan, linked } = await planWithImports(context, subject, path, content);
  const isDry = options.has("dry-run");
  if (plan.length > 1 || isDry) {
    // Nothing is registered when something would be refused: half of it would stay.
    const outcomes = await judgePlan(plan, linked, await SchemaEngine.load(), registry, options.has("normalize"));
    const isRefused = outcomes.some(({ outcome }) => outcome === "refused");
    if (isDry) return report(context, outcomes, isRefused);
    if (isRefused) {
      printReasons(context, outcomes);
      throw new OttlaError("INCOMPATIBLE_SCHEMA", `Nothing was registered: ${refusedIn(outcomes)} would be refused.`);
    }
  }
  const done = new Map<string, { readonly subject: string; readonly version: number }>();
  const registered: (Registered & { readonly file: string })[] = [];
  for (const planned of plan) {
    const ready = contentOf(planned, done) ?? content;
    const made = await registerOne(context, registry, planned.subject, ready);
    if (made.version !== undefined) done.set(planned.file.path, { subject: made.subject, version: made.version });
    registered.push({ ...made, file: planned.file.path });
    if (!options.has("json")) stdout.write(shown`${made.subject} version ${made.version ?? "?"}, id ${made.id}.\n`);
  }
  const own = registered.at(-1);
  const imports = registered.slice(0, -1);
  if (options.has("json"))
    printJson(context, { subject: own?.subject, id: own?.id, version: own?.version, ...(imports.length > 0 && { imports }) });
  return 0;
};

async function registerOne(context: CommandContext, registry: RegistryCalls, subject: string, content: SchemaContent): Promise<Registered> {
  const normalize = context.options.has("normalize");
  try {
    const { id, version } = await registry.register(subject, content, normalize);
    // Older registries answer the id alone.
    return { subject, id, version: version ?? (await registry.lookUp(subject, content, normalize))?.version };
  } catch (error) {
    if (!(error instanceof RegistryRefusal) || error.status !== 409) throw error;
    // The refusal's own text is the registry's; asked about compatibility, each registry lists what it found.
    const { messages } = await registry.checkCompatibility(subject, content);
    for (const line of answerLines(messages)) context.stderr.write(shown`${line}\n`);
    throw new OttlaError("INCOMPATIBLE_SCHEMA", error.message.split("; details:")[0] ?? error.message, { cause: error });
  }
}

function report(context: CommandContext, outcomes: readonly PlannedOutcome[], isRefused: boolean): 0 | 1 {
  if (context.options.has("json"))
    printJson(context, {
      dryRun: true,
      schemas: outcomes.map(({ planned: { file, subject }, outcome, there, reasons }) => ({
        file: file.path,
        subject,
        outcome,
        ...(there !== undefined && { version: there.version, id: there.id }),
        ...(reasons.length > 0 && { reasons }),
      })),
    });
  else {
    for (const { planned, outcome, there } of outcomes) {
      const words = {
        registered: `is registered already: version ${there?.version}, id ${there?.id}`,
        new: "would be registered",
        refused: "would be refused",
      };
      context.stdout.write(shown`${planned.subject} (${planned.file.path}) ${words[outcome]}.\n`);
    }
    printReasons(context, outcomes);
  }
  return isRefused ? 1 : 0;
}

function printReasons({ stderr }: CommandContext, outcomes: readonly PlannedOutcome[]): void {
  for (const { planned, reasons } of outcomes) {
    if (reasons.length > 0) stderr.write(shown`${planned.subject} (${planned.file.path}):\n`);
    for (const reason of reasons) stderr.write(shown`  ${reason}\n`);
  }
}

function refusedIn(outcomes: readonly PlannedOutcome[]): string {
  return outcomes
    .filter(({ outcome }) => outcome === "refused")
    .map(({ planned }) => planned.subject)
    .join(", ");
}
