import type { RegistryClient, SchemaSerdeOptions, SubjectName } from "@ottla/serdes";
import { ConnectError } from "../../connect-error.ts";
import { bool, int, list, secret, str } from "../../plugin/config-shape.ts";

const STRATEGIES: Readonly<Record<string, SubjectName>> = {
  TopicNameStrategy: "topic",
  RecordNameStrategy: "record",
  TopicRecordNameStrategy: "topic-record",
};

/** What every converter with a registry takes. */
export const registryConfig = {
  "schema.registry.url": list().doc("One or more instances of one Schema Registry."),
  "basic.auth.user.info": secret().optional().doc("user:password for the registry, with basic.auth.credentials.source=USER_INFO."),
  "basic.auth.credentials.source": str()
    .default("URL")
    .doc("URL: the login stands in schema.registry.url. USER_INFO: in basic.auth.user.info."),
  "bearer.auth.token": secret().optional().doc("A token for the registry."),
  "auto.register.schemas": bool().default(true).doc("Whether schemas are registered that are not; false: they must be there."),
  "use.latest.version": bool().default(false).doc("Writes with the subject's latest version."),
  "normalize.schemas": bool().default(false).doc("Whether the registry compares schemas with the freedoms of writing taken out."),
  "key.subject.name.strategy": str()
    .default("TopicNameStrategy")
    .doc("What a key's subject is named after: TopicNameStrategy, RecordNameStrategy or TopicRecordNameStrategy."),
  "value.subject.name.strategy": str().default("TopicNameStrategy").doc("The same of a value's subject."),
  "schemas.cache.config": int().default(1000).range(1).doc("How many schemas are kept."),
} as const;

/** Their values. */
export interface RegistrySettings {
  readonly "schema.registry.url": readonly string[];
  readonly "basic.auth.user.info": string | undefined;
  readonly "basic.auth.credentials.source": string;
  readonly "bearer.auth.token": string | undefined;
  readonly "auto.register.schemas": boolean;
  readonly "use.latest.version": boolean;
  readonly "normalize.schemas": boolean;
  readonly "key.subject.name.strategy": string;
  readonly "value.subject.name.strategy": string;
  readonly "schemas.cache.config": number;
}

/** The options of a serde, all but its schema. @throws ConnectError CONNECT_CONFIG */
export async function serdeOptions(settings: RegistrySettings, part: "key" | "value" | "header"): Promise<SchemaSerdeOptions> {
  if (part === "header") throw new ConnectError("CONNECT_CONFIG", "A converter with a registry converts keys and values, not headers.");
  const { createRegistryClient } = await import("@ottla/serdes");
  const registry: RegistryClient = createRegistryClient({
    baseUrls: settings["schema.registry.url"],
    cacheSize: settings["schemas.cache.config"],
    ...authOf(settings),
  });
  return {
    registry,
    autoRegister: settings["auto.register.schemas"],
    useLatestVersion: settings["use.latest.version"],
    normalize: settings["normalize.schemas"],
    subject: strategyOf(`${part}.subject.name.strategy`, settings[`${part}.subject.name.strategy`]),
  };
}

function authOf(settings: RegistrySettings): {
  readonly auth?: { readonly username: string; readonly password: string } | { readonly token: string };
} {
  const token = settings["bearer.auth.token"];
  if (token !== undefined) return { auth: { token } };
  if (settings["basic.auth.credentials.source"].toUpperCase() !== "USER_INFO") return {};
  const [username = "", ...password] = (settings["basic.auth.user.info"] ?? "").split(":");
  if (username === "")
    throw new ConnectError("CONNECT_CONFIG", "basic.auth.credentials.source=USER_INFO needs basic.auth.user.info, user:password.");
  return { auth: { username, password: password.join(":") } };
}

function strategyOf(key: string, text: string): SubjectName {
  const strategy = STRATEGIES[text.split(".").at(-1) ?? ""];
  if (strategy !== undefined) return strategy;
  throw new ConnectError("CONNECT_CONFIG", `${key} is one of ${Object.keys(STRATEGIES).join(", ")}, not "${text}".`);
}
