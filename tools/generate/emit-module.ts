import { emitReader } from "./emit-reader.ts";
import { emitDefaults, emitFactory, emitInterface } from "./emit-types.ts";
import { emitWriter } from "./emit-writer.ts";
import { hasStructArrays, type Message, resolveMessage, type Struct } from "./model.ts";
import { type ApiSpec, camelCase, type DataSpec } from "./spec.ts";
import { intersect, isEmpty, parseVersions, type VersionRange } from "./versions.ts";

/** Which file below `packages/protocol/src` exports what generated code may use. */
const imports: Readonly<Record<string, readonly [file: string, type: "type" | "value"]>> = {
  Api: ["api", "type"],
  DataMessage: ["api", "type"],
  ...named("codec/array-lengths", prefixed("ArrayLength")),
  ...named("codec/int32-arrays", ["readInt32s"]),
  ...named("codec/strings", [...prefixed("String"), "shortened"]),
  ...named("codec/byte-fields", [...prefixed("Bytes"), "writeRecords", "writeCompactRecords", "noBytes"]),
  Records: ["codec/byte-fields", "type"],
  ...named("codec/constants", ["NIL_UUID", "INT64_MAX"]),
  ...named("codec/field-support", ["unsupportedField", "notNull"]),
  ...named("codec/tagged-fields", [
    "readUnknownTaggedFields",
    "readTaggedFieldEnd",
    "keepTaggedField",
    "checkTaggedFieldEnd",
    "addTaggedField",
    "writeTaggedFields",
  ]),
  RawTaggedField: ["codec/tagged-fields", "type"],
};

function prefixed(noun: string): string[] {
  return ["read", "write"].flatMap((verb) => ["", "Compact", "Nullable", "NullableCompact"].map((encoding) => `${verb}${encoding}${noun}`));
}

function named(file: string, names: readonly string[]): Record<string, readonly [string, "value"]> {
  return Object.fromEntries(names.map((name) => [name, [file, "value"] as const]));
}

function emitImports(body: string): string {
  const used = new Set(body.match(/\b[A-Za-z_]\w*\b/g));
  const writerValue = /new ByteWriter/.test(body);
  const lines = [`import ${writerValue ? "{ type ByteReader, ByteWriter }" : "type { ByteReader, ByteWriter }"} from "@ottla/base";`];
  const files = new Map<string, { values: string[]; types: string[] }>();
  for (const [name, [file, kind]] of Object.entries(imports)) {
    if (!used.has(name)) continue;
    const entry = files.get(file) ?? { values: [], types: [] };
    (kind === "type" ? entry.types : entry.values).push(name);
    files.set(file, entry);
  }
  for (const [file, { values, types }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const all =
      values.length === 0
        ? `type { ${types.sort().join(", ")} }`
        : `{ ${[...values.sort(), ...types.sort().map((name) => `type ${name}`)].join(", ")} }`;
    lines.push(`import ${all} from "../../${file}.ts";`);
  }
  return `${lines.join("\n")}\n`;
}

/** Interfaces and factories from the outside in, then defaults, readers and writers from the inside out. */
function emitMessage(message: Message): string {
  const outsideIn = message.structs.toReversed();
  return [
    ...outsideIn.map((struct) => `\n${emitInterface(struct)}`),
    ...outsideIn.map((struct) => `\n${emitFactory(struct)}`),
    emitDefaults(message),
    ...message.structs.map((struct) => emitReader(struct) + emitWriter(struct)),
  ].join("");
}

/** A parameter that a function does not use is marked so. */
function markUnused(code: string): string {
  return code.replace(/\nfunction (\w+)\(([^)]*)\): (\S+) \{\n([\s\S]*?)\n\}\n/g, (_, name, parameters: string, type, body: string) => {
    const marked = parameters.replace(/(\w+):/g, (whole, parameter) => (new RegExp(`\\b${parameter}\\b`).test(body) ? whole : `_${whole}`));
    return `\nfunction ${name}(${marked}): ${type} {\n${body}\n}\n`;
  });
}

function header(source: string): string {
  return `// Generated from packages/protocol/spec/${source} by \`npm run gen\`. Do not edit.\n`;
}

function versionFacts(valid: VersionRange, flexible: VersionRange): string {
  const first = isEmpty(intersect(flexible, valid)) ? "Number.POSITIVE_INFINITY" : `${Math.max(flexible.first, valid.first)}`;
  return `  minVersion: ${valid.first},\n  maxVersion: ${valid.last},\n  firstFlexibleVersion: ${first},\n`;
}

/** Whether a message's generator calls this struct's. */
function isReachedInSteps(struct: Struct, from: Struct): boolean {
  return from.fields.some(
    ({ isArray, tag, struct: element }) =>
      isArray && tag === undefined && element !== undefined && (element === struct || isReachedInSteps(struct, element)),
  );
}

/** Answers that may tell of a hundred thousand things: clients read them in slices of time. Small ones, as Fetch's mostly are, are read in one go all the same. */
const READ_IN_STEPS: ReadonlySet<string> = new Set([
  "ConsumerGroupDescribe",
  "DescribeAcls",
  "DescribeConfigs",
  "DescribeGroups",
  "DescribeLogDirs",
  "DescribeProducers",
  "DescribeTopicPartitions",
  "Fetch",
  "ListGroups",
  "ListOffsets",
  "ListPartitionReassignments",
  "ListTransactions",
  "Metadata",
  "OffsetCommit",
  "OffsetFetch",
  "OffsetForLeaderEpoch",
]);

export function emitApi(spec: ApiSpec, source: string): string {
  const valid = parseVersions(spec.versions);
  const flexible = parseVersions(spec.flexible);
  const shared = new Set(
    spec.request.structs.map((struct) => struct.name).filter((name) => spec.response.structs.some((other) => other.name === name)),
  );
  const messages = [spec.request, spec.response].map((message) =>
    resolveMessage(message, valid, flexible, (name) => (shared.has(name) ? `${message.name}${name}` : name)),
  );
  const response = messages[1]!.structs.at(-1)!;
  const long = messages[1]!.structs.filter(
    (struct) => hasStructArrays(struct) && (struct === response || isReachedInSteps(struct, response)),
  );
  const isReadInSteps = long.length > 0 && READ_IN_STEPS.has(spec.name);
  const steps = [
    ...long.map((struct) => emitWriter(struct, true)),
    ...(isReadInSteps ? long.map((struct) => emitReader(struct, true)) : []),
  ].join("");
  const constant = `
/** ${spec.name}: key ${spec.key}, versions ${spec.versions}. */
export const ${camelCase(spec.name)}Api: Api<${spec.request.name}, ${spec.response.name}> = {
  key: ${spec.key},
  name: "${spec.name}",
${versionFacts(valid, flexible)}  readRequest: read${spec.request.name},
  writeRequest: write${spec.request.name},
  readResponse: read${spec.response.name},
  writeResponse: write${spec.response.name},
${long.length === 0 ? "" : `  writeResponseInSteps: write${spec.response.name}InSteps,\n`}${isReadInSteps ? `  readResponseInSteps: read${spec.response.name}InSteps,\n` : ""}};
`;
  const body = markUnused(messages.map(emitMessage).join("") + steps) + constant;
  return `${header(source)}\n${emitImports(body)}${body}`;
}

export function emitData(spec: DataSpec, source: string): string {
  const valid = parseVersions(spec.versions);
  const flexible = parseVersions(spec.flexible);
  const name = spec.message.name;
  const constant = `
/** ${name}: versions ${spec.versions}${spec.recordType === undefined ? "" : `, record type ${spec.recordType}`}. */
export const ${camelCase(name)}: DataMessage<${name}> = {
  name: "${name}",
  recordType: ${spec.recordType},
${versionFacts(valid, flexible)}  read: read${name},
  write: write${name},
};
`;
  const body = markUnused(emitMessage(resolveMessage(spec.message, valid, flexible, (struct) => struct))) + constant;
  return `${header(source)}\n${emitImports(body)}${body}`;
}
