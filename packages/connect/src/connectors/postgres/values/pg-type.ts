/** A type as the catalog has it. */
export interface PgType {
  readonly oid: number;
  /** `pg_type.typname`: `int4`, `varchar`, `_text`. */
  readonly name: string;
  /** `pg_type.typtype`: base, composite, domain, enum, pseudo, range, multirange. */
  readonly kind: "b" | "c" | "d" | "e" | "p" | "r" | "m";
  /** Of an array its elements' type. */
  readonly element?: PgType | undefined;
  /** Of a domain what it stands on, and with which modifier. */
  readonly base?: PgType | undefined;
  readonly baseModifier?: number | undefined;
  /** Of an enum, in its order. */
  readonly labels?: readonly string[] | undefined;
}
