import { fieldOf } from "../../../data/struct-value.ts";

/** A field of a value; nested ones with dots, unless a field itself has them. Null where there is none. */
export function fieldAt(value: unknown, path: string): unknown {
  const own = step(value, path);
  if (own !== undefined) return own;
  let at = value;
  for (const name of path.split(".")) at = step(at, name);
  return at ?? null;
}

function step(value: unknown, name: string): unknown {
  if (value instanceof Map) return (value as ReadonlyMap<unknown, unknown>).get(name);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return fieldOf(value as Readonly<Record<string, unknown>>, name);
}
