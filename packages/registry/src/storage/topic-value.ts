import { parseCompatibilityLevel } from "../compatibility/compatibility-level.ts";
import type { SchemaReference } from "../formats/schema-format.ts";
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue, printJson } from "../json/json-value.ts";
import { parseJson } from "../json/parse-json.ts";
import {
  type RegistryMode,
  type RegistryRecord,
  registryModes,
  type SchemaMetadata,
  type SchemaVersion,
  type SubjectConfig,
} from "../subjects/registry-record.ts";
import { type SchemaContent, schemaIdentity } from "../subjects/schema-identity.ts";
import { parseSubjectName, referredSubject } from "../subjects/subject-name.ts";
import { requireVersion, type TopicKey } from "./topic-key.ts";

/** A record's value as all registries write it, null for what takes away. What is empty or usual is left out: older readers stumble over what they do not know. */
export function writeValue(record: RegistryRecord): string | null {
  switch (record.type) {
    case "SCHEMA":
      return record.value === null ? null : writeVersion(record.value);
    case "CONFIG":
      return record.value === null ? null : writeConfig(record.value);
    case "MODE":
      return record.value === null
        ? null
        : JSON.stringify({ ...(record.subject !== null && { subject: record.subject }), mode: record.value });
    case "DELETE_SUBJECT":
      return JSON.stringify({ subject: record.subject, version: record.version });
    case "CLEAR_SUBJECT":
      return JSON.stringify({ subject: record.subject });
  }
}

function writeVersion(version: SchemaVersion): string {
  return `{${versionMembers(version)},"deleted":${version.isDeleted}}`;
}

/** A version's members as JSON text, as they are stored and answered. What is empty or usual is left out: `schemaType` for Avro, since older readers stumble over it. */
export function versionMembers({ subject, version, id, guid, schemaType, references, metadata, ruleSet, schema }: SchemaVersion): string {
  const before = {
    subject,
    version,
    id,
    guid,
    ...(schemaType !== "AVRO" && { schemaType }),
    ...(references.length > 0 && { references }),
    ...(metadata !== undefined && { metadata }),
  };
  const rules = ruleSet === undefined ? "" : `,"ruleSet":${printJson(ruleSet)}`;
  return `${JSON.stringify(before).slice(1, -1)}${rules},"schema":${JSON.stringify(schema)}`;
}

function writeConfig({ defaultRuleSet, overrideRuleSet, ...config }: SubjectConfig): string {
  const rules = [["defaultRuleSet", defaultRuleSet] as const, ["overrideRuleSet", overrideRuleSet] as const].flatMap(([name, value]) =>
    value === undefined ? [] : [`"${name}":${printJson(value)}`],
  );
  const members = JSON.stringify(config).slice(1, -1);
  return `{${[...(members === "" ? [] : [members]), ...rules].join(",")}}`;
}

/**
 * The change that a key and a value mean; undefined for what changes nothing here.
 * @throws Error with what is wrong with the value
 */
export function readValue(key: TopicKey, text: string | null): RegistryRecord | undefined {
  switch (key.type) {
    case "SCHEMA":
      return {
        ...key,
        value: text === null ? null : (readUsualVersion(key, text) ?? readVersion(key.subject, key.version, requireObject(text))),
      };
    case "CONFIG":
      return { type: "CONFIG", subject: key.subject, value: text === null ? null : readConfig(requireObject(text)) };
    case "MODE":
      return { type: "MODE", subject: key.subject, value: text === null ? null : readMode(requireObject(text).get("mode")) };
    case "DELETE_SUBJECT":
      return text === null
        ? undefined
        : { type: "DELETE_SUBJECT", subject: key.subject, version: requireVersion(requireObject(text).get("version")) };
    case "CLEAR_SUBJECT":
      return text === null ? undefined : { type: "CLEAR_SUBJECT", subject: key.subject };
    case "NOOP":
    case "OTHER":
      return undefined;
  }
}

const NO_REFERENCES: readonly SchemaReference[] = [];

/** Members of a version whose values `JSON.parse` keeps as they were written. */
const USUAL_MEMBERS: ReadonlySet<string> = new Set([
  "subject",
  "version",
  "id",
  "guid",
  "schemaType",
  "schema",
  "deleted",
  "md5",
  "ts",
  "offset",
]);

/**
 * A version without references, metadata and rules, several times as quickly as {@link readVersion}; undefined for any other, and for what is damaged. Its texts are its own: parts of the record's would
 * keep that in memory.
 */
function readUsualVersion(key: { readonly subject: string; readonly version: number }, text: string): SchemaVersion | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  for (const name in value) if (!USUAL_MEMBERS.has(name)) return undefined;
  const { subject, id, guid, schemaType = "AVRO", schema, deleted } = value as Readonly<Record<string, unknown>>;
  if (typeof schema !== "string" || typeof subject !== "string" || subject !== key.subject || typeof guid !== "string") return undefined;
  if (schemaType !== "AVRO" && schemaType !== "JSON" && schemaType !== "PROTOBUF") return undefined;
  if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id > 0x7fff_ffff) return undefined;
  return {
    subject,
    version: key.version,
    id,
    guid,
    schemaType,
    schema,
    references: NO_REFERENCES,
    metadata: undefined,
    ruleSet: undefined,
    isDeleted: deleted === true,
  };
}

function readVersion(subject: string, version: number, value: JsonObject): SchemaVersion {
  const schema = value.get("schema");
  if (typeof schema !== "string") throw new Error('"schema" is no text');
  const id = value.get("id");
  const schemaType = value.get("schemaType") ?? "AVRO";
  if (schemaType !== "AVRO" && schemaType !== "JSON" && schemaType !== "PROTOBUF")
    throw new Error(`"schemaType" is ${printJson(schemaType)}`);
  const ruleSet = value.get("ruleSet");
  const content: SchemaContent = {
    schemaType,
    schema,
    references: readReferences(value.get("references"), parseSubjectName(subject).context),
    metadata: readMetadata(value.get("metadata")),
    ruleSet: isJsonObject(ruleSet) ? ruleSet : undefined,
  };
  const guid = value.get("guid");
  return {
    subject,
    version,
    id: id instanceof JsonNumber ? requireId(id) : requireId(undefined),
    guid: typeof guid === "string" ? guid : schemaIdentity(content),
    ...content,
    isDeleted: value.get("deleted") === true,
  };
}

function requireId(value: JsonNumber | undefined): number {
  const id = Number(value?.integer ?? -1n);
  if (id >= 0 && id <= 0x7fff_ffff) return id;
  throw new Error('"id" is no whole number from 0 to 2^31 - 1');
}

/** Others write subjects as whoever registered the schema did: one without a context is of the same context. */
function readReferences(value: JsonValue | undefined, context: string): readonly SchemaReference[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error('"references" is no list');
  return value.map((each: JsonValue) => {
    if (!isJsonObject(each)) throw new Error('"references" has what is no object');
    const [name, subject] = [each.get("name"), each.get("subject")];
    if (typeof name !== "string" || typeof subject !== "string") throw new Error('a reference has no "name" or no "subject"');
    return { name, subject: referredSubject(subject, context), version: requireVersion(each.get("version")) };
  });
}

/** Parts of another shape than is known are left out: they say nothing that could be kept. */
export function readMetadata(value: JsonValue | undefined): SchemaMetadata | undefined {
  if (!isJsonObject(value)) return undefined;
  const [tags, properties, sensitive] = [value.get("tags"), value.get("properties"), value.get("sensitive")];
  return {
    ...(isJsonObject(tags) && { tags: Object.fromEntries([...tags].map(([path, names]) => [path, textsOf(names)])) }),
    ...(isJsonObject(properties) && { properties: Object.fromEntries([...properties].filter(isTextEntry)) }),
    ...(Array.isArray(sensitive) && { sensitive: textsOf(sensitive) }),
  };
}

function readConfig(value: JsonObject): SubjectConfig {
  const level = value.get("compatibilityLevel") ?? value.get("compatibility");
  const parsed = typeof level === "string" ? parseCompatibilityLevel(level) : undefined;
  const text = (name: string): string | undefined => {
    const written = value.get(name);
    return typeof written === "string" ? written : undefined;
  };
  const policy = text("compatibilityPolicy");
  const group = text("compatibilityGroup");
  const alias = text("alias");
  const flags = ["normalize", "validateFields", "validateRules", "validateNewSchemas"].flatMap((name) => {
    const flag = value.get(name);
    return typeof flag === "boolean" ? [[name, flag] as const] : [];
  });
  const rules = ["defaultRuleSet", "overrideRuleSet"].flatMap((name) => {
    const set = value.get(name);
    return isJsonObject(set) ? [[name, set] as const] : [];
  });
  const metadata = ["defaultMetadata", "overrideMetadata"].flatMap((name) => {
    const written = readMetadata(value.get(name));
    return written === undefined ? [] : [[name, written] as const];
  });
  return {
    ...(parsed !== undefined && { compatibilityLevel: parsed }),
    ...(group !== undefined && { compatibilityGroup: group }),
    ...((policy === "STRICT" || policy === "LENIENT") && { compatibilityPolicy: policy }),
    ...(alias !== undefined && { alias }),
    ...Object.fromEntries([...flags, ...metadata, ...rules]),
  };
}

function readMode(value: JsonValue | undefined): RegistryMode {
  const mode = registryModes.find((each) => each === value);
  if (mode === undefined) throw new Error('"mode" is none that is known');
  return mode;
}

function requireObject(text: string): JsonObject {
  const value = parseJson(text);
  if (!isJsonObject(value)) throw new Error("the value is no JSON object");
  return value;
}

function textsOf(value: JsonValue): readonly string[] {
  return Array.isArray(value) ? value.filter((each: JsonValue): each is string => typeof each === "string") : [];
}

function isTextEntry(entry: readonly [string, JsonValue]): entry is [string, string] {
  return typeof entry[1] === "string";
}
