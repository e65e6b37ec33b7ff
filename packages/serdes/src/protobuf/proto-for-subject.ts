import { parseProtobufSource, type ProtoFile } from "@ottla/registry/formats/protobuf";
import { RegistryClientError } from "../registry-client/registry-client-error.ts";
import type { RegistryClient } from "../registry-client/registry-client-types.ts";
import type { SchemaDefinition, SchemaReference } from "../schema-types.ts";
import type { SubjectSchema } from "../serde/format-engine.ts";
import { SerdeError } from "../serdes-error.ts";
import type { RecordShape } from "../standard-schema/type-shape.ts";
import { ProtoNumbers } from "./proto-numbers.ts";
import { protoOfType } from "./proto-of-type.ts";

/** So many versions are looked at; what those before had is reserved in them. */
const VERSIONS_MAX = 20;

/** What a message is made from. */
export interface MessageType {
  readonly shape: RecordShape;
  readonly packageName: string;
}

interface Version {
  readonly version: number;
  readonly schema: string;
  readonly file: ProtoFile;
  /** Its text without what is reserved. */
  readonly bare: string;
}

/** The schema of a type under a subject: with the numbers that its fields have there already. Rejects with `RegistryClientError`, and with `SerdeError` SERDE_BAD_SCHEMA. */
export async function protoForSubject(
  registry: RegistryClient,
  subject: string,
  { packageName, shape }: MessageType,
): Promise<SubjectSchema> {
  const versions = await registeredVersions(registry, subject);
  const text = protoOfType(shape, packageName, new ProtoNumbers(versions.map(({ file }) => file)));
  const own = parsed(0, text, []);
  // An older program goes on with the version that it wrote before.
  const schema = versions.findLast(({ bare }) => bare === own.bare)?.schema ?? text;
  return {
    definition: { schemaType: "PROTOBUF", schema, references: [] },
    async confirm() {
      const known = new Set(versions.map(({ version }) => version));
      const since = (await registeredVersions(registry, subject)).filter(({ bare, version }) => !known.has(version) && bare !== own.bare);
      for (const { file, version } of since) refuseOtherMeaning(own.file, file, { subject, version });
    },
  };
}

/** Two programs that came at once gave one number to two fields: neither may write. */
function refuseOtherMeaning(
  own: ProtoFile,
  other: ProtoFile,
  { subject, version }: { readonly subject: string; readonly version: number },
): void {
  for (const type of own.types) {
    const same = other.types.find(({ name }) => name === type.name);
    if (same === undefined) continue;
    const theirs = new Map((same.kind === "message" ? same.fields : same.constants).map(({ name, number }) => [number, name]));
    for (const { name, number } of type.kind === "message" ? type.fields : type.constants) {
      const taken = theirs.get(number);
      if (taken === undefined || taken === name) continue;
      const message = `The number ${number} of ${type.name} is ${name} in the schema that was just registered under "${subject}", and ${taken} in its version ${version}, which another program registered at the same time. Delete the later version and start again.`;
      throw new SerdeError("SERDE_BAD_SCHEMA", message, { subject });
    }
  }
}

/** All that the subject ever had, deleted versions too: data of theirs may be about. */
async function registeredVersions(registry: RegistryClient, subject: string): Promise<readonly Version[]> {
  let numbers: readonly number[];
  try {
    numbers = await registry.versions(subject, { deleted: true });
  } catch (error) {
    if (error instanceof RegistryClientError && error.isNotFound) return [];
    throw error;
  }
  const versions: Version[] = [];
  for (const version of numbers.slice(-VERSIONS_MAX)) {
    const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}?deleted=true`;
    const { references = [], schema, schemaType } = (await registry.request({ method: "GET", path })) as Partial<SchemaDefinition>;
    if (schemaType !== "PROTOBUF" || schema === undefined) continue;
    versions.push(parsed(version, schema, await resolved(registry, schema, references)));
  }
  return versions;
}

function resolved(registry: RegistryClient, schema: string, references: readonly SchemaReference[]) {
  return registry.referencesOf({ schemaType: "PROTOBUF", schema, references });
}

function parsed(version: number, schema: string, references: Awaited<ReturnType<typeof resolved>>): Version {
  const { canonical, file } = parseProtobufSource({ schema, isStored: true, resolved: references });
  return { version, schema, file, bare: canonical.replaceAll(/^ *reserved .*;\n/gm, "").replaceAll(/\n+/g, "\n") };
}
