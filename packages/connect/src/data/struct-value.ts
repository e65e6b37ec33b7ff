/** A field of a struct's value, or of an object without a schema: what it has itself, not what every object has (`toString`). */
export function fieldOf(value: Readonly<Record<string, unknown>>, name: string): unknown {
  const found = value[name];
  if (typeof found !== "function" && name !== "__proto__") return found;
  return Object.hasOwn(value, name) ? found : undefined;
}

export function setField(value: Record<string, unknown>, name: string, to: unknown): void {
  if (name !== "__proto__") value[name] = to;
  else Object.defineProperty(value, name, { value: to, enumerable: true, configurable: true, writable: true });
}
