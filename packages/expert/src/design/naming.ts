import { Script } from "node:vm";
import { NAMING_DEFAULT } from "./domain-specs.ts";

/** A pattern that takes longer over all names of a file than this is none to name things by: one that is right takes a thousandth of it. */
const PATTERN_MS = 1000;
const MISFITS = new Script("names.filter((name) => !pattern.test(name))");

/** The names that do not match the pattern; undefined if that cannot be told in time. A pattern is foreign: one that backtracks without end must end nobody else. */
export function misfits(pattern: RegExp, names: readonly string[], timeoutMs: number = PATTERN_MS): ReadonlySet<string> | undefined {
  // Ours needs no watch.
  if (pattern.source === NAMING_DEFAULT) return new Set(names.filter((name) => !pattern.test(name)));
  try {
    return new Set(MISFITS.runInNewContext({ names, pattern }, { timeout: timeoutMs }) as readonly string[]);
  } catch {
    return undefined;
  }
}
