/** What a value of a type is, as far as schemas of all formats can say it. */
export type TypeShape = ScalarShape | DecimalShape | EnumShape | ListShape | MapShape | RecordShape | UnionShape;

/**
 * `int`, `long`: whole numbers of 32 and 64 bits that are a `number`; `bigint`: 64 bits as a bigint. `date`: "2026-11-26". `instant`: a `Date`. `null` stands in unions alone.
 */
export interface ScalarShape {
  readonly kind: "boolean" | "int" | "long" | "bigint" | "float" | "double" | "string" | "date" | "instant" | "uuid" | "bytes" | "null";
}

/** A text like "12.50". */
interface DecimalShape {
  readonly kind: "decimal";
  readonly precision: number;
  readonly scale: number;
}

export interface EnumShape {
  readonly kind: "enum";
  readonly name: string;
  readonly symbols: readonly string[];
}

interface ListShape {
  readonly kind: "list";
  readonly items: TypeShape;
}

interface MapShape {
  readonly kind: "map";
  readonly values: TypeShape;
}

/** An object of named properties. Records stand in themselves, so a walk must remember where it was. */
export interface RecordShape {
  readonly kind: "record";
  readonly name: string;
  readonly doc: string | undefined;
  /** Filled once, when the record's parts are read. */
  readonly fields: readonly FieldShape[];
}

export interface FieldShape {
  readonly name: string;
  readonly doc: string | undefined;
  /** Where it stands in the type, as a JSON pointer; for those who cannot say it. */
  readonly path: string;
  readonly type: TypeShape;
  /** Null is a value of it. */
  readonly isNullable: boolean;
  /** It may be left out. */
  readonly isOptional: boolean;
  /** What it is when it is left out, as JSON; undefined where the type does not say. */
  readonly default: unknown;
}

/** One of several types; null is never one of them but at a list's or map's part. Records are told apart by the value of one property. */
export interface UnionShape {
  readonly kind: "union";
  readonly branches: readonly TypeShape[];
  readonly discriminator: Discriminator | undefined;
}

export interface Discriminator {
  readonly property: string;
  /** Each value with its branch, by its place. */
  readonly branchOf: ReadonlyMap<string, number>;
}

/** Code for each shape, made once; records may stand in themselves, and are waited for by {@link ShapeMap.later}. */
export class ShapeMap<T> {
  readonly #made = new Map<TypeShape, T>();

  /** `later` stands for what is being made, `make` makes it. */
  of(shape: TypeShape, later: (now: () => T) => T, make: () => T): T {
    const known = this.#made.get(shape);
    if (known !== undefined) return known;
    this.#made.set(
      shape,
      later(() => this.#made.get(shape)!),
    );
    const made = make();
    this.#made.set(shape, made);
    return made;
  }
}
