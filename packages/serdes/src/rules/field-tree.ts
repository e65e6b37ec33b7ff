/** A field that a rule may be for. */
export interface RuleField {
  readonly name: string;
  /** Avro: the record's full name and the field's. JSON: from `$` on. */
  readonly fullName: string;
  /** STRING, BYTES, INT, LONG, FLOAT, DOUBLE, BOOLEAN; of what no rule can change ENUM, FIXED, RECORD. */
  readonly typeName: string;
  readonly tags: ReadonlySet<string>;
  /** Where the value stands, as a JSON pointer. */
  readonly path: string;
}

/** Gives what is to stand in the field's place. */
export type FieldVisit = (value: unknown, field: RuleField) => unknown;

/** What the fields of a schema are, found in its values. */
export interface FieldTree {
  /** Each field that has a value, those of lists and maps once for each element. What was given stays as it is. Tagged records are visited too, behind their fields, so that nobody takes them for seen to. */
  map(value: unknown, visit: FieldVisit): unknown;
}

/** A list with each element changed; the same list when none is. */
export function mapList(list: readonly unknown[], change: (element: unknown, index: number) => unknown): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (const [index, element] of list.entries()) {
    const now = change(element, index);
    if (now === element) continue;
    changed ??= [...list];
    changed[index] = now;
  }
  return changed ?? list;
}

/** An object with each property changed; the same object when none is. */
export function mapObject(object: object, change: (part: unknown, name: string) => unknown): object {
  let changed: object | undefined;
  for (const [name, part] of Object.entries(object)) {
    const now = change(part, name);
    if (now === part) continue;
    changed ??= { ...object };
    // As a property of its own, whatever its name.
    Object.defineProperty(changed, name, { value: now, enumerable: true, configurable: true, writable: true });
  }
  return changed ?? object;
}

/** A step further in a JSON pointer. */
export function pointer(path: string, step: string | number): string {
  return `${path}/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
