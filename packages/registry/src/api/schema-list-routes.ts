import { Hono } from "hono";
import { isJsonObject, type JsonValue } from "../json/json-value.ts";
import type { Registry } from "../service/registry.ts";
import type { SchemaVersion } from "../subjects/registry-record.ts";
import { answerJson, answerStream, flag, page, pageEnd, versionText } from "./answers.ts";
import { accessOf } from "./request-access.ts";
import { filteredInTurns, firstInTurns, jsonListOf, subjectFilter } from "./subject-lists.ts";

const MAX_LISTED = 1_000;

/** Lists of schemas. */
export function schemaListRoutes(registry: Registry): Hono {
  const app = new Hono();
  const { state } = registry;
  app.get("/schemas", async (context) => {
    const isSought = subjectFilter(context.req.query("subjectPrefix") ?? ":*:");
    const [deleted, latestOnly] = [flag(context, "deleted"), flag(context, "latestOnly")];
    const ruleType = context.req.query("ruleType") ?? "";
    // Nothing is associated with anything here.
    if (["resourceType", "associationType", "lifecycle"].some((name) => (context.req.query(name) ?? "") !== ""))
      return answerJson(context, []);
    const meant = flag(context, "aliases") ? [...state.aliases()].filter(([alias]) => isSought(alias)).map(([, subject]) => subject) : [];
    const access = accessOf(context);
    const named = await filteredInTurns(state.sortedSubjects(), (subject) => isSought(subject) && access.may("read", subject));
    const readable = meant.filter((subject) => access.may("read", subject));
    const subjects = readable.length === 0 ? named : [...new Set([...named, ...readable])].sort();
    const all = await firstInTurns(subjects, pageEnd(context, MAX_LISTED), (subject) => {
      const versions = deleted ? state.versions(subject) : state.liveVersions(subject);
      const listedOnes = latestOnly ? versions.slice(-1) : versions;
      return ruleType === "" ? listedOnes : listedOnes.filter((each) => hasRuleOf(ruleType, each));
    });
    return answerStream(
      context,
      jsonListOf(page(context, all, MAX_LISTED), (each) => versionText(each)),
    );
  });
  return app;
}

/** Whether one of its rules is of this type. */
function hasRuleOf(type: string, { ruleSet }: SchemaVersion): boolean {
  return ["migrationRules", "domainRules", "encodingRules"].some((name) => {
    const rules = ruleSet?.get(name);
    return Array.isArray(rules) && (rules as readonly JsonValue[]).some((rule) => isJsonObject(rule) && rule.get("type") === type);
  });
}
