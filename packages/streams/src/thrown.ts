/** What was thrown, in a sentence. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : plainText(thrown);
}

/** Of anything that may be thrown or be a key: some objects have no text of their own. */
export function plainText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
