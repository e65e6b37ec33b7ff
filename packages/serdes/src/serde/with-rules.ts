import type { SerdeContext } from "@ottla/client";
import type { DataKeys } from "../encryption/data-keys.ts";
import { activeRules, ruleRefused, type RuleWay } from "../rules/active-rules.ts";
import { type RulePlace, SchemaRules } from "../rules/schema-rules.ts";
import type { Migration, Migrations } from "../rules/migration.ts";
import type { SerdeErrorPlace } from "../serdes-error.ts";
import { type FormatEngine, type LoadedSchema, ValueProblem, type ValueReader, type ValueWriter } from "./format-engine.ts";

/** Writes what is a value of the schema first, and then what its rules make of it. */
export function writerWithRules(values: ValueWriter, rules: SchemaRules, place: RulePlace): ValueWriter {
  const { codec } = rules;
  const sealed = (bytes: Buffer, before: number): Buffer | Promise<Buffer> => {
    const now = rules.seal(codec.decode(bytes, before), place);
    return now instanceof Promise ? now.then((value) => codec.encode(value, before)) : codec.encode(now, before);
  };
  return {
    write(value, before) {
      const bytes = values.write(value, before);
      return bytes instanceof Promise ? bytes.then((ready) => sealed(ready, before)) : sealed(bytes, before);
    },
  };
}

/** Reads what the rules of the schema that it was written with make of it, by any other schema. */
export function readerWithRules(values: ValueReader, rules: SchemaRules, placeOf: (context: SerdeContext) => RulePlace): ValueReader {
  const { codec } = rules;
  return {
    read(bytes, from, context) {
      const value = rules.open(codec.decode(bytes, from), placeOf(context));
      const again = (now: unknown): unknown => values.read(codec.encode(now, 0), 0, context);
      return value instanceof Promise ? value.then(again) : again(value);
    },
  };
}

/**
 * Reads what the rules between two versions make of it, as this serde's schema; of a subject without such rules by the usual resolution, for which `own` is undefined where the written schema is read
 * by.
 */
export function readerWithMigrations(
  { engine, own, written }: { readonly engine: FormatEngine; readonly written: LoadedSchema; readonly own: LoadedSchema | undefined },
  migrations: Migrations,
  placeOf: (context: SerdeContext) => RulePlace,
): ValueReader {
  const readers = new Map<Migration, ValueReader>();
  const readerOf = (migration: Migration): ValueReader => {
    const reader = readers.get(migration) ?? engine.reader(migration.own, migration.own);
    readers.set(migration, reader);
    return reader;
  };
  let resolving: ValueReader | undefined;
  return {
    read(bytes, from, context) {
      const place = placeOf(context);
      const migration = migrations.get(place.subject);
      if (migration === undefined) return (resolving ??= engine.reader(written, own)).read(bytes, from, context);
      if (migration instanceof Error) throw migration;
      const value = migration.run(migration.from.decode(bytes, from), place);
      return readerOf(migration).read(migration.to.encode(value, 0), 0, context);
    },
  };
}

/**
 * The rules that values of a schema meet on a way; undefined without any.
 * @throws SerdeError `SERDE_RULE_FAILED` when one of them cannot be carried out, so that no value goes past it.
 */
export async function loadRules(
  engine: FormatEngine,
  schema: LoadedSchema,
  { way, keys, place }: { readonly way: RuleWay; readonly keys: DataKeys | undefined; readonly place: SerdeErrorPlace },
): Promise<SchemaRules | undefined> {
  const rules = activeRules(schema.definition, way, place);
  if (rules.length === 0) return undefined;
  try {
    return await SchemaRules.load({ rules, way, codec: engine.contract(schema), keys, place });
  } catch (cause) {
    if (!(cause instanceof ValueProblem)) throw cause;
    throw ruleRefused(rules[0]!, cause.message, place);
  }
}
