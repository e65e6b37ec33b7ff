/** What is said of a value that cannot be made a text: a proxy that throws, an object without a prototype. */
const UNSPEAKABLE = "something that cannot be shown was thrown";

/** The message of what was thrown, whatever that is; never throws itself. */
export function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.message) : String(thrown);
  } catch {
    return UNSPEAKABLE;
  }
}

/** As {@link messageOf}, with the name of an error before it. */
export function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return UNSPEAKABLE;
  }
}
