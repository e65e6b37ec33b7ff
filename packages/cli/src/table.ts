/** A column: its title, and whether it holds numbers, which stand at the right. */
export interface Column {
  readonly title: string;
  readonly isNumeric?: boolean;
}

/** Rows under titles, each column as wide as its widest cell; undefined is shown as "-". Ends with a newline unless there is no row. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly (string | number | undefined)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (cell === undefined ? "-" : String(cell))));
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...cells.map((row) => (row[i] ?? "").length)));
  const line = (row: readonly string[]): string =>
    columns
      .map(({ isNumeric }, i) => (isNumeric ? (row[i] ?? "").padStart(widths[i]!) : (row[i] ?? "").padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  return `${[columns.map(({ title }) => title.toUpperCase()), ...cells].map(line).join("\n")}\n`;
}
