import { printable } from "@ottla/base";

const SHOWN_MAX = 100;

/** What a client says of itself that nobody knows yet, fit for one line of the log. */
export function strangersWord(text: string): string {
  return text.length > SHOWN_MAX ? `${printable(text.slice(0, SHOWN_MAX))}…` : printable(text);
}
