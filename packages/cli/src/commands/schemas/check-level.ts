import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { type RegistryCalls, registryOf } from "../../registry/registry-calls.ts";
import { textStyle } from "../../text-style.ts";
import type { SchemaContent } from "../../registry/registered-schema.ts";
import { answerLines } from "./answer-lines.ts";
import { planWithImports } from "./register/plan-with-imports.ts";
import { contentOf, judgePlan } from "./register/registration-plan.ts";
import { SchemaEngine } from "./schema-engine.ts";
import { schemaInFile, versionOption } from "./schema-text.ts";

export const checkLevel: RunCommand = async (context) => {
  const { options, positionals } = context;
  const [subject, file] = positionals;
  const level = options.text("set");
  if (file !== undefined && level !== undefined) throw new UsageError("--set sets the level; leave the file out, or --set.");
  if (subject !== undefined && file !== undefined) return checkFile(context, subject, file);
  const registry = await registryOf(context);
  return level === undefined ? showLevel(context, registry, subject ?? null) : setLevel(context, registry, subject ?? null, level);
};

interface Verdict {
  readonly isCompatible: boolean;
  /** As registries write them. */
  readonly messages: readonly string[];
  /** For people. */
  readonly lines: readonly string[];
}

async function checkFile(context: CommandContext, subject: string, file: string): Promise<0 | 1> {
  const { options, stdout, env } = context;
  const content = await schemaInFile(context, file);
  const registry = await registryOf(context);
  const level = await registry.level(subject);
  const { isCompatible, messages, lines } = await verdictOn(context, registry, subject, file, content);
  const style = textStyle(stdout, env);
  if (options.has("json")) printJson(context, { subject, level, compatible: isCompatible, messages });
  else if (isCompatible) stdout.write(shown`${file} fits ${subject} under ${level}.\n`);
  else {
    stdout.write(`${style.yellow(shown`${file} does not fit ${subject} under ${level}.`)}\n`);
    for (const line of lines) stdout.write(shown`${line}\n`);
  }
  return isCompatible ? 0 : 1;
}

/** The registry's own where it has all that the file uses; else ours, of the file and of what it uses. */
async function verdictOn(
  context: CommandContext,
  registry: RegistryCalls,
  subject: string,
  file: string,
  content: SchemaContent,
): Promise<Verdict> {
  const { plan, linked } = await planWithImports(context, subject, file, content);
  const version = versionOption(context);
  let ready = contentOf(plan.at(-1)!, new Map()) ?? content;
  if (plan.length > 1) {
    const outcomes = await judgePlan(plan, linked, await SchemaEngine.load(), registry, false);
    const registered = new Map(
      outcomes.flatMap(({ planned, there }) => (there === undefined ? [] : [[planned.file.path, there] as const])),
    );
    const whole = contentOf(plan.at(-1)!, registered);
    if (whole === undefined) {
      if (version !== undefined)
        throw new UsageError(
          `${file} uses files that are not registered as they are, so the registry cannot be asked about one version; leave --version out, or register them first.`,
        );
      const reasons = outcomes.flatMap(({ planned, reasons: own }) =>
        own.map((reason) => (planned === plan.at(-1) ? reason : `${planned.subject} (${planned.file.path}): ${reason}`)),
      );
      return { isCompatible: reasons.length === 0, messages: reasons, lines: reasons.map((reason) => `  ${reason}`) };
    }
    ready = whole;
  }
  const asked = await registry.checkCompatibility(subject, ready, version === undefined ? undefined : String(version));
  return { ...asked, lines: answerLines(asked.messages) };
}

async function showLevel(context: CommandContext, registry: RegistryCalls, subject: string | null): Promise<0> {
  const own = (await registry.ownConfig(subject))?.["compatibilityLevel"];
  const level = own ?? (subject === null ? "BACKWARD" : await registry.level(subject));
  const isOwn = subject === null || own !== undefined;
  if (context.options.has("json")) printJson(context, { subject: subject ?? undefined, level, own: isOwn });
  else context.stdout.write(shown`${subject ?? "All subjects"}: ${level}${isOwn ? "" : ", as all subjects"}.\n`);
  return 0;
}

async function setLevel(context: CommandContext, registry: RegistryCalls, subject: string | null, level: string): Promise<0> {
  await registry.setConfig(subject, { compatibilityLevel: level });
  if (context.options.has("json")) printJson(context, { subject: subject ?? undefined, level, own: true });
  else context.stdout.write(shown`${subject ?? "All subjects"}: ${level} from now on.\n`);
  return 0;
}
