import { printable } from "@ottla/base";
import type { TextStyle } from "./text-style.ts";

/** A column: its title, and whether it holds numbers, which stand at the right. */
export interface Column {
  readonly title: string;
  readonly isNumeric?: boolean;
}

export type Cell = string | number | undefined;

/**
 * Rows under titles, each column as wide as its widest cell; undefined is shown as "-". Ends with a newline. Control characters, which could
 * move the cursor of a terminal, are shown escaped.
 */
export function renderTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], style?: TextStyle): string {
  const cells = rows.map((row) => row.map((cell) => (cell === undefined ? "-" : printable(String(cell)))));
  const widths = columns.map(({ title }, i) => cells.reduce((width, row) => Math.max(width, (row[i] ?? "").length), title.length));
  const line = (row: readonly string[]): string =>
    columns
      .map(({ isNumeric }, i) => (isNumeric ? (row[i] ?? "").padStart(widths[i]!) : (row[i] ?? "").padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  const titles = line(columns.map(({ title }) => title.toUpperCase()));
  return `${[style ? style.dim(titles) : titles, ...cells.map(line)].join("\n")}\n`;
}
