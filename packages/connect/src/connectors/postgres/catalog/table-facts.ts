import type { PgType } from "../values/pg-type.ts";

/** A column as the catalog has it now, which may be later than the rows that the log brings. */
export interface CatalogColumn {
  readonly name: string;
  readonly isNotNull: boolean;
  /** A constant default, as its type's text. */
  readonly defaultText: string | undefined;
}

/** A table as the catalog has it now. */
export interface CatalogTable {
  readonly columns: readonly CatalogColumn[];
  /** In the order of the key. */
  readonly primaryKey: readonly string[];
}

/** What the log does not say: the catalog, or in tests what is known. */
export interface TableFacts {
  table(relationId: number): Promise<CatalogTable | undefined>;
  type(oid: number): Promise<PgType>;
  forgetTypes(): void;
}
