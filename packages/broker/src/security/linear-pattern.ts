import type { RE2JS } from "re2js";
import { roughSteps } from "./pattern-steps.ts";

/** Patterns beyond this many characters are refused. */
const PATTERN_LENGTH_MAX = 1000;
/** What matching costs goes with the steps of the pattern times the letters of the text. */
const PROGRAM_SIZE_MAX = 500;
/** Of what is certainly too much no program is made: a hundred thousand steps take the library most of a second. Without counted repeats no pattern comes to so many. */
const ROUGH_STEPS_MAX = 5 * PROGRAM_SIZE_MAX;

const TOO_MANY_STEPS = `it takes more than ${PROGRAM_SIZE_MAX} steps`;

/** Whether the whole of a text matches. */
export type LinearPattern = (text: string) => boolean;

/** Loaded at the first need: most brokers never see a pattern. */
let engine: typeof RE2JS | undefined;

/** Loads the library. To be awaited before {@link compilePattern} is called. */
export async function loadPatterns(): Promise<void> {
  engine ??= (await import("re2js")).RE2JS;
}

/**
 * A regular expression of RE2, as Apache Kafka takes them from clients: matching takes time linear in the text, whatever the pattern, so no client can stall the
 * broker by one. A text says why it is none, or too long.
 */
export function compilePattern(pattern: string): LinearPattern | string {
  if (engine === undefined) return "the broker is not ready to read it";
  if (pattern.length > PATTERN_LENGTH_MAX) return `it is longer than ${PATTERN_LENGTH_MAX} characters`;
  if (roughSteps(pattern, ROUGH_STEPS_MAX) > ROUGH_STEPS_MAX) return TOO_MANY_STEPS;
  try {
    const compiled = engine.compile(pattern);
    if (compiled.programSize() > PROGRAM_SIZE_MAX) return TOO_MANY_STEPS;
    return (text) => compiled.matches(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A pattern of the operator's, for texts that are clients'. */
export interface LinearRewriting {
  /** Whether the whole of a text matches. */
  matches(text: string): boolean;
  /** Puts something in place of every match: `groups` are the match and its groups, as `String.replace` gives them. */
  replaceEach(text: string, replacement: (groups: readonly (string | undefined)[]) => string): string;
}

/** As {@link compilePattern}, without its bounds, and with a dot for every letter; undefined for what RE2 does not know, such as a look ahead. Loads the library. */
export async function linearRewriting(pattern: string): Promise<LinearRewriting | undefined> {
  await loadPatterns();
  try {
    const compiled = engine!.compile(pattern, engine!.DOTALL);
    return {
      matches: (text) => compiled.matches(text),
      replaceEach(text, replacement) {
        const matcher = compiled.matcher(text);
        let done = "";
        let end = 0;
        while (matcher.find()) {
          const groups = Array.from({ length: compiled.groupCount() + 1 }, (_, at) => matcher.group(at) ?? undefined);
          done += text.slice(end, matcher.start()) + replacement(groups);
          end = matcher.end();
        }
        return done + text.slice(end);
      },
    };
  } catch {
    return undefined;
  }
}

/** As {@link compilePattern}, for whoever may wait; `undefined` if it is none, or too long. */
export async function linearPattern(pattern: string): Promise<LinearPattern | undefined> {
  await loadPatterns();
  const compiled = compilePattern(pattern);
  return typeof compiled === "string" ? undefined : compiled;
}
