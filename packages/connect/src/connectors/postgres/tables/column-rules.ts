import { createHash, getHashes } from "node:crypto";
import { ConnectError } from "../../../connect-error.ts";
import type { PgType } from "../values/pg-type.ts";
import type { ValueType } from "../values/value-type.ts";
import { wholeName } from "./table-filter.ts";

/** Debezium's rules for texts of columns: cut, masked, hashed. */
export interface ColumnRules {
  /** What a column becomes by the first rule that names it; the same object where none does, or the column is no text. */
  apply(type: ValueType, column: string, of: { readonly pgType: PgType; readonly modifier: number }): ValueType;
}

interface ColumnRule {
  readonly columns: readonly RegExp[];
  /** Of JSON, UUIDs and enums as well as of texts. */
  readonly isForAnyString: boolean;
  apply(type: ValueType, width: number | undefined): ValueType;
}

const TEXTS = new Set(["char", "bpchar", "varchar", "text", "name", "citext"]);
const NAME =
  /^column\.(?:truncate\.to\.(?<cut>\d+)\.chars|mask\.with\.(?<masked>\d+)\.chars|mask\.hash\.(?<v2>v2\.)?(?<algorithm>[^.]+)\.with\.salt\.(?<salt>.*))$/;
/** A mask is a constant; longer ones are no use to anybody. */
const MASK_CHARACTERS_MAX = 1_000_000;

/** Rules by the names of their settings. @throws ConnectError CONNECT_CONFIG: a number, an expression or an algorithm is none */
export function columnRules(settings: Readonly<Record<string, string>>): ColumnRules {
  const rules = Object.entries(settings).map(([name, columns]) => ruleOf(name, columns));
  return {
    apply(type, column, { pgType, modifier }) {
      const base = pgType.kind === "d" && pgType.base !== undefined ? pgType.base : pgType;
      const rule = rules.find(({ columns }) => columns.some((pattern) => pattern.test(column)));
      if (rule !== undefined && (type.schema.type !== "string" || !(rule.isForAnyString || TEXTS.has(base.name))))
        // Debezium says so in the schema and leaves the value.
        return { ...type, schema: rule.apply(type, undefined).schema };
      const width = pgType.kind === "d" ? (pgType.baseModifier ?? -1) : modifier;
      // PostgreSQL counts four more.
      return rule === undefined ? type : rule.apply(type, width > 4 ? width - 4 : undefined);
    },
  };
}

function ruleOf(name: string, columns: string): ColumnRule {
  const { cut, masked, v2, algorithm = "", salt = "" } = NAME.exec(name)?.groups ?? {};
  const patterns = columns
    .split(",")
    .filter((text) => text.trim() !== "")
    .map((text) => wholeName(text, name));
  if (cut !== undefined) {
    const length = numberOf(name, cut, 1);
    const cutText = (value: unknown): unknown => (typeof value === "string" ? value.slice(0, length) : value);
    return {
      columns: patterns,
      isForAnyString: true,
      apply: (type) => withParameter(type, "truncateLength", cut, (text) => cutText(type.parse(text))),
    };
  }
  if (masked !== undefined) {
    const mask = "*".repeat(numberOf(name, masked, 0));
    return { columns: patterns, isForAnyString: false, apply: (type) => ({ ...withParameter(type, "masked", "true", () => mask), mask }) };
  }
  const hash = algorithm.toLowerCase().replace(/^sha-?(1|224|256|384|512)$/, "sha$1");
  if (!getHashes().includes(hash))
    throw new ConnectError(
      "CONNECT_CONFIG",
      `${name}: there is no hash "${algorithm}". There are SHA-256, SHA-384, SHA-512, MD5 and others.`,
    );
  const hashed = (text: string): string =>
    createHash(hash)
      .update(salt)
      .update(v2 === undefined ? javaSerialized(text) : Buffer.from(text))
      .digest("hex");
  return {
    columns: patterns,
    isForAnyString: false,
    apply: (type, width) =>
      withParameter(type, "masked", "true", (text) => (width === undefined ? hashed(text) : hashed(text).slice(0, width))),
  };
}

function numberOf(name: string, text: string, min: number): number {
  const value = Number(text);
  if (value < min || value > MASK_CHARACTERS_MAX)
    throw new ConnectError("CONNECT_CONFIG", `${name}: ${text} is not between ${min} and ${MASK_CHARACTERS_MAX}.`);
  return value;
}

const withParameter = (type: ValueType, name: string, value: string, parse: (text: string) => unknown): ValueType => ({
  ...type,
  schema: { ...type.schema, parameters: { ...type.schema.parameters, [name]: value } },
  parse,
});

/** A text as Java's object streams write it (Java Object Serialization Specification, "Grammar for the Stream Format"), in its own kind of UTF-8: what hashes of the first version are of. */
function javaSerialized(text: string): Buffer {
  const units: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 1 && unit <= 0x7f) units.push(unit);
    else if (unit <= 0x7ff) units.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else units.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  const isLong = units.length > 0xffff;
  const head = Buffer.alloc(isLong ? 13 : 7);
  head.writeUInt32BE(0xaced0005, 0);
  head[4] = isLong ? 0x7c : 0x74;
  if (isLong) head.writeBigUInt64BE(BigInt(units.length), 5);
  else head.writeUInt16BE(units.length, 5);
  return Buffer.concat([head, Buffer.from(units)]);
}
