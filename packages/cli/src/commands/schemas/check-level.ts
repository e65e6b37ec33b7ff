import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { type RegistryCalls, registryOf } from "../../registry/registry-calls.ts";
import { textStyle } from "../../text-style.ts";
import { answerLines } from "./answer-lines.ts";
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

async function checkFile(context: CommandContext, subject: string, file: string): Promise<0 | 1> {
  const { options, stdout, env } = context;
  const content = await schemaInFile(context, file);
  const registry = await registryOf(context);
  const level = await registry.level(subject);
  const version = versionOption(context);
  const { isCompatible, messages } = await registry.checkCompatibility(
    subject,
    content,
    version === undefined ? undefined : String(version),
  );
  const style = textStyle(stdout, env);
  if (options.has("json")) printJson(context, { subject, level, compatible: isCompatible, messages });
  else if (isCompatible) stdout.write(shown`${file} fits ${subject} under ${level}.\n`);
  else {
    stdout.write(`${style.yellow(shown`${file} does not fit ${subject} under ${level}.`)}\n`);
    for (const line of answerLines(messages)) stdout.write(shown`${line}\n`);
  }
  return isCompatible ? 0 : 1;
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
