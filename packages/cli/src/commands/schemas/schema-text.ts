import { createReadStream } from "node:fs";
import { OttlaError, ownValue } from "@ottla/base";
import type { SchemaReference, SchemaType } from "@ottla/registry";
import { type CommandContext, INT32_MAX, UsageError } from "../../command.ts";
import type { SchemaContent } from "../../registry/registered-schema.ts";

const TYPE_OF_ENDING: Readonly<Record<string, SchemaType>> = { avsc: "AVRO", json: "JSON", proto: "PROTOBUF" };

/** The ending of files of each format. */
export const ENDING_OF_TYPE: Readonly<Record<SchemaType, string>> = { AVRO: "avsc", JSON: "json", PROTOBUF: "proto" };

/** The format that a file's name tells. */
export function typeOfPath(path: string): SchemaType | undefined {
  return ownValue(TYPE_OF_ENDING, /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? "");
}

/** A schema in a file, with what `--type` and `--reference` say of it. Throws {@link UsageError}, `FILE_UNREADABLE`. */
export async function schemaInFile(context: CommandContext, file: string): Promise<SchemaContent> {
  const { options } = context;
  const named = options.text("type")?.toUpperCase() as SchemaType | undefined;
  const schemaType = named ?? typeOfPath(file);
  if (schemaType === undefined) throw new UsageError(`The format of ${file} is not told by its name; give --type avro, json or protobuf.`);
  return { schemaType, schema: await textIn(context, file), references: options.texts("reference").map(referenceOf) };
}

/** Far more than registries take; what has no end is not waited for. */
const TEXT_BYTES_MAX = 16 * 1024 * 1024;

async function textIn({ stdin }: CommandContext, file: string): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of file === "-" ? stdin : createReadStream(file)) {
      pieces.push(Buffer.from(piece as Uint8Array));
      length += pieces.at(-1)!.length;
      if (length > TEXT_BYTES_MAX) break;
    }
  } catch (error) {
    throw new OttlaError("FILE_UNREADABLE", `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`, {
      cause: error,
    });
  }
  if (length > TEXT_BYTES_MAX)
    throw new OttlaError("FILE_UNREADABLE", `${file} is larger than ${TEXT_BYTES_MAX} bytes, which no registry takes.`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces));
  } catch (cause) {
    throw new OttlaError("FILE_UNREADABLE", `${file} is no UTF-8; save it as UTF-8.`, { cause });
  }
}

/** `money.proto=money@1`. Names of Protobuf's imports and addresses may hold all but `=`. */
function referenceOf(written: string): SchemaReference {
  const at = written.lastIndexOf("=");
  const named = at > 0 ? subjectAndVersion(written.slice(at + 1)) : undefined;
  if (named === undefined || named.subject === "") throw new UsageError(`--reference is "${written}"; it must be NAME=SUBJECT@VERSION.`);
  return { name: written.slice(0, at), subject: named.subject, version: named.version === "latest" ? -1 : named.version };
}

/** `orders-value@3`; without a version the latest. */
export function subjectAndVersion(written: string): { readonly subject: string; readonly version: number | "latest" } {
  const [, subject, version] = /^(.*)@(\d{1,10}|latest)$/s.exec(written) ?? [];
  if (subject === undefined || version === undefined) return { subject: written, version: "latest" };
  return { subject, version: version === "latest" ? "latest" : Number(version) };
}

/** What `--version` says. Throws {@link UsageError}. */
export function versionOption({ options }: CommandContext): number | "latest" | undefined {
  const written = options.text("version");
  if (written === undefined || written === "latest" || written === "-1") return written === undefined ? undefined : "latest";
  const version = /^\d{1,10}$/.test(written) ? Number(written) : 0;
  if (version >= 1 && version <= INT32_MAX) return version;
  throw new UsageError(`--version is "${written}"; it must be a whole number from 1 up, or latest.`);
}

/** For people: JSON in lines, Protobuf as it is. */
export function readableSchema({ schemaType, schema }: Pick<SchemaContent, "schemaType" | "schema">): string {
  if (schemaType === "PROTOBUF") return schema.endsWith("\n") ? schema : `${schema}\n`;
  return `${indented(schema)}\n`;
}

/** JSON of people's width, every number and escape as it was written: what JSON.parse would lose is kept. */
function indented(text: string): string {
  let depth = 0;
  let isEmpty = false;
  const pieces: string[] = [];
  const newLine = (): void => void pieces.push(`\n${"  ".repeat(depth)}`);
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/gs)) {
    const isEnd = token === "}" || token === "]";
    if (isEnd) depth = Math.max(0, depth - 1);
    if (isEnd ? !isEmpty : isEmpty) newLine();
    pieces.push(token === ":" ? ": " : token);
    isEmpty = token === "{" || token === "[";
    if (isEmpty) depth++;
    if (token === ",") newLine();
  }
  return pieces.join("");
}
