/**
 * Writes `packages/protocol/spec/*.json` from the message definitions inside Apache Kafka's jars.
 *
 *   node --conditions=source tools/generate/import-spec.ts [FOLDER_WITH_JARS]
 *
 * Without a folder the jars come from Maven. Taken over are facts only (names, types, version ranges, tags, defaults);
 * of the definitions' text nothing is copied.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readJarEntries } from "./jar.ts";
import { clientApiKeys, embeddedMessages, kafkaVersion } from "./scope.ts";
import {
  type ApiSpec,
  camelCase,
  type DataSpec,
  type FieldSpec,
  formatSpec,
  kebabCase,
  type MessageSpec,
  type StructSpec,
} from "./spec.ts";
import { formatVersions, intersect, isEmpty, parseVersions, type VersionRange } from "./versions.ts";

interface JavaField {
  readonly name: string;
  readonly type: string;
  readonly versions?: string;
  readonly nullableVersions?: string;
  readonly flexibleVersions?: string;
  readonly taggedVersions?: string;
  readonly tag?: number;
  readonly default?: string | number | boolean | null;
  readonly ignorable?: boolean;
  readonly mapKey?: boolean;
  readonly entityType?: string;
  readonly fields?: readonly JavaField[];
}

interface JavaMessage {
  readonly apiKey?: number;
  readonly type: string;
  readonly name: string;
  readonly validVersions: string;
  readonly flexibleVersions?: string;
  readonly latestVersionUnstable?: boolean;
  readonly fields?: readonly JavaField[];
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly JavaField[] }[];
}

const specFolder = join(import.meta.dirname, "../../packages/protocol/spec");
const artifacts = ["kafka-clients", "kafka-group-coordinator", "kafka-transaction-coordinator"];

/** Drops `//` comments, which JSON does not know, but not inside strings. */
function parseJsonWithComments<T>(text: string): T {
  return JSON.parse(text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*/g, (_, string) => string ?? "")) as T;
}

function defaultOf(field: JavaField, nullable: boolean): FieldSpec["default"] | undefined {
  const value = field.default;
  // A bare null counts as no default at all in Kafka's generator; only the text "null" means null.
  if (value === undefined || value === null) return undefined;
  if (value === "null" && nullable) return null;
  if (field.type === "bool") return String(value).toLowerCase() === "true" || undefined;
  if (field.type === "string") return value === "" ? undefined : String(value);
  if (value === "9223372036854775807") return value;
  return Number(value) === 0 ? undefined : Number(value);
}

function convertField(field: JavaField, valid: VersionRange): FieldSpec | undefined {
  const versions = field.versions ?? field.taggedVersions;
  if (isEmpty(intersect(parseVersions(versions), valid))) return undefined;
  const nullable = intersect(parseVersions(field.nullableVersions), valid);
  const tagged = intersect(parseVersions(field.taggedVersions), valid);
  const defaultValue = defaultOf(field, !isEmpty(nullable));
  return {
    name: camelCase(field.name),
    type: field.type,
    versions: versions ?? "0+",
    ...(isEmpty(nullable) ? {} : { nullable: field.nullableVersions! }),
    ...(isEmpty(tagged) ? {} : { tagged: field.taggedVersions!, tag: field.tag! }),
    ...(defaultValue === undefined ? {} : { default: defaultValue }),
    ...(field.ignorable === true ? { ignorable: true } : {}),
    ...(field.flexibleVersions === undefined ? {} : { flexible: field.flexibleVersions }),
    ...(field.mapKey === true ? { mapKey: true } : {}),
    ...(field.entityType === undefined ? {} : { entity: field.entityType }),
  };
}

/** The fields of a message, with every struct hoisted into one list in the order of first use. */
function convertMessage(message: JavaMessage, valid: VersionRange): MessageSpec {
  const common = new Map((message.commonStructs ?? []).map((struct) => [struct.name, struct.fields]));
  const structs = new Map<string, StructSpec>();
  const convertFields = (fields: readonly JavaField[]): FieldSpec[] =>
    fields.flatMap((field) => {
      const converted = convertField(field, valid);
      if (converted === undefined) return [];
      const struct = field.type.replace(/^\[\]/, "");
      const inner = field.fields ?? common.get(struct);
      if (inner !== undefined && !structs.has(struct)) {
        structs.set(struct, { name: struct, fields: [] });
        structs.set(struct, { name: struct, fields: convertFields(inner) });
      }
      return [converted];
    });
  const fields = convertFields(message.fields ?? []);
  return { name: message.name, fields, structs: [...structs.values()] };
}

function convertApi(request: JavaMessage, response: JavaMessage): ApiSpec {
  const declared = parseVersions(request.validVersions);
  // What a released broker advertises: without the newest version while that one is unstable.
  const valid = request.latestVersionUnstable === true ? { first: declared.first, last: declared.last - 1 } : declared;
  if (request.flexibleVersions !== response.flexibleVersions)
    throw new Error(`${request.name} and its response differ in flexible versions.`);
  return {
    key: request.apiKey!,
    name: request.name.replace(/Request$/, ""),
    versions: formatVersions(valid),
    flexible: request.flexibleVersions!,
    request: convertMessage(request, valid),
    response: convertMessage(response, valid),
  };
}

const dataKinds: Readonly<Record<string, DataSpec["kind"]>> = {
  header: "header",
  data: "data",
  "coordinator-key": "record-key",
  "coordinator-value": "record-value",
};

function convertData(message: JavaMessage): DataSpec {
  const kind = dataKinds[message.type]!;
  return {
    kind,
    ...(kind.startsWith("record") ? { recordType: message.apiKey! } : {}),
    versions: message.validVersions,
    flexible: message.flexibleVersions ?? "none",
    message: convertMessage(message, parseVersions(message.validVersions)),
  };
}

function fetchJars(): string {
  const folder = mkdtempSync(join(tmpdir(), "ottla-spec-"));
  for (const artifact of artifacts) {
    const coordinates = `org.apache.kafka:${artifact}:${kafkaVersion}`;
    execFileSync("mvn", ["-q", "-B", "dependency:copy", `-Dartifact=${coordinates}`, `-DoutputDirectory=${folder}`], {
      stdio: "inherit",
      cwd: folder,
    });
  }
  return folder;
}

function readMessages(folder: string): Map<string, JavaMessage> {
  const messages = new Map<string, JavaMessage>();
  for (const artifact of artifacts) {
    const entries = readJarEntries(join(folder, `${artifact}-${kafkaVersion}.jar`), /^common\/message\/\w+\.json$/);
    for (const text of entries.values()) {
      const message = parseJsonWithComments<JavaMessage>(text);
      messages.set(message.name, message);
    }
  }
  return messages;
}

function writeSpec(path: string, spec: ApiSpec | DataSpec): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, formatSpec(spec));
}

function importSpec(folder: string): void {
  const messages = readMessages(folder);
  rmSync(specFolder, { recursive: true, force: true });
  for (const request of messages.values()) {
    if (request.type !== "request" || !clientApiKeys.has(request.apiKey!)) continue;
    const spec = convertApi(request, messages.get(request.name.replace(/Request$/, "Response"))!);
    writeSpec(join(specFolder, "apis", `${String(spec.key).padStart(2, "0")}-${kebabCase(spec.name)}.json`), spec);
  }
  for (const message of messages.values()) {
    const wanted = embeddedMessages.has(message.name) || message.type.startsWith("coordinator-");
    if (wanted) writeSpec(join(specFolder, "data", `${kebabCase(message.name)}.json`), convertData(message));
  }
}

const given = process.argv[2];
const folder = given ?? fetchJars();
importSpec(folder);
if (given === undefined) rmSync(folder, { recursive: true });
