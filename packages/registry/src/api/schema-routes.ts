import { type Context, Hono } from "hono";
import type { Access } from "../access/access-rules.ts";
import { RegistryError } from "../registry-error.ts";
import type { Registry } from "../service/registry.ts";
import { printJson } from "../json/json-value.ts";
import type { SchemaVersion } from "../subjects/registry-record.ts";
import { DEFAULT_CONTEXT, parseSubjectName } from "../subjects/subject-name.ts";
import { answerJson, answerText, flag, page, versionText } from "./answers.ts";
import { accessOf } from "./request-access.ts";

const MAX_LISTED = 1_000;

/** Schemas by id, and lists of them. */
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

  app.get("/schemas/ids/:id", (context) => {
    const [found] = usesOf(context);
    return answerText(
      context,
      contentText(
        found as SchemaVersion,
        flag(context, "fetchMaxId") ? state.ids(parseSubjectName((found as SchemaVersion).subject).context).highest : undefined,
      ),
    );
  });
  app.get("/schemas/ids/:id/schema", (context) => answerText(context, (usesOf(context)[0] as SchemaVersion).schema));
  app.get("/schemas/ids/:id/subjects", (context) => {
    const names = listed(usesOf(context), flag(context, "deleted")).map(({ subject }) => subject);
    return answerJson(context, page(context, [...new Set(names)].sort()));
  });
  app.get("/schemas/ids/:id/versions", (context) => {
    const versions = listed(usesOf(context), flag(context, "deleted")).map(({ subject, version }) => ({ subject, version }));
    return answerJson(context, page(context, versions));
  });
  app.get("/schemas/guids/:guid", (context) => {
    const found = byGuid(registry, context.req.param("guid"), accessOf(context))[0];
    if (found === undefined) throw new RegistryError("REGISTRY_SCHEMA_NOT_FOUND", "No schema has this GUID.");
    return answerText(context, contentText(found, undefined));
  });
  app.get("/schemas/guids/:guid/ids", (context) => {
    const found = byGuid(registry, context.req.param("guid"), accessOf(context));
    const ids = new Map(
      found.map(({ subject, id }) => [`${parseSubjectName(subject).context} ${id}`, { context: parseSubjectName(subject).context, id }]),
    );
    return answerJson(context, [...ids.values()]);
  });
  app.get("/schemas/types", (context) => answerJson(context, registry.reader.types()));
  app.get("/schemas", (context) => {
    const { context: place, subject: prefix } = parseSubjectName(context.req.query("subjectPrefix") ?? ":*:");
    const [deleted, latestOnly] = [flag(context, "deleted"), flag(context, "latestOnly")];
    const subjects = [...state.subjects()].sort().filter((subject) => {
      const name = parseSubjectName(subject);
      return (place === "*" || place === name.context) && name.subject.startsWith(prefix) && accessOf(context).may("read", subject);
    });
    const all = subjects.flatMap((subject) => {
      const versions = deleted ? state.versions(subject) : state.liveVersions(subject);
      return latestOnly ? versions.slice(-1) : versions;
    });
    return answerText(context, `[${page(context, all, MAX_LISTED).map(versionText).join(",")}]`);
  });
  return app;
}

function parseId(written: string): number {
  if (/^\d{1,10}$/.test(written)) return Number(written);
  throw new RegistryError("REGISTRY_SCHEMA_NOT_FOUND", `"${written.slice(0, 40)}" is no id of a schema.`);
}

function listed(uses: readonly SchemaVersion[], deleted: boolean): readonly SchemaVersion[] {
  return deleted ? uses : uses.filter(({ isDeleted }) => !isDeleted);
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

function contentText({ guid, schemaType, references, metadata, ruleSet, schema }: SchemaVersion, maxId: number | undefined): string {
  const before = {
    guid,
    ...(schemaType !== "AVRO" && { schemaType }),
    schema,
    ...(references.length > 0 && { references }),
    ...(metadata !== undefined && { metadata }),
    ...(maxId !== undefined && { maxId }),
  };
  return ruleSet === undefined ? JSON.stringify(before) : `${JSON.stringify(before).slice(0, -1)},"ruleSet":${printJson(ruleSet)}}`;
}
