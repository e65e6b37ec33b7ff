import { ConnectError } from "../../connect-error.ts";

/** A letter of a pattern and how often it stands there, or a text that stands for itself. */
export type DateToken = { readonly letter: string; readonly count: number } | { readonly literal: string };

/** A pattern of Java's `SimpleDateFormat`, in UTC and English. */
export interface DatePattern {
  readonly text: string;
  readonly tokens: readonly DateToken[];
}

const LETTERS = new Set("GyMLdDEuFaHkKhmsSzZX");
/** Java's letters that depend on where in the world weeks begin. */
const WEEKS = new Set("wWY");

/**
 * Reads a pattern. `key` is the setting that it comes from.
 * @throws ConnectError CONNECT_CONFIG for letters that are none, and for w, W and Y, which mean other days in other countries.
 */
export function datePattern(key: string, text: string): DatePattern {
  const tokens: DateToken[] = [];
  let literal = "";
  const endLiteral = (): void => {
    if (literal !== "") tokens.push({ literal });
    literal = "";
  };
  for (let at = 0; at < text.length; ) {
    const sign = text[at]!;
    if (sign === "'") {
      const quoted = quotedText(key, text, at);
      literal += quoted.literal;
      at = quoted.next;
    } else if (/[A-Za-z]/.test(sign)) {
      endLiteral();
      checkLetter(key, sign, text);
      let count = 1;
      while (text[at + count] === sign) count++;
      tokens.push({ letter: sign, count });
      at += count;
    } else {
      literal += sign;
      at++;
    }
  }
  endLiteral();
  return { text, tokens };
}

function quotedText(key: string, text: string, opens: number): { readonly literal: string; readonly next: number } {
  if (text[opens + 1] === "'") return { literal: "'", next: opens + 2 };
  let literal = "";
  for (let at = opens + 1; at < text.length; at++) {
    if (text[at] !== "'") literal += text[at]!;
    else if (text[at + 1] === "'") {
      literal += "'";
      at++;
    } else return { literal, next: at + 1 };
  }
  throw new ConnectError("CONNECT_CONFIG", `${key} "${text}" has a quote that nothing ends.`);
}

function checkLetter(key: string, letter: string, text: string): void {
  if (LETTERS.has(letter)) return;
  const problem = WEEKS.has(letter)
    ? `has the letter ${letter}, which counts weeks and means other days in other countries${letter === "Y" ? "; the year is y" : ""}`
    : `has the letter ${letter}, which is none of SimpleDateFormat; letters that stand for themselves go in quotes`;
  throw new ConnectError("CONNECT_CONFIG", `${key} "${text}" ${problem}.`);
}
