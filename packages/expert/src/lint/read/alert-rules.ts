import type { FoundDocument } from "./source-file.ts";
import { pairsOf, textAt, type Tree } from "./tree.ts";

/** Expressions of Prometheus, wherever they stand in a file: whatever has an `expr` and a name. */
export function alertRules(file: string, tree: Tree): readonly FoundDocument[] {
  if (tree.is === "list") return tree.items.flatMap((item) => alertRules(file, item));
  const expression = pairsOf(tree).find(({ name, value }) => name === "expr" && value.is === "scalar");
  const name = textAt(tree, "alert") ?? textAt(tree, "record") ?? textAt(tree, "name");
  if (expression?.value.is === "scalar" && name !== undefined) {
    const entries = [{ key: "expr", value: expression.value.text, line: expression.line }];
    return [{ document: { file, part: `alert ${name}`, kind: "alert", entries } }];
  }
  return pairsOf(tree).flatMap(({ value }) => alertRules(file, value));
}
