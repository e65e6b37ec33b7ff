import { OttlaError } from "@ottla/base";
import type { RunCommand } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { registryOf } from "../../registry/registry-calls.ts";
import { RegistryRefusal } from "../../registry/registry-connection.ts";
import { answerLines } from "./answer-lines.ts";
import { schemaInFile } from "./schema-text.ts";

export const registerSchema: RunCommand = async (context) => {
  const { options, positionals, stdout } = context;
  const [subject, file] = positionals as [string, string];
  const content = await schemaInFile(context, file);
  const registry = await registryOf(context);
  const normalize = options.has("normalize");
  let registered: { readonly id: number; readonly version: number | undefined };
  try {
    registered = await registry.register(subject, content, normalize);
  } catch (error) {
    if (!(error instanceof RegistryRefusal) || error.status !== 409) throw error;
    // The refusal's own text is the registry's; asked about compatibility, each registry lists what it found.
    const { messages } = await registry.checkCompatibility(subject, content);
    for (const line of answerLines(messages)) context.stderr.write(shown`${line}\n`);
    throw new OttlaError("INCOMPATIBLE_SCHEMA", error.message.split("; details:")[0] ?? error.message, { cause: error });
  }
  // Older registries answer the id alone.
  const version = registered.version ?? (await registry.lookUp(subject, content, normalize))?.version;
  if (options.has("json")) printJson(context, { subject, id: registered.id, version });
  else stdout.write(shown`${subject} version ${version ?? "?"}, id ${registered.id}.\n`);
  return 0;
};
