import { OttlaError } from "@ottla/base";
import { type CommandContext, type RunCommand, UsageError } from "../../command.ts";
import { printJson } from "../../output.ts";
import { type RegistryCalls, registryOf } from "../../registry/registry-calls.ts";
import type { RegisteredSchema } from "../../registry/registered-schema.ts";
import { type Cell, type Column, renderTable } from "../../table.ts";
import { textStyle } from "../../text-style.ts";

const SUBJECT_COLUMNS: readonly Column[] = [
  { title: "subject" },
  { title: "type" },
  { title: "latest", isNumeric: true },
  { title: "id", isNumeric: true },
];
const VERSION_COLUMNS: readonly Column[] = [
  { title: "version", isNumeric: true },
  { title: "id", isNumeric: true },
  { title: "type" },
  { title: "references", isNumeric: true },
  { title: "guid" },
  { title: "state" },
];

export const listSchemas: RunCommand = async (context) => {
  const registry = await registryOf(context);
  const [subject] = context.positionals;
  if (subject === undefined) return listSubjects(context, registry);
  if (context.options.has("prefix")) throw new UsageError("--prefix is for the list of subjects; leave it out with a subject.");
  return listVersions(context, registry, subject);
};

async function listSubjects(context: CommandContext, registry: RegistryCalls): Promise<0> {
  const { options } = context;
  const prefix = options.text("prefix");
  const deleted = options.has("deleted");
  // Registries without a list of schemas tell names alone.
  const latest = await registry.latestOfAll(prefix, deleted);
  const subjects = latest?.map(facts) ?? (await registry.subjects(prefix, deleted)).map((subject) => ({ subject }));
  if (options.has("json")) printJson(context, subjects);
  else if (subjects.length === 0) context.stdout.write("There are no subjects.\n");
  else if (latest === undefined)
    table(
      context,
      [{ title: "subject" }],
      subjects.map(({ subject }) => [subject]),
    );
  else
    table(
      context,
      SUBJECT_COLUMNS,
      latest.map(({ subject, schemaType, version, id }) => [subject, schemaType, version, id]),
    );
  return 0;
}

async function listVersions(context: CommandContext, registry: RegistryCalls, subject: string): Promise<0> {
  const deleted = context.options.has("deleted");
  const numbers = await registry.versions(subject, deleted);
  if (numbers === undefined) throw unknownSubject(subject);
  const versions: RegisteredSchema[] = [];
  for (const version of numbers) versions.push(await registry.version(subject, version, deleted));
  if (context.options.has("json")) printJson(context, versions.map(facts));
  else
    table(
      context,
      VERSION_COLUMNS,
      versions.map(({ version, id, schemaType, references, guid, isDeleted }) => [
        version,
        id,
        schemaType,
        references.length,
        guid,
        isDeleted ? "deleted" : "live",
      ]),
    );
  return 0;
}

function table({ stdout, env }: CommandContext, columns: readonly Column[], rows: readonly (readonly Cell[])[]): void {
  stdout.write(renderTable(columns, rows, textStyle(stdout, env)));
}

/** All but the text, which is long. */
function facts({ subject, version, id, guid, schemaType, references, isDeleted }: RegisteredSchema) {
  return { subject, version, id, guid, schemaType, references, deleted: isDeleted };
}

export function unknownSubject(subject: string): OttlaError {
  return new OttlaError("UNKNOWN_SUBJECT", `There is no subject "${subject}"; "ottla schemas list" shows those that are there.`);
}
