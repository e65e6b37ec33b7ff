/** A node of a file's syntax tree as the grammar names it. Tokens without a name are left out, unless the grammar gives them a field. */
export interface Syntax {
  readonly type: string;
  /** What it is to its parent: `function`, `arguments`, `body`. */
  readonly field: string | undefined;
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
  readonly children: readonly Syntax[];
  readonly text: string;
}

/** The child that has this field. */
export function childOf(node: Syntax | undefined, field: string): Syntax | undefined {
  return node?.children.find((child) => child.field === field);
}

/** The children that have this field. */
export function childrenOf(node: Syntax | undefined, field: string): readonly Syntax[] {
  return node?.children.filter((child) => child.field === field) ?? [];
}

/** The first child of one of these types. */
export function childOfType(node: Syntax | undefined, ...types: readonly string[]): Syntax | undefined {
  return node?.children.find(({ type }) => types.includes(type));
}
