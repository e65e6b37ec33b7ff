import type { ConfigValidator } from "@ottla/base";
import { RE2JS } from "re2js";
import { ConnectError } from "../connect-error.ts";

/** For a setting that is such an expression, so that one that is none is refused before anything runs. */
export const javaRegex = regexOf((text) => isPattern(text));
/** The same, and not empty. */
export const javaRegexOfSomething = regexOf((text) => text !== "" && isPattern(text));

function regexOf(isTaken: (text: string) => boolean): { readonly validator: ConfigValidator } {
  const allowed = "a regular expression without look-around, back references and possessive quantifiers";
  return { validator: { kind: "custom", allowed, accepts: (value) => value === null || isTaken(String(value)) } };
}

function isPattern(text: string): boolean {
  try {
    RE2JS.compile(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * A regular expression of Java's, which is looked for in time that grows with the text. Look-around, back references and possessive quantifiers, which need more, are refused.
 * @throws ConnectError CONNECT_CONFIG
 */
export function javaPattern(key: string, pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    const message = `${key} is no regular expression that can be used (${problem}); look-around, back references and possessive quantifiers are not taken.`;
    throw new ConnectError("CONNECT_CONFIG", message, { cause });
  }
}
