import type { Code, MapEntry, Parameter } from "../code/code.ts";
import type { Imported } from "../code/source-code.ts";
import { childOf, childOfType, childrenOf, type Syntax } from "../syntax/syntax.ts";
import {
  at,
  block,
  blockOf,
  call,
  literal,
  type Lower,
  type Lowered,
  type LowerNode,
  lowerBy,
  member,
  nameOf,
  numberOf,
  operation,
  textOf,
  unescaped,
} from "./lowering.ts";

/** Go. */
export function lowerGo(root: Syntax): Lowered {
  const imports: Imported[] = [];
  const lower = lowerBy({
    ...TABLE,
    import_spec: (node) => {
      imports.push(importOf(node));
      return block(node, []);
    },
  });
  const code = block(root, lowerAll(root.children, lower));
  return { root: code, imports, exports: new Set() };
}

const inner: LowerNode = (node, lower) => blockOf(node, lowerAll(node.children, lower));
const declared: LowerNode = (node, lower) => assign(node, childOf(node, "left"), childOf(node, "right"), true, lower);
const spec: LowerNode = (node, lower) => ({
  kind: "assign",
  ...at(node),
  targets: childrenOf(node, "name")
    .filter(({ type }) => type === "identifier" || type === "field_identifier")
    .map((name) => nameOf(name)),
  value: childOf(node, "value") && lower(childOf(node, "value")),
  type: childOf(node, "type")?.text,
  isDeclaration: true,
});
const text: LowerNode = (node) => textOf(node, unescaped(node.text.slice(1, -1)));
const functionNode: LowerNode = (node, lower) => ({
  kind: "function",
  ...at(node),
  name: childOf(node, "name")?.text,
  parameters: [...parametersOf(childOf(node, "receiver")), ...parametersOf(childOf(node, "parameters"))],
  annotations: [],
  body: lower(childOf(node, "body")),
  isAsync: false,
  isExpression: false,
});

const TABLE: Readonly<Record<string, LowerNode>> = {
  identifier: (node) => nameOf(node),
  field_identifier: (node) => nameOf(node),
  package_identifier: (node) => nameOf(node),
  type_identifier: (node) => nameOf(node),
  blank_identifier: (node) => nameOf(node, "_"),
  int_literal: numberOf,
  float_literal: numberOf,
  true: (node) => literal(node, "true"),
  false: (node) => literal(node, "false"),
  nil: (node) => literal(node, "null"),
  interpreted_string_literal: text,
  raw_string_literal: (node) => textOf(node, node.text.slice(1, -1)),
  rune_literal: text,
  selector_expression: (node, lower) => member(node, lower(childOf(node, "operand")), childOf(node, "field")?.text ?? ""),
  qualified_type: (node) => member(node, nameOf(node, childOf(node, "package")?.text ?? ""), childOf(node, "name")?.text ?? ""),
  index_expression: (node, lower) => ({
    kind: "index",
    ...at(node),
    object: lower(childOf(node, "operand")),
    index: lower(childOf(node, "index")),
  }),
  call_expression: (node, lower) =>
    call(node, lower(childOf(node, "function")), lowerAll(childOf(node, "arguments")?.children ?? [], lower)),
  type_conversion_expression: (node, lower) => lower(childOf(node, "operand")),
  type_assertion_expression: (node, lower) => lower(childOf(node, "operand")),
  variadic_argument: inner,
  parenthesized_expression: inner,
  expression_statement: inner,
  expression_list: inner,
  statement_list: (node, lower) => block(node, lowerAll(node.children, lower)),
  literal_element: inner,
  composite_literal: compositeNode,
  func_literal: functionNode,
  function_declaration: functionNode,
  method_declaration: functionNode,
  short_var_declaration: declared,
  assignment_statement: (node, lower) => assign(node, childOf(node, "left"), childOf(node, "right"), false, lower),
  var_spec: spec,
  const_spec: spec,
  type_spec: (node, lower) => ({
    kind: "class",
    ...at(node),
    name: childOf(node, "name")?.text ?? "",
    supers: [],
    annotations: [],
    body: lower(childOf(node, "type")),
  }),
  field_declaration: spec,
  unary_expression: (node, lower) => {
    const operand = lower(childOf(node, "operand"));
    const operator = childOf(node, "operator")?.text ?? "";
    if (operator === "-" && operand.kind === "literal") return literal(node, `-${operand.value}`);
    return operator === "&" || operator === "*" ? operand : operation(node, operator, [operand]);
  },
  binary_expression: (node, lower) =>
    operation(node, childOf(node, "operator")?.text ?? "", [lower(childOf(node, "left")), lower(childOf(node, "right"))]),
  if_statement: (node, lower) => {
    const initializer = childOf(node, "initializer");
    const condition = childOf(node, "condition");
    const parts = [childOf(node, "consequence"), childOf(node, "alternative")].filter((part) => part !== undefined);
    return {
      kind: "branch",
      ...at(node),
      condition: block(node, [...(initializer ? [lower(initializer)] : []), ...(condition ? [lower(condition)] : [])]),
      parts: lowerAll(parts, lower),
    };
  },
  expression_switch_statement: branchNode,
  type_switch_statement: branchNode,
  select_statement: branchNode,
  receive_statement: (node, lower) => assign(node, childOf(node, "left"), childOf(node, "right"), true, lower),
  for_statement: loopNode,
  go_statement: (node, lower) => ({ kind: "spawn", ...at(node), of: lower(node.children[0]) }),
  defer_statement: (node, lower) => ({ kind: "defer", ...at(node), of: lower(node.children[0]) }),
  return_statement: (node, lower) => exit(node, "return", lower),
  break_statement: (node, lower) => exit(node, "break", lower),
  continue_statement: (node, lower) => exit(node, "continue", lower),
};

function lowerAll(nodes: readonly Syntax[], lower: Lower): readonly Code[] {
  return nodes.map((node) => lower(node));
}

function assign(node: Syntax, left: Syntax | undefined, right: Syntax | undefined, isDeclaration: boolean, lower: Lower): Code {
  const targets = left?.type === "expression_list" ? left.children : left ? [left] : [];
  const values = right?.type === "expression_list" ? right.children : right ? [right] : [];
  // Of `a, err := f()` the first is what f gives.
  const isPaired = values.length > 1 && values.length === targets.length;
  if (isPaired)
    return block(
      node,
      targets.map((target, i) => ({
        kind: "assign",
        ...at(node),
        targets: [lower(target)],
        value: lower(values[i]),
        type: undefined,
        isDeclaration,
      })),
    );
  const isFailing = targets.length === 2 && /^(err|_|ok|error)$/.test(targets[1]!.text) && targets[0]!.text !== "_";
  return {
    kind: "assign",
    ...at(node),
    targets: lowerAll(isFailing ? targets.slice(0, 1) : targets, lower),
    value: right && lower(right),
    type: undefined,
    isDeclaration,
  };
}

/** `T{k: v}` is a map, `[]T{a, b}` a list. */
function compositeNode(node: Syntax, lower: Lower): Code {
  const body = childOf(node, "body");
  const type = childOf(node, "type")?.text;
  const elements = body?.children ?? [];
  if (elements.length > 0 && elements.every(({ type: kind }) => kind === "literal_element"))
    return { kind: "list", ...at(node), items: lowerAll(elements, lower) };
  const entries = elements.map(
    (element): MapEntry => ({
      key: lower(childOf(element, "key")),
      value: lower(childOf(element, "value") ?? element),
      line: element.line,
    }),
  );
  return { kind: "map", ...at(node), type, entries };
}

function parametersOf(node: Syntax | undefined): readonly Parameter[] {
  return (node?.children ?? []).map((parameter) => ({
    names: childrenOf(parameter, "name").map((name) => name.text),
    type: childOf(parameter, "type")?.text,
  }));
}

function branchNode(node: Syntax, lower: Lower): Code {
  return { kind: "branch", ...at(node), condition: undefined, parts: lowerAll(node.children, lower) };
}

function loopNode(node: Syntax, lower: Lower): Code {
  const range = childOfType(node, "range_clause");
  const clause = childOfType(node, "for_clause");
  const over = childOf(range, "right");
  const own = node.children.find(({ field, type }) => field === undefined && type !== "range_clause" && type !== "for_clause");
  const condition = childOf(clause, "condition") ?? own;
  return {
    kind: "loop",
    ...at(node),
    names:
      childOf(range, "left")
        ?.children.map((name) => name.text)
        .filter((name) => name !== "_") ?? [],
    over: over && lower(over),
    condition: condition && lower(condition),
    body: lower(childOf(node, "body")),
    isAsync: false,
  };
}

function exit(node: Syntax, how: "return" | "break" | "continue", lower: Lower): Code {
  const value = how === "return" ? node.children[0] : undefined;
  return { kind: "exit", ...at(node), how, value: value && lower(value) };
}

function importOf(node: Syntax): Imported {
  const module = childOf(node, "path")?.text.slice(1, -1) ?? "";
  const last = module
    .replace(/\/v\d+$/, "")
    .split("/")
    .at(-1)!;
  // Packages whose name is not the path's end.
  const own = module.includes("segmentio/kafka-go") ? "kafka" : last.replace(/^go-/, "");
  return { module, name: "*", as: childOf(node, "name")?.text ?? own, line: node.line };
}
