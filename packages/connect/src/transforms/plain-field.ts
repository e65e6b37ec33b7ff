import { setField } from "../data/struct-value.ts";

/** An object of one field. */
export function plainField(name: string, value: unknown): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  setField(made, name, value);
  return made;
}
