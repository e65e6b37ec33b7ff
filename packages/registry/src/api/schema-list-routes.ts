import { Hono } from "hono";
import { isJsonObject, type JsonValue } from "../json/json-value.ts";
import type { Registry } from "../service/registry.ts";
import type { SchemaVersion } from "../subjects/registry-record.ts";
import { parseSubjectName } from "../subjects/subject-name.ts";
import { answerJson, answerText, flag, page, versionText } from "./answers.ts";
import { accessOf } from "./request-access.ts";

const MAX_LISTED = 1_000;

/** Lists of schemas. */
export function schemaListRoutes(registry: Registry): Hono {
  const app = new Hono();
  const { state } = registry;
  app.get("/schemas", (context) => {
    const { context: place, subject: prefix } = parseSubjectName(context.req.query("subjectPrefix") ?? ":*:");
    const [deleted, latestOnly] = [flag(context, "deleted"), flag(context, "latestOnly")];
    const ruleType = context.req.query("ruleType") ?? "";
    // Nothing is associated with anything here.
    if (["resourceType", "associationType", "lifecycle"].some((name) => (context.req.query(name) ?? "") !== ""))
      return answerJson(context, []);
    const isSought = (written: string): boolean => {
      const name = parseSubjectName(written);
      return (place === "*" || place === name.context) && name.subject.startsWith(prefix);
    };
    const meant = flag(context, "aliases") ? [...state.aliases()].filter(([alias]) => isSought(alias)).map(([, subject]) => subject) : [];
    const named = state.sortedSubjects().filter(isSought);
    const subjects = (meant.length === 0 ? named : [...new Set([...named, ...meant])].sort()).filter((subject) =>
      accessOf(context).may("read", subject),
    );
    const all = subjects.flatMap((subject) => {
      const versions = deleted ? state.versions(subject) : state.liveVersions(subject);
      const listedOnes = latestOnly ? versions.slice(-1) : versions;
      return ruleType === "" ? listedOnes : listedOnes.filter((each) => hasRuleOf(ruleType, each));
    });
    return answerText(
      context,
      `[${page(context, all, MAX_LISTED)
        .map((each) => versionText(each))
        .join(",")}]`,
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
