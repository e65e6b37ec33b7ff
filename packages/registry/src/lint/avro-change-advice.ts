import { snippet } from "../compatibility/difference.ts";
import { type AvroField, type AvroType, fullName, isNamed } from "../formats/avro/avro-type.ts";
import { jsonEquals, printJson } from "../json/json-value.ts";
import { decimalOf, logicalTypeOf } from "./logical-type.ts";
import { MAX_ADVICE, type SchemaAdvice } from "./schema-advice.ts";

/** Promotions that lose digits: whole numbers become binary fractions. */
const LOSSY: ReadonlySet<string> = new Set(["int float", "long float", "long double"]);

/** What changed between two Avro schemas without any level's noticing: a logical type is a property to resolution, a default a property of the reader. */
export function avroChangeAdvice(older: AvroType, newer: AvroType): readonly SchemaAdvice[] {
  const found: SchemaAdvice[] = [];
  const seen = new Map<AvroType, Set<AvroType>>();
  const compare = (old: AvroType, now: AvroType, path: string, name: string): void => {
    const partners = seen.get(now) ?? new Set();
    if (partners.has(old) || found.length >= MAX_ADVICE) return;
    seen.set(now, partners.add(old));
    // "null" beside a type, or taken away from it, leaves the type what it was.
    if (old.kind === "union" || now.kind === "union") {
      for (const [branch, at] of branchesOf(now, path)) {
        const partner = branchesOf(old, "").find(([each]) => isSameBranch(each, branch))?.[0];
        if (partner !== undefined) compare(partner, branch, at, name);
      }
      return;
    }
    const advice = logicalChange(old, now, name) ?? lossyPromotion(old, now, name);
    if (advice !== undefined) found.push({ ...advice, path: path === "" ? "/" : path, name });
    if (old.kind === "array" && now.kind === "array") compare(old.items, now.items, `${path}/items`, name);
    if (old.kind === "map" && now.kind === "map") compare(old.values, now.values, `${path}/values`, name);
    if (old.kind === "enum" && now.kind === "enum" && old.default !== undefined && old.default !== now.default) {
      const message = `The default of enum ${fullName(now.name)} was ${old.default} and is ${now.default ?? "none"}: symbols that a reader does not know are read otherwise than before.`;
      found.push({
        rule: "SCH-26",
        path: `${path}/default`,
        name: fullName(now.name),
        message,
        older: old.default,
        ...(now.default && { newer: now.default }),
      });
    }
    if (old.kind === "record" && now.kind === "record") {
      const before = new Map(old.fields.map((field) => [field.name, field]));
      const record = fullName(now.name);
      let beforeInCase: ReadonlyMap<string, string> | undefined;
      for (const [i, field] of now.fields.entries()) {
        const was = before.get(field.name) ?? field.aliases?.map((alias) => before.get(alias)).find((each) => each !== undefined);
        const at = `${path}/fields/${i}`;
        if (was !== undefined) {
          const changed = defaultChange(was, field, `${record}.${field.name}`);
          if (changed !== undefined) found.push({ ...changed, path: `${at}/default` });
          compare(was.type, field.type, `${at}/type`, `${record}.${field.name}`);
          continue;
        }
        beforeInCase ??= new Map(old.fields.map(({ name: each }) => [each.toLowerCase(), each]));
        const like = beforeInCase.get(field.name.toLowerCase());
        if (like === undefined) continue;
        const message = `"${field.name}" is not "${like}", which differs in case alone: what was written as "${like}" is lost, and a default is read. Give the field the alias "${like}".`;
        found.push({ rule: "SCH-21", path: at, name: `${record}.${field.name}`, message, older: like, newer: field.name });
      }
    }
  };
  compare(older, newer, "", "The schema");
  return found;
}

function branchesOf(type: AvroType, path: string): readonly (readonly [AvroType, string])[] {
  return type.kind === "union" ? type.branches.map((branch, i) => [branch, `${path}/${i}`] as const) : [[type, path]];
}

function isSameBranch(old: AvroType, now: AvroType): boolean {
  return old.kind === now.kind && (!isNamed(old) || !isNamed(now) || old.name.name === now.name.name);
}

function logicalChange(old: AvroType, now: AvroType, name: string): Omit<SchemaAdvice, "path" | "name"> | undefined {
  const [before, after] = [decimalOf(old), decimalOf(now)];
  if (before !== undefined && after !== undefined) {
    if (before.scale === after.scale && before.precision === after.precision) return undefined;
    const text = ({ precision, scale }: typeof before): string => `decimal(${precision ?? "?"}, ${scale ?? "?"})`;
    const what =
      before.scale === after.scale
        ? "values with more digits than it says are refused or cut by readers"
        : `records that hold 12345 at scale ${before.scale} are read at scale ${after.scale}, a power of ten off`;
    const message = `${name} was ${text(before)} and is ${text(after)}: ${what}. Decimals keep their scale; add a field for the new one.`;
    return { rule: "SCH-22", message, older: text(before), newer: text(after) };
  }
  const [was, is] = [logicalTypeOf(old), logicalTypeOf(now)];
  if (was === is || old.kind !== now.kind) return undefined;
  const message = `${name} was ${was ?? `plain ${old.kind}`} and is ${is ?? `plain ${now.kind}`}: old values are read with the new meaning, and new ones with the old. Add a field for the new one.`;
  return { rule: "SCH-23", message, older: was ?? old.kind, newer: is ?? now.kind };
}

function lossyPromotion(old: AvroType, now: AvroType, name: string): Omit<SchemaAdvice, "path" | "name"> | undefined {
  if (!LOSSY.has(`${old.kind} ${now.kind}`)) return undefined;
  const message = `${name} was ${old.kind} and is ${now.kind}: whole numbers beyond ${now.kind === "float" ? "16,777,216" : "2^53"} lose their last digits.`;
  return { rule: "SCH-28", message, older: old.kind, newer: now.kind };
}

function defaultChange(was: AvroField, is: AvroField, name: string): Omit<SchemaAdvice, "path"> | undefined {
  if (was.default === undefined || is.default === undefined || jsonEquals(was.default, is.default)) return undefined;
  const [older, newer] = [snippet(printJson(was.default)), snippet(printJson(is.default))];
  const message = `The default of ${name} was ${older} and is ${newer}: one record without the field has two values, by the schema that it is read with.`;
  return { rule: "SCH-26", name, message, older, newer };
}
