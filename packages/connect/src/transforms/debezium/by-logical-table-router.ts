import { ConnectError } from "../../connect-error.ts";
import { isPlainObject } from "../../data/check-value.ts";
import type { ConnectRecord } from "../../data/connect-record.ts";
import { DataError } from "../../data/data-error.ts";
import { makeSchema, plain } from "../../data/make-schema.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { setField } from "../../data/struct-value.ts";
import { bool, str } from "../../plugin/config-shape.ts";
import { defineTransform } from "../../plugin/define.ts";
import { javaPattern, javaRegex } from "../java-pattern.ts";
import { routed } from "../regex-router.ts";
import { structLike } from "../requirements.ts";

/** So many topics are remembered, and so many schemas of each. */
const TOPICS_MAX = 10_000;

interface Route {
  readonly topic: string;
  /** What tells the table's keys from those of others. */
  readonly table: string;
  readonly schemas: WeakMap<ConnectSchema, ConnectSchema>;
}

/** Changes of many tables in one topic: Debezium's `ByLogicalTableRouter`. */
export const byLogicalTableRouter = defineTransform({
  name: "ByLogicalTableRouter",
  aliases: ["io.debezium.transforms.ByLogicalTableRouter"],
  version: "1.0.0",
  doc: "Changes of many tables in one topic, by a pattern of the whole of its name; keys say which table they are of. What does not fit stays where it is.",
  config: {
    "topic.regex": str().with(javaRegex).doc("What the topic's whole name is like."),
    "topic.replacement": str().doc("The topic then; $1 is the first group."),
    "key.enforce.uniqueness": bool().default(true).doc("Whether a field of the key says which table it is of."),
    "key.field.name": str().default("__dbz__physicalTableIdentifier").doc("The name of that field."),
    "key.field.regex": str()
      .with(javaRegex)
      .optional()
      .doc("What of the topic's name the field holds: a pattern of the whole of it. Default: all of it."),
    "key.field.replacement": str().optional().doc("What the field holds then; $1 is the first group."),
  },
  open(config) {
    const pattern = javaPattern("topic.regex", config["topic.regex"]);
    if (config["topic.replacement"] === "")
      throw new ConnectError("CONNECT_CONFIG", "topic.replacement is a topic's name, not an empty text.");
    const keyRegex = config["key.field.regex"] ?? "";
    const keyReplacement = config["key.field.replacement"] ?? "";
    if (keyRegex !== "" && keyReplacement === "")
      throw new ConnectError(
        "CONNECT_CONFIG",
        "key.field.regex says what is looked for; key.field.replacement must say what the key's field then is.",
      );
    const keyPattern = keyRegex === "" ? undefined : javaPattern("key.field.regex", keyRegex);
    const isUnique = config["key.enforce.uniqueness"];
    const name = config["key.field.name"];
    const routes = new Map<string, Route | undefined>();

    const routeOf = (topic: string): Route | undefined => {
      if (routes.has(topic)) return routes.get(topic);
      const to = pattern.matcher(topic).matches() ? routed(pattern, topic, config["topic.replacement"]) : undefined;
      if (to === "") throw new DataError(`topic.replacement makes an empty name of the topic ${topic}`);
      const table = keyPattern === undefined ? topic : routed(keyPattern, topic, keyReplacement);
      const route = to === undefined ? undefined : { topic: to, table, schemas: new WeakMap<ConnectSchema, ConnectSchema>() };
      if (routes.size >= TOPICS_MAX) routes.clear();
      routes.set(topic, route);
      return route;
    };
    const keyed = <R extends ConnectRecord>(record: R, { schemas, table, topic }: Route): R => {
      const { key, keySchema } = record;
      if (keySchema === undefined && (key ?? null) === null) return { ...record, topic };
      if (keySchema?.fields === undefined || !isPlainObject(key))
        throw new DataError("a key that says which table it is of is a struct with a schema; set key.enforce.uniqueness=false");
      let schema = schemas.get(keySchema);
      if (schema === undefined) {
        const own = isUnique ? [{ name, schema: plain("string") }] : [];
        schema = renamed(structLike(keySchema, [...keySchema.fields, ...own]), `${topic}.Key`);
        schemas.set(keySchema, schema);
      }
      if (!isUnique) return { ...record, topic, keySchema: schema };
      const unique = { ...key };
      setField(unique, name, table);
      return { ...record, topic, keySchema: schema, key: unique };
    };
    return {
      apply(record) {
        const route = routeOf(record.topic);
        if (route === undefined) return record;
        const other = keyed(record, route);
        const { valueSchema } = record;
        if (valueSchema?.name?.endsWith(".Envelope") !== true) return other;
        let schema = route.schemas.get(valueSchema);
        if (schema === undefined) {
          schema = envelopeOf(valueSchema, route.topic);
          route.schemas.set(valueSchema, schema);
        }
        return { ...other, valueSchema: schema };
      },
    };
  },
});

/** The rows of all tables have one schema by name. */
function envelopeOf(schema: ConnectSchema, topic: string): ConnectSchema {
  const fields = schema.fields!.map((field) =>
    field.name === "before" || field.name === "after" ? { name: field.name, schema: renamed(field.schema, `${topic}.Value`) } : field,
  );
  return renamed(makeSchema({ ...schema, fields }), `${topic}.Envelope`);
}

function renamed(schema: ConnectSchema, name: string): ConnectSchema {
  return makeSchema({ ...schema, name });
}
