const NO_TEXT = "something that has no text";

/** What was thrown, in a sentence. Users throw what they like: also what has no text, or throws when it is looked at. */
export function reasonOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? plainText(thrown.message) : plainText(thrown);
  } catch {
    return NO_TEXT;
  }
}

/** Of anything that may be thrown or be a key: some objects have no text of their own. */
export function plainText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return typeName(value);
  }
}

function typeName(value: unknown): string {
  try {
    return Object.prototype.toString.call(value);
  } catch {
    return NO_TEXT;
  }
}
