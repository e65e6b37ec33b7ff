import { ValueProblem } from "../serde/format-engine.ts";
import { setOwn } from "../avro/record-code.ts";
import { pointer } from "../rules/field-tree.ts";

/** Makes of a type's value what a format has in its place, or the other way round. Throws {@link ValueProblem}. */
export type Change = (value: unknown) => unknown;

/** What stays as it is. */
export const same: Change = (value) => value;

/** A whole number of 64 bits that the type has as a `number`. */
export const toNumber: Change = (value) => {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new ValueProblem("", `${value} is beyond 2^53, and the type has a number there; take a bigint`);
  return number;
};

/** Each element of a list. */
export function changeList(change: Change): Change {
  if (change === same) return same;
  return (value) => (Array.isArray(value) ? value.map((element: unknown, index) => within(index, change, element)) : value);
}

/** Each value of a map. */
export function changeMap(change: Change): Change {
  if (change === same) return same;
  return (value) => {
    if (!isObject(value)) return value;
    const made = {};
    for (const [key, part] of Object.entries(value)) setOwn(made, key, within(key, change, part));
    return made;
  };
}

/** What is wrong in a part is told with the part's place. */
export function within(step: string | number, change: Change, part: unknown): unknown {
  try {
    return change(part);
  } catch (error) {
    throw error instanceof ValueProblem ? new ValueProblem(`${pointer("", step)}${error.path}`, error.message, error.cause) : error;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
