import type { ConnectAnswer, ConnectCase } from "./case.ts";

/** A difference that is meant, and why. */
export interface KnownDifference {
  readonly name: string;
  readonly reason: string;
  isIt(asked: ConnectCase, java: ConnectAnswer, ours: ConnectAnswer): boolean;
}

const hasStep = (asked: ConnectCase, name: string): boolean =>
  asked.kind === "transform" && asked.steps.some((step) => step.class.includes(`.${name}`));
const isSchemaless = (asked: ConnectCase): boolean => asked.kind === "write" && asked.schema === null;

export const knownDifferences: readonly KnownDifference[] = [
  {
    name: "metadata of any schema",
    reason:
      "Java's SetSchemaMetadata refuses a schema that is no struct, since it asks it for its fields; ours sets the name and version of any",
    isIt: (asked, java) => hasStep(asked, "SetSchemaMetadata") && java.error?.includes("Cannot list fields on non-struct type") === true,
  },
  {
    name: "years beyond a Date",
    reason: "Java's Date has years up to 292 million, JavaScript's up to 275,760: what is beyond is an error that says so",
    isIt: (_asked, _java, ours) => ours.error?.includes("beyond the years that a Date has") === true,
  },
  {
    name: "scale of a masked decimal",
    reason:
      "Java masks a Decimal with 0, or the replacement, of its own scale, which its converters then refuse; ours has the schema's scale",
    isIt: (asked, java, ours) => hasStep(asked, "MaskField") && withoutScales(java) === withoutScales(ours),
  },
  {
    name: "renamed onto another field",
    reason:
      "Java's ReplaceField, where a field is renamed to a name that another one has, puts the first one's value into the other one; ours keeps each field's own",
    isIt: (asked) => asked.kind === "transform" && asked.steps.some(({ config }) => config["renames"] === "a:b"),
  },
  {
    name: "bytes as a text",
    reason: "Java's StringConverter prints bytes as the address of an object; ours refuses them",
    isIt: (asked, _java, ours) => asked.kind === "write" && ours.error?.startsWith("Bytes have no text of their own") === true,
  },
  {
    name: "numbers without a schema",
    reason: "a number without a schema is one thing in JavaScript, and one of five in Java",
    isIt: (asked, java) =>
      (isSchemaless(asked) && java.error?.includes("Failed to serialize") === true) ||
      (hasStep(asked, "Cast") && /java\.lang\.(?:Byte|Short|Integer|Float|Double) objects/.test(java.error ?? "")),
  },
  {
    name: "schemas of nothing",
    reason:
      "a list or map whose parts have no common type has a schema without a schema of its parts in Java, which its converters fail at; ours has none",
    isIt: (_asked, java) => /"(?:items|keys|values)":null/.test(JSON.stringify(java)),
  },
  {
    name: "what a header begins with",
    reason: "Java's headers are the number, list or map that a text begins with, and the rest is lost; ours are the whole text",
    isIt: (asked, java, ours) =>
      asked.kind === "read-header" &&
      java.error === undefined &&
      ours.schema?.type === "string" &&
      ours.value?.[1] === Buffer.from(asked.bytes, "base64").toString(),
  },
  {
    name: "a required field without a value",
    reason:
      "InsertField puts nothing into a required field where the record has no partition or timestamp; Java tells when the struct is put into another one, ours when it is written",
    isIt: (asked, java) => hasStep(asked, "InsertField") && java.error?.includes("null used for required field") === true,
  },
  {
    name: "digits of a float",
    reason: "Java before 19 prints some floats and doubles with a digit more than they need (JDK-4511638); both texts are the same number",
    isIt: (_asked, java, ours) => sameNumbers(java, ours),
  },
];

function withoutScales(answer: ConnectAnswer): string {
  return (
    JSON.stringify(answer.record?.headers, decimalsAsZero) + JSON.stringify([answer.record?.key, answer.record?.value], decimalsAsZero)
  );
}

function decimalsAsZero(_key: string, value: unknown): unknown {
  return Array.isArray(value) && value[0] === "dec" ? "decimal" : value;
}

function sameNumbers(java: ConnectAnswer, ours: ConnectAnswer): boolean {
  if (java.record !== undefined && ours.record !== undefined)
    return ["key", "value"].every(
      (part) => shortened(JSON.stringify(java.record![part as "key"])) === shortened(JSON.stringify(ours.record![part as "key"])),
    );
  if (typeof java.bytes !== "string" || typeof ours.bytes !== "string") return false;
  return rounded(java.bytes) === rounded(ours.bytes);
}

function rounded(base64: string): string {
  return shortened(Buffer.from(base64, "base64").toString());
}

function shortened(text: string): string {
  return text.replaceAll(/-?\d+\.\d+(?:E-?\d+)?/g, (number) => String(Math.fround(Number(number))));
}
