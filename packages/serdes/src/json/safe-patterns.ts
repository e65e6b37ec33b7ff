import { RE2JS, RE2JSException } from "re2js";
import { SerdeError } from "../serdes-error.ts";

/** What ajv asks of a pattern. */
interface Pattern {
  test(text: string): boolean;
}

/** What may take more or less of the text: each is tried again and again when what follows does not fit. */
const REPETITIONS = /[*+?]|\{\d*,\d*\}/g;
/** `{60000}` is so many comparisons at each place of the text. */
const LONG_COUNT = /\{\d{3,}\}/;
const HAS_CHOICE = /[()|]|\\[1-9k]/;

/**
 * Patterns that strangers wrote, in time that grows with the text and no faster: plain ones by V8, all others by RE2, which has neither look-around nor references to groups; such are refused.
 * Patterns are searched for, and texts counted in code points, as JSON Schema wants it.
 */
export function linearPattern(pattern: string): Pattern {
  const repetitions = pattern.match(REPETITIONS)?.length ?? 0;
  // At the beginning of the text, with no choice in it and at most one repetition: V8 takes no longer than the text is long.
  const isSimple = repetitions === 0 || (repetitions === 1 && pattern.startsWith("^"));
  const isPlain = isSimple && !HAS_CHOICE.test(pattern) && !LONG_COUNT.test(pattern);
  if (isPlain) return new RegExp(pattern, "u");
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
    return { test: (text) => compiled.matcher(text).find() };
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause;
    const message = `the pattern ${JSON.stringify(pattern.slice(0, 100))} cannot be looked for in bounded time (${cause.message}); where all its writers are trusted, patterns: "native" takes it`;
    throw new SerdeError("SERDE_BAD_SCHEMA", message, { cause });
  }
}

/** As V8 has it. */
export function nativePattern(pattern: string): Pattern {
  return new RegExp(pattern, "u");
}
