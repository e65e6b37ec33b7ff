import {
  type DescField,
  type DescMessage,
  type FileRegistry,
  fromJson,
  type JsonObject,
  type JsonValue,
  type Message,
  toJson,
} from "@bufbuild/protobuf";
import type { OptionValue, ProtoOption } from "./proto-file.ts";
import { scoped } from "./proto-file.ts";
import { escapeBytes, escapeText, unescapeBytes, unescapeText } from "./proto-string.ts";
import { ProtoSyntaxError } from "./proto-syntax-error.ts";

/** Options that stand beside a field in its descriptor. */
const BESIDE = new Set(["default", "json_name"]);

/** Options as a message of descriptor.proto has them; undefined when there are none. Options of files that are not in `registry` are left out. */
export function optionsMessage(
  options: readonly ProtoOption[],
  desc: DescMessage,
  registry: FileRegistry | undefined,
  scope: string,
): Message | undefined {
  const json: Record<string, JsonValue> = {};
  let isEmpty = true;
  for (const { name, value, at } of options) {
    if (BESIDE.has(name) || (name.startsWith("(") && registry === undefined)) continue;
    const parts = name.match(/\([^)]*\)|[^.()]+/g) ?? [];
    place(json, parts, value, { at, desc, registry, scope });
    isEmpty = false;
  }
  if (isEmpty) return undefined;
  try {
    return fromJson(desc, json, registry === undefined ? {} : { registry });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProtoSyntaxError(options[0]?.at ?? -1, `an option here has another type than its definition: ${reason}`);
  }
}

interface Place {
  readonly at: number;
  readonly desc: DescMessage;
  readonly registry: FileRegistry | undefined;
  readonly scope: string;
}

function place(json: Record<string, JsonValue>, parts: readonly string[], value: OptionValue, where: Place): void {
  const [part = "", ...rest] = parts;
  const field = fieldOf(part, where);
  if (field === undefined) throw new ProtoSyntaxError(where.at, `the option "${part}" is not known here; import the file that defines it`);
  const key = field.kind === "extension" ? `[${field.desc.typeName}]` : field.desc.name;
  if (rest.length > 0 && field.desc.message !== undefined) {
    const inner = (json[key] ?? {}) as Record<string, JsonValue>;
    json[key] = inner;
    place(inner, rest, value, { ...where, desc: field.desc.message });
    return;
  }
  if (field.desc.fieldKind === "map") {
    placeEntries(json, key, { value, field: field.desc, where });
    return;
  }
  const values = value.kind === "list" ? value.values : [value];
  for (const each of values) {
    const written = jsonOf(each, field.desc, where);
    if (field.desc.fieldKind !== "list") json[key] = written;
    else json[key] = [...((json[key] as JsonValue[] | undefined) ?? []), written];
  }
}

/** A map in an aggregate is a list of its entries, `{ key: "a" value: 1 }`, or one of them at a time; the last one of a key counts. */
function placeEntries(
  json: Record<string, JsonValue>,
  name: string,
  {
    field,
    value,
    where,
  }: { readonly value: OptionValue; readonly field: DescField & { readonly fieldKind: "map" }; readonly where: Place },
): void {
  const entries = (json[name] ?? {}) as Record<string, JsonValue>;
  json[name] = entries;
  for (const each of value.kind === "list" ? value.values : [value]) {
    if (each.kind !== "message")
      throw new ProtoSyntaxError(where.at, `the option "${field.name}" is a map; give it entries like { key: "a" value: "b" }`);
    const part = (wanted: string): OptionValue | undefined => each.fields.findLast((one) => one.name === wanted)?.value;
    const [key, given] = [part("key"), part("value")];
    const word =
      key === undefined ? zeroOf(field.mapKey) : key.kind === "string" ? unescapeText(key.escaped) : key.kind === "word" ? key.text : "";
    const made = given === undefined ? undefined : jsonOf(given, { ...field, fieldKind: field.mapKind } as unknown as DescField, where);
    Object.defineProperty(entries, word, {
      value: made ?? (field.message === undefined ? zeroValueOf(field) : {}),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
}

// 8, 9 and 12 are the numbers of bool, string and bytes among descriptor.proto's types.
function zeroOf(type: number): string {
  return type === 9 ? "" : type === 8 ? "false" : "0";
}

function zeroValueOf({ enum: symbols, scalar }: DescField): JsonValue {
  if (symbols !== undefined) return symbols.values[0]!.name;
  return scalar === 9 || scalar === 12 ? "" : scalar === 8 ? false : 0;
}

type Found =
  | { readonly kind: "field"; readonly desc: DescField }
  | { readonly kind: "extension"; readonly desc: NonNullable<ReturnType<FileRegistry["getExtension"]>> };

function fieldOf(part: string, { desc, registry, scope }: Place): Found | undefined {
  if (!part.startsWith("(") && !part.startsWith("[")) {
    const field = desc.fields.find(({ name }) => name === part);
    return field && { kind: "field", desc: field };
  }
  const name = part.slice(1, -1);
  if (name.startsWith(".")) return extension(registry, name.slice(1));
  for (let around = scope; ; around = around.slice(0, Math.max(0, around.lastIndexOf(".")))) {
    const found = extension(registry, scoped(around, name));
    if (found !== undefined || around === "") return found;
  }
}

function extension(registry: FileRegistry | undefined, name: string): Found | undefined {
  const desc = registry?.getExtension(name);
  return desc && { kind: "extension", desc };
}

function jsonOf(value: OptionValue, field: Found["desc"], where: Place): JsonValue {
  if (value.kind === "message") {
    const json: Record<string, JsonValue> = {};
    if (field.message === undefined) throw new ProtoSyntaxError(where.at, `the option "${field.name}" is no message`);
    for (const each of value.fields) place(json, [each.name], each.value, { ...where, desc: field.message });
    return json;
  }
  if (value.kind === "list") return value.values.map((each) => jsonOf(each, field, where));
  if (value.kind === "string") {
    // 12 is the number of bytes among descriptor.proto's types.
    const isBytes = field.scalar === 12;
    return isBytes ? Buffer.from(unescapeBytes(value.escaped)).toString("base64") : unescapeText(value.escaped);
  }
  if (value.text === "true" || value.text === "false") return value.text === "true";
  if (field.enum !== undefined) return value.text;
  if (/^-?(?:inf|nan)$/.test(value.text)) return value.text.replace("inf", "Infinity").replace(/-?nan/, "NaN");
  return /^-?0[xX]/.test(value.text) ? String(Number(value.text.replace("-", "")) * (value.text.startsWith("-") ? -1 : 1)) : value.text;
}

/** What defines options that are not descriptor.proto's own; made when it is asked for. */
export type OptionRegistry = () => FileRegistry | undefined;

/** The other way round; the features of an edition each by itself. */
export function optionsOf(message: Message | undefined, desc: DescMessage, registryOf: OptionRegistry): readonly ProtoOption[] {
  if (message === undefined) return [];
  const features = (message as { readonly features?: Message }).features;
  const isForeign = message.$unknown !== undefined || features?.$unknown !== undefined;
  const registry = isForeign ? registryOf() : undefined;
  const known = registry === undefined ? {} : { registry };
  const unknown = message.$unknown?.find(({ no }) => registry?.getExtensionFor(desc, no) === undefined);
  if (unknown !== undefined) {
    throw new ProtoSyntaxError(
      -1,
      `an option has the number ${unknown.no} of ${desc.name}, and no import defines it; name its file in "references"`,
    );
  }
  const json = toJson(desc, message, { ...known, useProtoFieldName: true }) as JsonObject;
  const options: ProtoOption[] = [];
  for (const [key, value] of Object.entries(json)) {
    const field = key.startsWith("[") ? registry?.getExtension(key.slice(1, -1)) : desc.fields.find(({ name }) => name === key);
    if (field === undefined) continue;
    const name = key.startsWith("[") ? `(${key.slice(1, -1)})` : key;
    if (key === "features" && isObject(value)) {
      for (const [feature, word] of Object.entries(value))
        options.push({ at: -1, name: `features.${feature}`, value: valueOf(word, undefined) });
    } else if (field.fieldKind === "list" && Array.isArray(value)) {
      for (const each of value) options.push({ at: -1, name, value: valueOf(each, field) });
    } else options.push({ at: -1, name, value: valueOf(value, field) });
  }
  return options;
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function valueOf(json: JsonValue | undefined, field: Found["desc"] | undefined): OptionValue {
  if (Array.isArray(json)) return { kind: "list", values: json.map((each) => valueOf(each, field)) };
  if (isObject(json) && field?.fieldKind === "map") {
    const value = { ...field, fieldKind: field.mapKind } as unknown as DescField;
    const entry = ([key, each]: readonly [string, JsonValue]): OptionValue => ({
      kind: "message",
      fields: [
        { name: "key", value: field.mapKey === 9 ? { kind: "string", escaped: escapeText(key) } : { kind: "word", text: key } },
        { name: "value", value: valueOf(each, value) },
      ],
    });
    return { kind: "list", values: Object.entries(json).map(entry) };
  }
  if (isObject(json)) {
    const fields = Object.entries(json).map(([key, value]) => {
      return {
        name: key,
        value: valueOf(
          value,
          field?.message?.fields.find(({ name }) => name === key),
        ),
      };
    });
    return { kind: "message", fields };
  }
  if (typeof json === "string") {
    // 9 and 12 are the numbers of string and bytes.
    if (field?.scalar === 12) return { kind: "string", escaped: escapeBytes(Buffer.from(json, "base64")) };
    if (field?.scalar === 9) return { kind: "string", escaped: escapeText(json) };
    return { kind: "word", text: json.replace("Infinity", "inf").replace("NaN", "nan") };
  }
  return { kind: "word", text: String(json) };
}
