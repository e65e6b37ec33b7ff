import { type Context, Hono } from "hono";
import type { Access } from "../access/access-rules.ts";
import { RegistryError } from "../registry-error.ts";
import type { Registry } from "../service/registry.ts";
import { printJson } from "../json/json-value.ts";
import type { SchemaVersion } from "../subjects/registry-record.ts";
import { DEFAULT_CONTEXT, parseSubjectName } from "../subjects/subject-name.ts";
import { answerJson, answerText, flag, page } from "./answers.ts";
import { asAsked, furtherMembers } from "./text-format.ts";
import { accessOf } from "./request-access.ts";

/** Schemas by id and by GUID. */
export function schemaRoutes(registry: Registry): Hono {
  const app = new Hono();
  const { state } = registry;
  const usesOf = (context: Context): readonly SchemaVersion[] => {
    const id = parseId(context.req.param("id") ?? "");
    const { context: place, subject } = parseSubjectName(context.req.query("subject") ?? "");
    const uses = state.ids(place).uses(id);
    // With a subject those of its context come; one that uses the id in the default context is found without.
    const all = uses.length > 0 || place !== DEFAULT_CONTEXT ? uses : usesElsewhere(registry, id, subject);
    const found = all.filter((each) => accessOf(context).may("read", each.subject));
    if (found.length === 0) throw new RegistryError("REGISTRY_SCHEMA_NOT_FOUND", `No schema has the id ${id}.`);
    return found;
  };

  app.get("/schemas/ids/:id", async (context) => {
    const [found] = usesOf(context) as [SchemaVersion];
    const maxId = flag(context, "fetchMaxId") ? state.ids(parseSubjectName(found.subject).context).highest : undefined;
    return answerText(context, contentText(await asAsked(context, registry, found), maxId, furtherMembers(context, found)));
  });
  app.get("/schemas/ids/:id/schema", async (context) =>
    answerText(context, (await asAsked(context, registry, usesOf(context)[0] as SchemaVersion)).schema),
  );
  app.get("/schemas/ids/:id/subjects", (context) => {
    const names = ofSubject(context, listed(usesOf(context), flag(context, "deleted"))).map(({ subject }) => subject);
    return answerJson(context, page(context, [...new Set(names)].sort()));
  });
  app.get("/schemas/ids/:id/versions", (context) => {
    const versions = ofSubject(context, listed(usesOf(context), flag(context, "deleted"))).map(({ subject, version }) => ({
      subject,
      version,
    }));
    return answerJson(context, page(context, versions));
  });
  app.get("/schemas/guids/:guid", async (context) => {
    const found = byGuid(registry, context.req.param("guid"), accessOf(context))[0];
    if (found === undefined) throw new RegistryError("REGISTRY_SCHEMA_NOT_FOUND", "No schema has this GUID.");
    return answerText(context, contentText(await asAsked(context, registry, found), undefined, furtherMembers(context, found)));
  });
  app.get("/schemas/guids/:guid/ids", (context) => {
    const found = byGuid(registry, context.req.param("guid"), accessOf(context));
    const ids = new Map(
      found.map(({ subject, id }) => [`${parseSubjectName(subject).context} ${id}`, { context: parseSubjectName(subject).context, id }]),
    );
    return answerJson(context, [...ids.values()]);
  });
  app.get("/schemas/types", (context) => answerJson(context, registry.reader.types()));
  return app;
}

function parseId(written: string): number {
  if (/^\d{1,10}$/.test(written)) return Number(written);
  throw new RegistryError("REGISTRY_SCHEMA_NOT_FOUND", `"${written.slice(0, 40)}" is no id of a schema.`);
}

function listed(uses: readonly SchemaVersion[], deleted: boolean): readonly SchemaVersion[] {
  return deleted ? uses : uses.filter(({ isDeleted }) => !isDeleted);
}

/** Of one subject, when a request names one; its context alone means all of it. */
function ofSubject(context: Context, uses: readonly SchemaVersion[]): readonly SchemaVersion[] {
  const written = context.req.query("subject") ?? "";
  if (parseSubjectName(written).subject === "") return uses;
  return uses.filter(({ subject }) => subject === written || parseSubjectName(subject).subject === written);
}

/** Of a subject without its context, in whichever context it has the id. */
function usesElsewhere({ state }: Registry, id: number, subject: string): readonly SchemaVersion[] {
  if (subject === "") return [];
  return state.contexts().flatMap((context) =>
    state
      .ids(context)
      .uses(id)
      .filter((each) => parseSubjectName(each.subject).subject === subject),
  );
}

function byGuid({ state }: Registry, guid: string, access: Access): readonly SchemaVersion[] {
  return state.contexts().flatMap((context) => {
    const id = state.ids(context).idOf(guid.toLowerCase());
    const uses = id === undefined ? [] : state.ids(context).uses(id);
    return uses.filter(({ subject }) => access.may("read", subject)).slice(0, 1);
  });
}

function contentText(
  { guid, schemaType, references, metadata, ruleSet, schema }: SchemaVersion,
  maxId: number | undefined,
  furtherMembers: string,
): string {
  const before = {
    guid,
    ...(schemaType !== "AVRO" && { schemaType }),
    schema,
    ...(references.length > 0 && { references }),
    ...(metadata !== undefined && { metadata }),
    ...(maxId !== undefined && { maxId }),
  };
  const rules = ruleSet === undefined ? "" : `,"ruleSet":${printJson(ruleSet)}`;
  return `${JSON.stringify(before).slice(0, -1)}${rules}${furtherMembers}}`;
}
