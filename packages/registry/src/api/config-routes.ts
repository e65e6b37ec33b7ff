import { type Context, Hono } from "hono";
import { parseCompatibilityLevel } from "../compatibility/compatibility-level.ts";
import { type JsonObject, printJson } from "../json/json-value.ts";
import { RegistryError } from "../registry-error.ts";
import type { Registry } from "../service/registry.ts";
import type { SubjectConfig } from "../subjects/registry-record.ts";
import { deleteConfig, setConfig, settingPlace } from "../subjects/registry-settings.ts";
import { answerText, bodyObject, flag, flagIn, nameIn, textIn } from "./answers.ts";
import { metadataIn } from "./metadata-set.ts";
import { ruleSetIn } from "./rule-set.ts";

/** What is asked of schemas, for all or for a subject. The level is put as `compatibility` and got as `compatibilityLevel`. */
export function configRoutes(registry: Registry): Hono {
  const app = new Hono();
  const { state } = registry;
  const get = (context: Context, subject: string | null): Response => {
    const place = settingPlace(subject);
    if (place === null)
      return answerText(context, configText({ compatibilityLevel: "BACKWARD", ...state.ownConfig(null) }, "compatibilityLevel"));
    const config = flag(context, "defaultToGlobal") ? state.config(place) : state.ownConfig(place);
    if (config === undefined) {
      throw new RegistryError(
        "REGISTRY_NO_SUBJECT_COMPATIBILITY",
        `Subject '${place}' does not have subject-level compatibility configured`,
      );
    }
    return answerText(context, configText(config, "compatibilityLevel"));
  };
  const set = async (context: Context, subject: string | null): Promise<Response> => {
    const change = configIn(await bodyObject(context));
    await registry.change((now) => ({ records: setConfig(now, subject, change).records, reply: undefined }));
    return answerText(context, configText(change, "compatibility"));
  };
  const remove = async (context: Context, subject: string | null): Promise<Response> => {
    const before = await registry.change((now) => {
      const { records, config } = deleteConfig(now, subject);
      return { records, reply: config };
    });
    return answerText(context, configText(before, "compatibilityLevel"));
  };
  app.get("/config", (context) => get(context, null));
  app.put("/config", (context) => set(context, null));
  app.delete("/config", (context) => remove(context, null));
  app.get("/config/:subject", (context) => get(context, context.req.param("subject")));
  app.put("/config/:subject", (context) => set(context, context.req.param("subject")));
  app.delete("/config/:subject", (context) => remove(context, context.req.param("subject")));
  return app;
}

function configIn(body: JsonObject): SubjectConfig {
  const level = textIn(body, "compatibility");
  const compatibilityLevel = level === undefined ? undefined : parseCompatibilityLevel(level);
  if (level !== undefined && compatibilityLevel === undefined) {
    const message =
      "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive";
    throw new RegistryError("REGISTRY_INVALID_COMPATIBILITY_LEVEL", message);
  }
  const policy = textIn(body, "compatibilityPolicy")?.toUpperCase();
  if (policy !== undefined && policy !== "STRICT" && policy !== "LENIENT") {
    throw new RegistryError("REGISTRY_INVALID_COMPATIBILITY_LEVEL", '"compatibilityPolicy" is STRICT or LENIENT.');
  }
  const [group, alias] = [nameIn(body, "compatibilityGroup"), nameIn(body, "alias")];
  const flags = (["normalize", "validateFields", "validateRules", "validateNewSchemas"] as const).flatMap((name) => {
    const value = flagIn(body, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const metadata = (["defaultMetadata", "overrideMetadata"] as const).flatMap((name) => {
    const value = metadataIn(body, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const rules = (["defaultRuleSet", "overrideRuleSet"] as const).flatMap((name) => {
    const value = ruleSetIn(body, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...(compatibilityLevel !== undefined && { compatibilityLevel }),
    ...(policy !== undefined && { compatibilityPolicy: policy }),
    ...(group !== undefined && { compatibilityGroup: group }),
    ...(alias !== undefined && { alias }),
    ...Object.fromEntries([...flags, ...metadata, ...rules]),
  };
}

function configText(
  { compatibilityLevel, defaultRuleSet, overrideRuleSet, ...others }: SubjectConfig,
  name: "compatibility" | "compatibilityLevel",
): string {
  const members = [
    ...Object.entries(others).map(([key, value]) => `"${key}":${JSON.stringify(value)}`),
    ...(compatibilityLevel === undefined ? [] : [`"${name}":"${compatibilityLevel}"`]),
    ...(defaultRuleSet === undefined ? [] : [`"defaultRuleSet":${printJson(defaultRuleSet)}`]),
    ...(overrideRuleSet === undefined ? [] : [`"overrideRuleSet":${printJson(overrideRuleSet)}`]),
  ];
  return `{${members.join(",")}}`;
}
