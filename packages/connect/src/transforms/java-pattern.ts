import { RE2JS } from "re2js";
import { ConnectError } from "../connect-error.ts";

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
