/** The shape of the files in `packages/protocol/spec`. Only facts of the protocol: names, types, version ranges. */

export interface FieldSpec {
  readonly name: string;
  /** A primitive ("int32", "string", "records" …), the name of a struct, or either with "[]" in front. */
  readonly type: string;
  readonly versions: string;
  readonly nullable?: string;
  readonly tag?: number;
  readonly tagged?: string;
  /** In place of the type's own default (0, false, "", empty, the nil UUID, a struct of defaults). `null` only where nullable; a string where no number is exact. */
  readonly default?: number | string | boolean | null;
  /** True: dropped silently in versions that lack the field. Otherwise a value other than the default is an error there. */
  readonly ignorable?: true;
  /** Only where it differs from the message: "none" keeps the old encoding of a string. */
  readonly flexible?: string;
  readonly mapKey?: true;
  readonly entity?: string;
}

export interface StructSpec {
  readonly name: string;
  readonly fields: readonly FieldSpec[];
}

export interface MessageSpec {
  readonly name: string;
  readonly fields: readonly FieldSpec[];
  readonly structs: readonly StructSpec[];
}

export interface ApiSpec {
  readonly key: number;
  readonly name: string;
  readonly versions: string;
  readonly flexible: string;
  readonly request: MessageSpec;
  readonly response: MessageSpec;
}

/** A message that is no request: a header, embedded data, or a coordinator's record. */
export interface DataSpec {
  readonly kind: "header" | "data" | "record-key" | "record-value";
  /** Of a coordinator's record: the type number that its key starts with. */
  readonly recordType?: number;
  readonly versions: string;
  readonly flexible: string;
  readonly message: MessageSpec;
}

/** "ListOffsets" → "list-offsets". */
export function kebabCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
}

/** "ListOffsets" → "listOffsets", "ISR" → "isr". */
export function camelCase(name: string): string {
  const capitals = /^[A-Z]+(?![a-z])/.exec(name);
  return capitals === null ? name.charAt(0).toLowerCase() + name.slice(1) : capitals[0].toLowerCase() + name.slice(capitals[0].length);
}

/** JSON with one field of a message per line: short to read, small in a diff. */
export function formatSpec(spec: ApiSpec | DataSpec): string {
  const lines = JSON.stringify(spec, null, 2);
  return `${lines.replace(/\{\s+"name": ("\w+"),\s+"type"([^{}]+?)\s+\}/g, (_, name, rest) => `{"name": ${name}, "type"${rest.replace(/\s*\n\s*/g, " ")}}`)}\n`;
}
