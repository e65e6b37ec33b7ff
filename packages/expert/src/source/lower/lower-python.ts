import type { Code, Handler, MapEntry, Parameter } from "../code/code.ts";
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

/** Python. */
export function lowerPython(root: Syntax): Lowered {
  const imports: Imported[] = [];
  const importing: LowerNode = (node) => {
    imports.push(...importsOf(node));
    return block(node, []);
  };
  const lower = lowerBy({ ...TABLE, import_statement: importing, import_from_statement: importing });
  const code = block(root, lowerAll(root.children, lower));
  return { root: code, imports, exports: new Set() };
}

const inner: LowerNode = (node, lower) => blockOf(node, lowerAll(node.children, lower));
const list: LowerNode = (node, lower) => ({ kind: "list", ...at(node), items: lowerAll(node.children, lower) });

const TABLE: Readonly<Record<string, LowerNode>> = {
  identifier: (node) => nameOf(node),
  integer: numberOf,
  float: numberOf,
  true: (node) => literal(node, "true"),
  false: (node) => literal(node, "false"),
  none: (node) => literal(node, "null"),
  string: (node, lower) => {
    const holes = node.children.filter(({ type }) => type === "interpolation").map((hole) => lower(childOf(hole, "expression")));
    const content = node.children.filter(({ type }) => type === "string_content").map(({ text }) => text);
    return textOf(node, holes.length === 0 ? unescaped(content.join("")) : undefined, holes);
  },
  concatenated_string: (node, lower) => {
    const parts = lowerAll(node.children, lower);
    const values = parts.map((part) => (part.kind === "text" ? part.value : undefined));
    return textOf(node, values.every((value) => value !== undefined) ? values.join("") : undefined, parts);
  },
  attribute: (node, lower) => member(node, lower(childOf(node, "object")), childOf(node, "attribute")?.text ?? ""),
  subscript: (node, lower) => ({
    kind: "index",
    ...at(node),
    object: lower(childOf(node, "value")),
    index: lower(childOf(node, "subscript")),
  }),
  call: (node, lower) => {
    const given = childOf(node, "arguments");
    const args = given?.type === "argument_list" ? lowerAll(given.children, lower) : given ? [lower(given)] : [];
    return call(node, lower(childOf(node, "function")), args);
  },
  keyword_argument: (node, lower) => ({
    kind: "named",
    ...at(node),
    name: childOf(node, "name")?.text ?? "",
    value: lower(childOf(node, "value")),
  }),
  await: (node, lower) => ({ kind: "await", ...at(node), of: lower(node.children[0]) }),
  parenthesized_expression: inner,
  expression_statement: inner,
  as_pattern: (node, lower) => {
    const alias = childOf(node, "alias");
    const value = lower(node.children[0]);
    return alias ? { kind: "assign", ...at(node), targets: [nameOf(alias)], value, type: undefined, isDeclaration: true } : value;
  },
  // What is opened so is closed at the end.
  with_item: (node, lower) => {
    const value = childOf(node, "value");
    const alias = childOf(value, "alias");
    const opened = lower(value);
    return alias ? block(node, [opened, closing(alias)]) : opened;
  },
  lambda: (node, lower) => functionOf(node, lower, []),
  function_definition: (node, lower) => functionOf(node, lower, []),
  decorated_definition: (node, lower) => {
    const annotations = node.children.filter(({ type }) => type === "decorator").map((decorator) => lower(decorator.children[0]));
    const definition = childOf(node, "definition");
    return definition?.type === "function_definition" ? functionOf(definition, lower, annotations) : lower(definition);
  },
  class_definition: (node, lower) => ({
    kind: "class",
    ...at(node),
    name: childOf(node, "name")?.text ?? "",
    supers: childOf(node, "superclasses")?.children.map(({ text }) => text) ?? [],
    annotations: [],
    body: lower(childOf(node, "body")),
  }),
  assignment: (node, lower) => {
    const value = childOf(node, "right");
    return {
      kind: "assign",
      ...at(node),
      targets: targetsOf(childOf(node, "left"), lower),
      value: value && lower(value),
      type: childOf(node, "type")?.text,
      isDeclaration: childOf(node, "left")?.type === "identifier",
    };
  },
  named_expression: (node, lower) => ({
    kind: "assign",
    ...at(node),
    targets: [nameOf(node, childOf(node, "name")?.text ?? "")],
    value: lower(childOf(node, "value")),
    type: undefined,
    isDeclaration: true,
  }),
  dictionary: (node, lower) => ({
    kind: "map",
    ...at(node),
    type: undefined,
    entries: node.children.map((child) => entryOf(child, lower)),
  }),
  dictionary_splat: (node, lower) => lower(node.children[0]),
  list_splat: inner,
  list,
  tuple: list,
  set: list,
  unary_operator: (node, lower) => {
    const operand = lower(childOf(node, "argument"));
    const operator = childOf(node, "operator")?.text ?? "";
    return operator === "-" && operand.kind === "literal" ? literal(node, `-${operand.value}`) : operation(node, operator, [operand]);
  },
  not_operator: (node, lower) => operation(node, "!", [lower(childOf(node, "argument"))]),
  binary_operator: (node, lower) =>
    operation(node, childOf(node, "operator")?.text ?? "", [lower(childOf(node, "left")), lower(childOf(node, "right"))]),
  boolean_operator: (node, lower) =>
    operation(node, childOf(node, "operator")?.text ?? "", [lower(childOf(node, "left")), lower(childOf(node, "right"))]),
  comparison_operator: (node, lower) =>
    operation(
      node,
      childOf(node, "operators")?.text ?? "",
      lowerAll(
        node.children.filter(({ field }) => field !== "operators"),
        lower,
      ),
    ),
  conditional_expression: (node, lower) => operation(node, "?", lowerAll(node.children, lower)),
  if_statement: branchNode,
  elif_clause: branchNode,
  match_statement: (node, lower) => ({ kind: "branch", ...at(node), condition: undefined, parts: lowerAll(node.children, lower) }),
  for_statement: loopNode,
  while_statement: loopNode,
  list_comprehension: comprehension,
  generator_expression: comprehension,
  set_comprehension: comprehension,
  try_statement: (node, lower) => {
    const last = childOfType(node, "finally_clause");
    const otherwise = childOfType(node, "else_clause");
    const body = lower(childOf(node, "body"));
    return {
      kind: "try",
      ...at(node),
      body: otherwise ? block(node, [body, lower(otherwise)]) : body,
      handlers: node.children.filter(({ type }) => type.startsWith("except")).map((clause) => handlerOf(clause, lower)),
      last: last && lower(last.children[0]),
    };
  },
  return_statement: (node, lower) => exit(node, "return", lower),
  raise_statement: (node, lower) => exit(node, "throw", lower),
  break_statement: (node, lower) => exit(node, "break", lower),
  continue_statement: (node, lower) => exit(node, "continue", lower),
  type: (node) => block(node, []),
};

function closing(name: Syntax): Code {
  return { kind: "defer", ...at(name), of: call(name, member(name, nameOf(name), "close"), []) };
}

function lowerAll(nodes: readonly Syntax[], lower: Lower): readonly Code[] {
  return nodes.map((node) => lower(node));
}

function functionOf(node: Syntax, lower: Lower, annotations: readonly Code[]): Code {
  return {
    kind: "function",
    ...at(node),
    name: childOf(node, "name")?.text,
    parameters: (childOf(node, "parameters")?.children ?? []).flatMap(parameterOf),
    annotations,
    body: lower(childOf(node, "body")),
    isAsync: node.text.startsWith("async"),
    isExpression: node.type === "lambda",
  };
}

function parameterOf(node: Syntax): readonly Parameter[] {
  const name = childOf(node, "name")?.text ?? (node.type === "identifier" ? node.text : node.children[0]?.text);
  return name === undefined || name === "self" || name === "cls" ? [] : [{ names: [name], type: childOf(node, "type")?.text }];
}

function namesIn(pattern: Syntax | undefined): readonly string[] {
  if (!pattern) return [];
  return pattern.type === "identifier" ? [pattern.text] : pattern.children.flatMap(namesIn);
}

function targetsOf(pattern: Syntax | undefined, lower: Lower): readonly Code[] {
  if (!pattern) return [];
  return /^(pattern_list|tuple_pattern|list_pattern)$/.test(pattern.type)
    ? pattern.children.flatMap((part) => targetsOf(part, lower))
    : [lower(pattern)];
}

function entryOf(node: Syntax, lower: Lower): MapEntry {
  if (node.type === "pair") return { key: lower(childOf(node, "key")), value: lower(childOf(node, "value")), line: node.line };
  return { key: undefined, value: lower(node), line: node.line };
}

function branchNode(node: Syntax, lower: Lower): Code {
  const condition = childOf(node, "condition");
  const parts = [...childrenOf(node, "consequence"), ...childrenOf(node, "alternative")];
  return { kind: "branch", ...at(node), condition: condition && lower(condition), parts: lowerAll(parts, lower) };
}

function loopNode(node: Syntax, lower: Lower): Code {
  const over = childOf(node, "right");
  const condition = childOf(node, "condition");
  return {
    kind: "loop",
    ...at(node),
    names: namesIn(childOf(node, "left")),
    over: over && lower(over),
    condition: condition && lower(condition),
    body: lower(childOf(node, "body")),
    isAsync: node.text.startsWith("async"),
  };
}

/** `[f(x) for x in y]` is a loop. */
function comprehension(node: Syntax, lower: Lower): Code {
  const clause = childOfType(node, "for_in_clause");
  const over = childOf(clause, "right");
  return {
    kind: "loop",
    ...at(node),
    names: namesIn(childOf(clause, "left")),
    over: over && lower(over),
    condition: undefined,
    body: lower(childOf(node, "body")),
    isAsync: false,
  };
}

function handlerOf(clause: Syntax, lower: Lower): Handler {
  const value = childOf(clause, "value");
  const types = value?.type === "as_pattern" ? value.children[0] : value;
  const alias = childOf(value, "alias");
  const body = clause.children.find(({ type }) => type === "block");
  return {
    types: types ? (types.type === "tuple" ? types.children.map(({ text }) => text) : [types.text]) : [],
    names: alias ? [alias.text] : [],
    body: lower(body),
  };
}

function exit(node: Syntax, how: "return" | "throw" | "break" | "continue", lower: Lower): Code {
  const value = node.children[0];
  return { kind: "exit", ...at(node), how, value: value && lower(value) };
}

function importsOf(node: Syntax): readonly Imported[] {
  const from = childOf(node, "module_name")?.text;
  if (childOfType(node, "wildcard_import")) return [{ module: from ?? "", name: "*", as: "*", line: node.line }];
  return childrenOf(node, "name").map((each) => {
    const name = (each.type === "aliased_import" ? childOf(each, "name")?.text : each.text) ?? "";
    const as = childOf(each, "alias")?.text ?? name;
    return from === undefined ? { module: name, name: "*", as, line: node.line } : { module: from, name, as, line: node.line };
  });
}
