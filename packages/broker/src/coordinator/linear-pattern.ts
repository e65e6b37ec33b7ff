/** Patterns beyond this many characters are refused. */
const PATTERN_LENGTH_MAX = 1000;

/** Whether the whole of a text matches. */
export type LinearPattern = (text: string) => boolean;

/**
 * A regular expression of RE2, as Apache Kafka takes them from clients: matching takes time linear in the text, whatever the pattern, so no client can stall the
 * broker by one. `undefined` if it is none, or too long. The library is loaded at the first need.
 */
export async function linearPattern(pattern: string): Promise<LinearPattern | undefined> {
  if (pattern.length > PATTERN_LENGTH_MAX) return undefined;
  const { RE2JS, RE2JSSyntaxException } = await import("re2js");
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matches(text);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return undefined;
    throw error;
  }
}
