import { printable, printableJson } from "@ottla/base";
import type { ConsumerRecord } from "@ottla/client";
import type { RegistryClient } from "@ottla/serdes";
import type { CommandContext } from "../../command.ts";
import { unescapeBytes } from "../../escapes.ts";
import { grouped } from "../../output.ts";
import type { Deserialized, RecordDeserializer } from "@ottla/serdes";
import { jsonFormat, jsonRecord, type RecordFormat, textFormat } from "./record-format.ts";

type Field = "key" | "value";

/** Makes of records what is printed, read under a registry's schemas where that is asked for. */
export class RecordPrinter {
  readonly #context: CommandContext;
  readonly #format: RecordFormat;
  readonly #fields: readonly Field[];
  #deserializer:
    | Promise<{ readonly read: RecordDeserializer; readonly jsonOf: (value: unknown) => string; readonly registry: RegistryClient }>
    | undefined;
  #unreadable = 0;

  /** Throws `UsageError` for a format that is none. */
  constructor(context: CommandContext) {
    const { options, stdout } = context;
    this.#context = context;
    this.#fields = [
      ...(options.has("deserialize-key") ? (["key"] as const) : []),
      ...(options.has("deserialize") ? (["value"] as const) : []),
    ];
    this.#format = options.has("json")
      ? jsonFormat
      : textFormat(options.text("format") ?? "%v", {
          nullMarker: options.text("null-marker") ?? "null",
          delimiter: unescapeBytes(options.text("delimiter") ?? "\n"),
          isTerminal: stdout.isTTY === true,
        });
  }

  /** A promise only where a registry is asked. */
  print(record: ConsumerRecord): (Uint8Array | string)[] | Promise<(Uint8Array | string)[]> {
    return this.#fields.length === 0 ? this.#format(record) : this.#printDeserialized(record);
  }

  /** Says how many records could not be read, and lets the registry go. True where there were any. */
  reportUnreadable(): boolean {
    void this.#deserializer?.then(({ registry }) => registry[Symbol.asyncDispose]()).catch(() => {});
    if (this.#unreadable === 0) return false;
    const [count, verb] = this.#unreadable === 1 ? ["1 record", "its place"] : [`${grouped(this.#unreadable)} records`, "their places"];
    this.#context.stderr.write(`ottla: ${count} could not be read by a schema; the reason stands in ${verb}.\n`);
    return true;
  }

  async #printDeserialized(record: ConsumerRecord): Promise<(Uint8Array | string)[]> {
    const { read, jsonOf } = await (this.#deserializer ??= this.#open());
    const { key, value } = await read.read(record);
    if ((key !== undefined && "error" in key) || (value !== undefined && "error" in value)) this.#unreadable++;
    if (this.#format === jsonFormat) return [jsonLine(record, { key, value }, jsonOf)];
    const text = (part: Deserialized | undefined, bytes: Buffer | null): Buffer | null =>
      part === undefined ? bytes : Buffer.from("error" in part ? printable(`<unreadable: ${part.error}>`) : jsonOf(part.value));
    return this.#format({ ...record, key: text(key, record.key), value: text(value, record.value) });
  }

  /** The serdes are loaded when they are asked for. */
  async #open() {
    const [{ RecordDeserializer: Deserializer, jsonOf }, { registryClientOf }] = await Promise.all([
      import("@ottla/serdes"),
      import("../../registry/registry-client.ts"),
    ]);
    const registry = await registryClientOf(this.#context);
    return { read: new Deserializer(registry, this.#fields), jsonOf, registry };
  }
}

/** As {@link jsonFormat}, with the value itself in place of its text, or its bytes and `valueError`. */
function jsonLine(
  record: ConsumerRecord,
  parts: Readonly<Record<Field, Deserialized | undefined>>,
  jsonOf: (value: unknown) => string,
): string {
  const line: Record<string, unknown> = { ...jsonRecord(record) };
  let read = "";
  for (const field of ["key", "value"] as const) {
    const part = parts[field];
    if (part === undefined) continue;
    if ("error" in part) line[`${field}Error`] = part.error;
    else {
      delete line[`${field}Base64`];
      delete line[field];
      read += `,"${field}":${jsonOf(part.value)}`;
    }
  }
  return `${printableJson(line).slice(0, -1)}${read}}\n`;
}
