import type { CommandContext } from "./command.ts";

/** Ways to set off text on a terminal; each leaves the text as it is where colours are not wanted. */
export interface TextStyle {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

const plain = (text: string): string => text;
const plainStyle: TextStyle = { bold: plain, dim: plain, green: plain, yellow: plain };

const wrapped = (on: number, off: number) => (text: string) => `\x1b[${on}m${text}\x1b[${off}m`;
const colouredStyle: TextStyle = { bold: wrapped(1, 22), dim: wrapped(2, 22), green: wrapped(32, 39), yellow: wrapped(33, 39) };

/** Colours for a terminal, unless NO_COLOR is set to anything (no-color.org) or the terminal is a dumb one. */
export function textStyle(stream: { readonly isTTY?: boolean | undefined }, env: CommandContext["env"]): TextStyle {
  return stream.isTTY && !env["NO_COLOR"] && env["TERM"] !== "dumb" ? colouredStyle : plainStyle;
}
