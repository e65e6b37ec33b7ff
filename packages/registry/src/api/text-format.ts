import type { Context } from "hono";
import { schemaTextFormats } from "../formats/schema-format.ts";
import { elsewhereOf } from "../off-loop/elsewhere.ts";
import { RegistryError } from "../registry-error.ts";
import type { Registry } from "../service/registry.ts";
import type { SchemaVersion } from "../subjects/registry-record.ts";
import { tagsInText } from "../subjects/schema-tags.ts";
import { parseSubjectName } from "../subjects/subject-name.ts";
import { flag } from "./answers.ts";

/**
 * A version as a request wants to see it: `format` changes its text, `referenceFormat=qualified` writes subjects of references with their contexts. A format of another type of schema leaves the text as it is.
 * @throws RegistryError `REGISTRY_BAD_REQUEST` for a format of no type
 */
export async function asAsked(context: Context, { state, reader }: Registry, version: SchemaVersion): Promise<SchemaVersion> {
  const format = (context.req.query("format") ?? "").trim().toLowerCase();
  const known = schemaTextFormats.find((each) => each === format);
  if (format !== "" && format !== "default" && known === undefined) {
    throw new RegistryError(
      "REGISTRY_BAD_REQUEST",
      `There is no format "${format.slice(0, 40)}"; there are ${schemaTextFormats.join(", ")}.`,
    );
  }
  const stored = known === undefined ? undefined : reader.readStored(state, version);
  const place = stored && elsewhereOf(stored);
  const there = place?.isOnlyThere === true ? place : undefined;
  const schema =
    known === undefined ? undefined : there === undefined ? stored?.inFormat?.(known) : await there.judge.inFormat(there.schema, known);
  const isQualified = context.req.query("referenceFormat")?.toLowerCase() === "qualified";
  if (schema === undefined && !isQualified) return version;
  const references = isQualified ? version.references.map((each) => ({ ...each, subject: qualified(each.subject) })) : version.references;
  return { ...version, ...(schema !== undefined && { schema }), references };
}

/** Members that are asked for beside a version's own, as JSON text that goes before the last brace. */
export function furtherMembers(context: Context, { schemaType, schema }: SchemaVersion): string {
  return flag(context, "findTags") ? `,"schemaTags":${JSON.stringify(tagsInText(schemaType, schema))}` : "";
}

function qualified(written: string): string {
  const { context, subject } = parseSubjectName(written);
  return `:${context}:${subject}`;
}
