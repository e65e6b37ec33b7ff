import { printable } from "@ottla/base";
import stringWidth from "string-width";
import type { TextStyle } from "./text-style.ts";

/** A column: its title, and whether it holds numbers, which stand at the right. */
export interface Column {
  readonly title: string;
  readonly isNumeric?: boolean;
}

const PLAIN = /^[\x20-\x7e]*$/;

export type Cell = string | number | undefined;

/**
 * Rows under titles, each column as wide as its widest cell; undefined is shown as "-". Ends with a newline. Control characters, which could
 * move the cursor of a terminal, are shown escaped.
 */
export function renderTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], style?: TextStyle): string {
  const cells = rows.map((row) => row.map((cell) => (cell === undefined ? "-" : printable(String(cell)))));
  const widths = columns.map(({ title }, i) => cells.reduce((width, row) => Math.max(width, columnsOf(row[i] ?? "")), title.length));
  const line = (row: readonly string[]): string =>
    columns
      .map(({ isNumeric }, i) => padded(row[i] ?? "", widths[i]!, isNumeric))
      .join("  ")
      .trimEnd();
  const titles = line(columns.map(({ title }) => title.toUpperCase()));
  return `${[style ? style.dim(titles) : titles, ...cells.map(line)].join("\n")}\n`;
}

function padded(text: string, width: number, isNumeric: boolean | undefined): string {
  const room = " ".repeat(width - columnsOf(text));
  return isNumeric ? room + text : text + room;
}

/** How many columns of a terminal a text takes: none for what combines with the character before it, two for the wide ones of East Asia and emoji. */
function columnsOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}
