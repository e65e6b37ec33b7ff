import type { CatalogTable, TableFacts } from "../catalog/table-facts.ts";
import type { Relation } from "../pgoutput/pgoutput-message.ts";
import type { PgType } from "../values/pg-type.ts";
import type { ValueOptions, ValueType } from "../values/value-type.ts";
import { valueTypeOf } from "../values/value-type-of.ts";
import { type CapturedColumn, CapturedTable } from "./captured-table.ts";
import type { ColumnRules } from "./column-rules.ts";
import type { TableFilter } from "./table-filter.ts";

/** Types whose defaults are not carried over, as with Debezium. */
const WITHOUT_DEFAULT = new Set(["inet", "cidr", "macaddr", "macaddr8", "hstore", "money", "bytea", "numeric", "point"]);

/** How tables become topics. */
export interface CaptureOptions {
  readonly prefix: string;
  readonly filter: TableFilter;
  readonly rules: ColumnRules;
  readonly values: ValueOptions;
  readonly placeholder: string;
}

/** `<prefix>.<schema>.<table>`; what no topic may be called is an underscore. */
const topicOf = (prefix: string, schema: string, table: string): string => `${prefix}.${schema}.${table}`.replace(/[^a-zA-Z0-9._-]/g, "_");

/** The tables that are captured, each as the log described it last. A table that comes again as it was is the same object, since converters remember by schema. */
export class CapturedTables {
  readonly #options: CaptureOptions;
  readonly #catalog: TableFacts;
  readonly #byRelation = new Map<number, CapturedTable | undefined>();
  readonly #relations = new Map<number, Relation>();
  readonly #known = new Map<string, CapturedTable>();

  constructor(options: CaptureOptions, catalog: TableFacts) {
    this.#options = options;
    this.#catalog = catalog;
  }

  /** Undefined: not captured, or never described. */
  get(relationId: number): CapturedTable | undefined {
    return this.#byRelation.get(relationId);
  }

  has(relationId: number): boolean {
    return this.#byRelation.has(relationId);
  }

  /** Rows behind this are as `relation` says. What it does not say is asked from the catalog, which may be ahead: by names that are still there. */
  async describe(relation: Relation): Promise<CapturedTable | undefined> {
    const schema = relation.schema === "" ? "pg_catalog" : relation.schema;
    const table = this.#options.filter.hasTable(schema, relation.table)
      ? await this.version({ ...relation, schema }, this.#catalog)
      : undefined;
    this.#byRelation.set(relation.relationId, table);
    this.#relations.set(relation.relationId, relation);
    return table;
  }

  /** As it was described last. */
  relation(relationId: number): Relation | undefined {
    return this.#relations.get(relationId);
  }

  /** A constraint is younger than a row: from here on the column may be null. */
  relax(relationId: number, table: CapturedTable, column: string): CapturedTable {
    const relaxed = table.relaxed(column);
    this.#byRelation.set(relationId, relaxed);
    return relaxed;
  }

  /** What the records of a table look like that is as `relation` says, without a word about the rows of the log. */
  async version(relation: Relation, catalog: TableFacts): Promise<CapturedTable> {
    const now = await catalog.table(relation.relationId);
    const types = await typesOf(relation, catalog);
    const fingerprint = JSON.stringify([relation, now, types]);
    const same = this.#known.get(fingerprint);
    if (same !== undefined) return same;
    const table = this.#tableOf(relation, now, types);
    // One version of each table is enough to find again; all that ever were would never end.
    for (const [key, { name }] of this.#known) if (name === table.name) this.#known.delete(key);
    this.#known.set(fingerprint, table);
    return table;
  }

  #tableOf(relation: Relation, now: CatalogTable | undefined, types: readonly PgType[]): CapturedTable {
    const { schema, table } = relation;
    const { filter, prefix, placeholder, rules } = this.#options;
    const all = relation.columns.flatMap((column, place) => {
      const type = valueTypeOf(types[place]!, column.typeModifier, this.#options.values);
      return type === undefined ? [] : [this.#columnOf(column.name, place, types[place]!, type, now)];
    });
    const identityPlaces = new Set(relation.columns.flatMap(({ isKey }, place) => (isKey ? [place] : [])));
    const key = keyNames(relation, now, filter).flatMap((name) => all.find((column) => column.name === name) ?? []);
    return new CapturedTable({
      schema,
      table,
      topic: topicOf(prefix, schema, table),
      columns: all
        .filter(({ name }) => filter.hasColumn(schema, table, name))
        .map((column) => {
          const pgType = types[column.place]!;
          const type = rules.apply(column.type, `${schema}.${table}.${column.name}`, {
            pgType,
            modifier: relation.columns[column.place]!.typeModifier,
          });
          return type === column.type ? column : { ...column, type };
        }),
      key,
      identityPlaces,
      placeholder,
    });
  }

  #columnOf(name: string, place: number, pgType: PgType, type: ValueType, now: CatalogTable | undefined): CapturedColumn {
    const column = now?.columns.find((candidate) => candidate.name === name);
    const text = hasDefault(pgType, type) ? column?.defaultText : undefined;
    return {
      name,
      place,
      type,
      isOptional: column === undefined || !column.isNotNull,
      defaultValue: text === undefined ? undefined : defaultOf(type, text),
    };
  }
}

async function typesOf(relation: Relation, catalog: TableFacts): Promise<PgType[]> {
  catalog.forgetTypes();
  const types: PgType[] = [];
  for (const { typeOid } of relation.columns) types.push(await catalog.type(typeOid));
  return types;
}

function hasDefault(pgType: PgType, { schema }: ValueType): boolean {
  if (schema.type === "array" || schema.type === "map" || schema.type === "struct") return false;
  if (schema.name === "org.apache.kafka.connect.data.Decimal") return schema.parameters?.["connect.decimal.precision"] !== undefined;
  return !WITHOUT_DEFAULT.has(pgType.name);
}

/** A default that has no form in Connect is none. */
function defaultOf(type: ValueType, text: string): unknown {
  try {
    return type.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * What a record's key is. An index as replica identity is the key, since of a deleted row nothing else is known. Otherwise the primary key in its order, if the log agrees with the catalog
 * about it; where they differ, the log is right.
 */
function keyNames(relation: Relation, now: CatalogTable | undefined, filter: TableFilter): readonly string[] {
  const chosen = filter.keyColumns(relation.schema, relation.table);
  if (chosen !== undefined) return chosen;
  const identity = relation.columns.filter(({ isKey }) => isKey).map(({ name }) => name);
  if (relation.replicaIdentity === "index") return identity;
  const primary = now?.primaryKey ?? [];
  if (relation.replicaIdentity !== "default") return primary.filter((name) => relation.columns.some((column) => column.name === name));
  return primary.length === identity.length && primary.every((name) => identity.includes(name)) ? primary : identity;
}
