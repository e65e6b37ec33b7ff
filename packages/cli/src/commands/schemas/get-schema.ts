import { type RunCommand, UsageError } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { registryOf } from "../../registry/registry-calls.ts";
import type { SchemaContent } from "../../registry/registered-schema.ts";
import { textStyle } from "../../text-style.ts";
import { unknownSubject } from "./list-schemas.ts";
import { readableSchema, versionOption } from "./schema-text.ts";

export const getSchema: RunCommand = async (context) => {
  const { options, positionals, stdout, env } = context;
  const [subject] = positionals;
  const id = options.integer("id", 1, 0x7fff_ffff);
  if ((subject === undefined) === (id === undefined)) throw new UsageError("Give a subject, or --id; one of them.");
  if (id !== undefined && options.has("version")) throw new UsageError("--version is of a subject; leave it out with --id.");
  const version = versionOption(context) ?? "latest";
  const registry = await registryOf(context);
  let title: string;
  let content: SchemaContent;
  if (subject === undefined) {
    content = await registry.byId(id ?? 0);
    title = `id ${id}, ${content.schemaType}`;
    if (options.has("json")) {
      printJson(context, { id, ...content });
      return 0;
    }
  } else {
    const deleted = options.has("deleted");
    if ((await registry.versions(subject, deleted)) === undefined) throw unknownSubject(subject);
    const found = await registry.version(subject, version, deleted);
    content = found;
    title = `${found.subject} version ${found.version}, id ${found.id}, ${found.schemaType}${found.isDeleted ? ", deleted" : ""}`;
    if (options.has("json")) {
      const { isDeleted, ...facts } = found;
      printJson(context, { ...facts, deleted: isDeleted });
      return 0;
    }
  }
  if (options.has("raw")) {
    stdout.write(content.schema);
    return 0;
  }
  stdout.write(`${textStyle(stdout, env).bold(shown`${title}`)}\n`);
  for (const { name, subject: referred, version } of content.references)
    stdout.write(shown`uses ${name}: ${referred} version ${version}\n`);
  // Line by line: what a schema holds may not move the cursor.
  for (const line of readableSchema(content).trimEnd().split("\n")) stdout.write(shown`${line}\n`);
  return 0;
};
