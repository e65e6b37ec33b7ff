import { defaultJsonName } from "./json-name.ts";
import { featureOf, wordOption } from "./proto-features.ts";
import type { ProtoEnum, ProtoExtend, ProtoField, ProtoFile, ProtoMessage, ProtoOption, ProtoType } from "./proto-file.ts";
import { unescapeText } from "./proto-string.ts";
import { ProtoSyntaxError } from "./proto-syntax-error.ts";

/**
 * A linked file's fields and constants have not one name in JSON where protoc refuses that, which it did not always do: what is new must keep to it, what is stored need not.
 * @throws ProtoSyntaxError at the first clash
 */
export function refuseNameClashes(file: ProtoFile): void {
  const ofFile = isBestEffort(file, file.options, false);
  const visitExtension = ({ fields, groups }: ProtoExtend): void => {
    for (const field of fields) refuseJsonNameOfExtension(field);
    for (const group of groups) visit(group, ofFile);
  };
  const visit = (type: ProtoType, around: boolean): void => {
    if (type.kind === "enum") {
      refuseConstantClashes(type);
      return;
    }
    const bestEffort = isBestEffort(file, type.options, around);
    refuseJsonClashes(type, bestEffort);
    for (const each of type.types) visit(each, bestEffort);
    for (const each of type.extends) visitExtension(each);
  };
  for (const type of file.types) visit(type, ofFile);
  for (const extension of file.extends) visitExtension(extension);
}

/** Whether JSON is only tried of a file or message, as in proto2: clashes of names that nobody chose are let pass. */
function isBestEffort(file: ProtoFile, options: readonly ProtoOption[], around: boolean): boolean {
  if (file.syntax !== "editions") return file.syntax === "proto2";
  const written = featureOf(options, "json_format");
  return written === undefined ? around : written === "LEGACY_BEST_EFFORT";
}

/**
 * Two fields of a message have not one name in JSON: neither by default, whatever names they were given, nor by the names they have.
 * @throws ProtoSyntaxError
 */
function refuseJsonClashes(message: ProtoMessage, bestEffort: boolean): void {
  if (wordOption(message.options, "deprecated_legacy_json_field_conflicts") === "true") return;
  const byDefault = new Map<string, ProtoField>();
  const byName = new Map<string, { readonly field: ProtoField; readonly isChosen: boolean }>();
  // Where nobody chose a name there are no others than the usual ones.
  const anyChosen = message.fields.some(({ options }) => options.some(({ name }) => name === "json_name"));
  for (const field of message.fields) {
    const usual = defaultJsonName(field.name);
    const before = byDefault.get(usual);
    if (before !== undefined && !bestEffort) throw clash(message, { field, other: before, name: usual });
    byDefault.set(usual, field);
    if (!anyChosen) continue;
    const chosen = jsonNameOf(field);
    const isChosen = chosen !== undefined && chosen !== usual;
    const name = chosen ?? usual;
    const known = byName.get(name);
    if (known !== undefined && ((isChosen && known.isChosen) || ((isChosen || known.isChosen) && !bestEffort)))
      throw clash(message, { field, other: known.field, name });
    // Of a name that was chosen and one that was not, the chosen one counts.
    if (known === undefined || isChosen) byName.set(name, { field, isChosen });
  }
}

function clash(
  { name: message }: ProtoMessage,
  { field, name, other }: { readonly field: ProtoField; readonly other: ProtoField; readonly name: string },
): ProtoSyntaxError {
  return new ProtoSyntaxError(
    field.at,
    `the fields "${other.name}" and "${field.name}" of ${message} both are "${name}" in JSON; rename one, or give it another json_name`,
  );
}

/** What `json_name` says. @throws ProtoSyntaxError for what it must not say */
function jsonNameOf({ options }: ProtoField): string | undefined {
  const option = options.find(({ name }) => name === "json_name");
  if (option?.value.kind !== "string") return undefined;
  const name = unescapeText(option.value.escaped);
  if (name.startsWith("[") && name.endsWith("]"))
    throw new ProtoSyntaxError(option.at, `json_name "${name}" stands in brackets, as extensions do in JSON`);
  if (name.includes("\0")) throw new ProtoSyntaxError(option.at, "json_name has a NUL");
  return name;
}

/** Extensions are known by their full names. */
function refuseJsonNameOfExtension({ name, options }: ProtoField): void {
  const option = options.find((each) => each.name === "json_name");
  if (option !== undefined) throw new ProtoSyntaxError(option.at, `the extension "${name}" has a json_name; extensions have none`);
}

/**
 * Two constants of an enum have not one name when its own name before theirs, and case, are taken away, but for aliases.
 * @throws ProtoSyntaxError
 */
function refuseConstantClashes({ constants, name: enumName }: ProtoEnum): void {
  const known = new Map<string, ProtoEnum["constants"][number]>();
  for (const constant of constants) {
    const short = pascalCase(withoutPrefix(constant.name, enumName));
    const other = known.get(short);
    if (other === undefined) known.set(short, constant);
    else if (other.number !== constant.number)
      throw new ProtoSyntaxError(
        constant.at,
        `${other.name} and ${constant.name} of ${enumName} are one name (${short}) without the enum's before it and in one case; rename one`,
      );
  }
}

function withoutPrefix(constant: string, enumName: string): string {
  const prefix = enumName.replaceAll("_", "").toLowerCase();
  let at = 0;
  for (let met = 0; met < prefix.length; at++) {
    if (at === constant.length) return constant;
    if (constant[at] === "_") continue;
    if (constant[at]!.toLowerCase() !== prefix[met++]) return constant;
  }
  const rest = constant.slice(at).replace(/^_+/, "");
  return rest === "" ? constant : rest;
}

function pascalCase(name: string): string {
  return name
    .split("_")
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
    .join("");
}
