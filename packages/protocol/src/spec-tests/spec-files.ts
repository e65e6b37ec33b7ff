import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ByteReader, ByteWriter } from "@ottla/base";

/** A field as the spec files describe it; see `tools/generate/spec.ts`. */
export interface SpecField {
  readonly name: string;
  readonly type: string;
  readonly versions: string;
  readonly nullable?: string;
  readonly tagged?: string;
  readonly default?: number | string | boolean | null;
  readonly ignorable?: true;
}

interface SpecMessage {
  readonly name: string;
  readonly fields: readonly SpecField[];
  readonly structs: readonly { readonly name: string; readonly fields: readonly SpecField[] }[];
}

/** The object of a message, of whatever type. */
export type Values = Readonly<Record<string, unknown>>;

/** One message under test: its spec and its generated codec. */
export interface Subject {
  readonly name: string;
  /** "apis/fetch": the generated file and the fixture are called so. */
  readonly file: string;
  readonly javaClass: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly firstFlexibleVersion: number;
  readonly fields: readonly SpecField[];
  readonly structs: ReadonlyMap<string, readonly SpecField[]>;
  read(reader: ByteReader, version: number): Values;
  write(writer: ByteWriter, message: Values, version: number): void;
  /** Of responses with arrays of structs. */
  writeInSteps: ((writer: ByteWriter, message: Values, version: number) => Iterator<void, void>) | undefined;
  /** Of those of them that are read so. */
  readInSteps: ((reader: ByteReader, version: number) => Iterator<void, Values, void>) | undefined;
}

interface Codec {
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly firstFlexibleVersion: number;
  readonly [side: string]: unknown;
}

const protocol = join(import.meta.dirname, "../..");
const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
const kebab = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();

function subject(codec: Codec, file: string, javaClass: string, message: SpecMessage, side: string): Subject {
  return {
    name: message.name,
    file,
    javaClass,
    minVersion: codec.minVersion,
    maxVersion: codec.maxVersion,
    firstFlexibleVersion: codec.firstFlexibleVersion,
    fields: message.fields,
    structs: new Map(message.structs.map((struct) => [struct.name, struct.fields])),
    read: codec[`read${side}`] as Subject["read"],
    write: codec[`write${side}`] as Subject["write"],
    writeInSteps: codec[`write${side}InSteps`] as Subject["writeInSteps"],
    readInSteps: codec[`read${side}InSteps`] as Subject["readInSteps"],
  };
}

async function loadCodec(file: string, constant: string): Promise<Codec> {
  const module = (await import(`../generated/${file}.ts`)) as Record<string, Codec>;
  return module[constant]!;
}

const clientMessages = "org.apache.kafka.common.message";

function dataClass(kind: string, name: string): string {
  if (kind === "data") return `${clientMessages}.${name}`;
  const coordinator = name.startsWith("TransactionLog") ? "transaction" : /^Share(?:Snapshot|Update)/.test(name) ? "share" : "group";
  return `org.apache.kafka.coordinator.${coordinator}.generated.${name}`;
}

/** Every message that has a spec, with its codec. */
export async function loadSubjects(): Promise<readonly Subject[]> {
  const subjects: Subject[] = [];
  for (const specFile of readdirSync(join(protocol, "spec/apis")).sort()) {
    const spec = JSON.parse(readFileSync(join(protocol, "spec/apis", specFile), "utf8")) as {
      name: string;
      request: SpecMessage;
      response: SpecMessage;
    };
    const file = `apis/${kebab(spec.name)}`;
    const codec = await loadCodec(file, `${camel(spec.name)}Api`);
    subjects.push(subject(codec, file, `${clientMessages}.${spec.request.name}Data`, spec.request, "Request"));
    subjects.push(subject(codec, file, `${clientMessages}.${spec.response.name}Data`, spec.response, "Response"));
  }
  for (const specFile of readdirSync(join(protocol, "spec/data")).sort()) {
    const spec = JSON.parse(readFileSync(join(protocol, "spec/data", specFile), "utf8")) as { kind: string; message: SpecMessage };
    const file = `data/${kebab(spec.message.name)}`;
    const codec = await loadCodec(file, camel(spec.message.name));
    subjects.push(subject(codec, file, dataClass(spec.kind, spec.message.name), spec.message, ""));
  }
  return subjects;
}

/** Whether a version lies in "4-18", "12+", "3" or "none". */
export function inVersions(range: string | undefined, version: number): boolean {
  const match = /^(\d+)(?:(\+)|-(\d+))?$/.exec(range ?? "none");
  if (match === null) return false;
  const first = Number(match[1]);
  if (version < first) return false;
  return match[2] !== undefined || version <= Number(match[3] ?? first);
}
