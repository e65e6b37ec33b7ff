import { functionOf } from "@ottla/base";

/** Makes a struct's value of a row: what `cell` gives for each column, under its name, in their order. */
export type MakeRow<Column, Row, Old> = (
  row: Row,
  old: Old,
  cell: (column: Column, row: Row, old: Old) => unknown,
) => Readonly<Record<string, unknown>>;

/** V8 makes objects with more names dictionaries, and long functions slowly. */
const COLUMNS_MAX = 200;

/** Code of its own where there may be some, since an object that is made in one piece is several times as cheap as one that grows name by name; else a loop. */
export function makeRowOf<Column extends { readonly name: string }, Row, Old>(columns: readonly Column[]): MakeRow<Column, Row, Old> {
  if (columns.length > COLUMNS_MAX) return inLoop(columns);
  // In brackets, since a name may be `__proto__`.
  const fields = columns.map(({ name }, index) => `[${JSON.stringify(name)}]: cell(c${index}, row, old)`);
  const made = functionOf(
    columns.map((_, index) => `c${index}`),
    `return (row, old, cell) => ({ ${fields.join(", ")} });`,
  );
  return (made?.(...columns) as MakeRow<Column, Row, Old> | undefined) ?? inLoop(columns);
}

function inLoop<Column extends { readonly name: string }, Row, Old>(columns: readonly Column[]): MakeRow<Column, Row, Old> {
  return (row, old, cell) => {
    const value: Record<string, unknown> = {};
    for (const column of columns)
      Object.defineProperty(value, column.name, { value: cell(column, row, old), enumerable: true, writable: true, configurable: true });
    return value;
  };
}
