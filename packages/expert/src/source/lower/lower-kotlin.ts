import type { Code, Handler, Parameter } from "../code/code.ts";
import type { Imported } from "../code/source-code.ts";
import { childOf, childOfType, type Syntax } from "../syntax/syntax.ts";
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

/** Kotlin. */
export function lowerKotlin(root: Syntax): Lowered {
  const imports: Imported[] = [];
  const lower = lowerBy({
    ...TABLE,
    import: (node) => {
      imports.push(importOf(node));
      return block(node, []);
    },
  });
  const code = block(root, lowerAll(root.children, lower));
  return { root: code, imports, exports: new Set() };
}

const inner: LowerNode = (node, lower) => blockOf(node, lowerAll(node.children, lower));
const nothing: LowerNode = (node) => block(node, []);
const statements: LowerNode = (node, lower) => block(node, lowerAll(node.children, lower));

const TABLE: Readonly<Record<string, LowerNode>> = {
  identifier: (node) => (node.text === "true" || node.text === "false" ? literal(node, node.text) : nameOf(node)),
  this_expression: (node) => nameOf(node, "this"),
  super_expression: (node) => nameOf(node, "super"),
  number_literal: numberOf,
  float_literal: numberOf,
  null: (node) => literal(node, "null"),
  null_literal: (node) => literal(node, "null"),
  string_literal: (node, lower) => {
    const holes = node.children.filter(({ type }) => type === "interpolation").map((hole) => blockOf(hole, lowerAll(hole.children, lower)));
    const content = node.children
      .map((part) => (part.type === "string_content" || part.type === "escape_sequence" ? part.text : ""))
      .join("");
    return textOf(node, holes.length === 0 && !/\$\w/.test(content) ? unescaped(content) : undefined, holes);
  },
  multiline_string_literal: (node) => textOf(node, /\$/.test(node.text) ? undefined : node.text.slice(3, -3)),
  navigation_expression: (node, lower) => {
    const name = node.children.at(-1);
    return node.children.length < 2 ? lower(name) : member(node, lower(node.children[0]), name?.text ?? "");
  },
  callable_reference: (node, lower) =>
    node.children.length === 2 ? member(node, lower(node.children[0]), node.children[1]!.text) : nameOf(node, node.children[0]?.text ?? ""),
  index_expression: (node, lower) => ({ kind: "index", ...at(node), object: lower(node.children[0]), index: lower(node.children[1]) }),
  call_expression: callNode,
  value_argument: (node, lower) => {
    const [name, value] = node.children;
    return name && value && name.type === "identifier" && /^\w+\s*=[^=]/.test(node.text)
      ? { kind: "named", ...at(node), name: name.text, value: lower(value) }
      : blockOf(node, lowerAll(node.children, lower));
  },
  constructor_invocation: (node, lower) =>
    call(node, nameOf(node, bare(node.children[0]?.text)), argumentsOf(childOfType(node, "value_arguments"), lower)),
  collection_literal: (node, lower) => ({ kind: "list", ...at(node), items: lowerAll(node.children, lower) }),
  parenthesized_expression: inner,
  as_expression: (node, lower) => lower(node.children[0]),
  annotated_lambda: inner,
  lambda_literal: lambdaNode,
  anonymous_function: functionNode,
  function_declaration: functionNode,
  secondary_constructor: functionNode,
  function_body: inner,
  block: statements,
  class_body: statements,
  class_declaration: classNode,
  object_declaration: classNode,
  companion_object: classNode,
  property_declaration: (node, lower) => {
    const declared = childOfType(node, "variable_declaration", "multi_variable_declaration");
    const after = declared ? node.children.slice(node.children.indexOf(declared) + 1) : [];
    const value = after.find(({ type }) => !/^(type_constraints|getter|setter|modifiers)$/.test(type));
    return {
      kind: "assign",
      ...at(node),
      targets: namesIn(declared).map((name) => nameOf(node, name)),
      value: value && lower(value.type === "property_delegate" ? value.children[0] : value),
      type: declared?.children.find(({ type }) => type.endsWith("_type"))?.text,
      isDeclaration: true,
    };
  },
  class_parameter: (node, lower) => {
    const [type] = node.children.filter(({ type: kind }) => kind.endsWith("_type"));
    const value = node.children.at(-1);
    return {
      kind: "assign",
      ...at(node),
      targets: [nameOf(node, childOfType(node, "identifier")?.text ?? "")],
      value: value && value !== type && value.type !== "identifier" ? lower(value) : undefined,
      type: type?.text,
      isDeclaration: true,
    };
  },
  assignment: (node, lower) => {
    const operator = childOf(node, "operator")?.text ?? "=";
    const value = lower(childOf(node, "right"));
    if (operator !== "=") return operation(node, operator, [lower(childOf(node, "left")), value]);
    return { kind: "assign", ...at(node), targets: [lower(childOf(node, "left"))], value, type: undefined, isDeclaration: false };
  },
  infix_expression: (node, lower) => operation(node, node.children[1]?.text ?? "", [lower(node.children[0]), lower(node.children[2])]),
  unary_expression: (node, lower) => {
    const operand = lower(childOf(node, "argument"));
    const operator = childOf(node, "operator")?.text ?? "";
    if (operator === "!!") return operand;
    return operator === "-" && operand.kind === "literal" ? literal(node, `-${operand.value}`) : operation(node, operator, [operand]);
  },
  binary_expression: (node, lower) =>
    operation(node, childOf(node, "operator")?.text ?? "", [lower(childOf(node, "left")), lower(childOf(node, "right"))]),
  if_expression: branchNode,
  when_expression: branchNode,
  for_statement: loopNode,
  while_statement: loopNode,
  do_while_statement: loopNode,
  try_expression: (node, lower) => {
    const last = childOfType(node, "finally_block");
    return {
      kind: "try",
      ...at(node),
      body: lower(childOfType(node, "block")),
      handlers: node.children.filter(({ type }) => type === "catch_block").map((clause) => handlerOf(clause, lower)),
      last: last && blockOf(last, lowerAll(last.children, lower)),
    };
  },
  return_expression: (node, lower) => exit(node, "return", lower),
  throw_expression: (node, lower) => exit(node, "throw", lower),
  break_expression: (node, lower) => exit(node, "break", lower),
  continue_expression: (node, lower) => exit(node, "continue", lower),
  modifiers: nothing,
  package_header: nothing,
  user_type: nothing,
  nullable_type: nothing,
};

function lowerAll(nodes: readonly Syntax[], lower: Lower): readonly Code[] {
  return nodes.map((node) => lower(node));
}

/** A lambda behind a call's parentheses is one of its arguments. */
function callNode(node: Syntax, lower: Lower): Code {
  const [callee, ...rest] = node.children;
  const args = rest.flatMap((part) =>
    part.type === "value_arguments" ? argumentsOf(part, lower) : part.type === "annotated_lambda" ? [lower(part)] : [],
  );
  const hasOwn = rest.some(({ type }) => type === "value_arguments");
  if (callee?.type === "call_expression" && !hasOwn) {
    const before = lower(callee);
    if (before.kind === "call") return { ...before, ...at(node), args: [...before.args, ...args] };
  }
  const target = callee ? lower(callee) : block(node, []);
  const name = target.kind === "name" ? target.name : "";
  return call(node, target, args, /^[A-Z]/.test(name));
}

function argumentsOf(node: Syntax | undefined, lower: Lower): readonly Code[] {
  return lowerAll(node?.children ?? [], lower);
}

function bare(type: string | undefined): string {
  return (
    /^[\w.]+/
      .exec(type ?? "")?.[0]
      .split(".")
      .at(-1) ?? ""
  );
}

function lambdaNode(node: Syntax, lower: Lower): Code {
  const given = childOfType(node, "lambda_parameters");
  const body = node.children.filter((child) => child !== given);
  return {
    kind: "function",
    ...at(node),
    name: undefined,
    parameters: given ? given.children.map((each) => ({ names: namesIn(each), type: undefined })) : [{ names: ["it"], type: undefined }],
    annotations: [],
    body: block(node, lowerAll(body, lower)),
    isAsync: false,
    isExpression: false,
  };
}

function functionNode(node: Syntax, lower: Lower): Code {
  const body = childOfType(node, "function_body") ?? childOfType(node, "block");
  return {
    kind: "function",
    ...at(node),
    name: childOf(node, "name")?.text,
    parameters: (childOfType(node, "function_value_parameters")?.children ?? []).flatMap(parameterOf),
    annotations: annotationsOf(node, lower),
    body: lower(body),
    isAsync: false,
    isExpression: body?.type === "function_body" && body.children[0]?.type !== "block",
  };
}

function parameterOf(node: Syntax): readonly Parameter[] {
  const name = childOfType(node, "identifier")?.text;
  return name === undefined ? [] : [{ names: [name], type: node.children.find(({ type }) => type.endsWith("_type"))?.text }];
}

function annotationsOf(node: Syntax, lower: Lower): readonly Code[] {
  const annotations = childOfType(node, "modifiers")?.children.filter(({ type }) => type === "annotation") ?? [];
  return annotations.map((annotation) => {
    const invoked = childOfType(annotation, "constructor_invocation");
    return invoked ? lower(invoked) : nameOf(annotation, annotation.text.replace(/^@/, ""));
  });
}

function classNode(node: Syntax, lower: Lower): Code {
  const parameters = childOfType(childOfType(node, "primary_constructor"), "class_parameters");
  const body = childOfType(node, "class_body");
  return {
    kind: "class",
    ...at(node),
    name: childOf(node, "name")?.text ?? "",
    supers: [...(childOfType(node, "delegation_specifiers")?.text.matchAll(/[A-Z]\w*/g) ?? [])].map(([word]) => word),
    annotations: annotationsOf(node, lower),
    body: block(node, [...lowerAll(parameters?.children ?? [], lower), ...(body ? [lower(body)] : [])]),
  };
}

function namesIn(node: Syntax | undefined): readonly string[] {
  if (!node) return [];
  if (node.type === "identifier") return [node.text];
  return node.children.filter(({ type }) => !type.endsWith("_type")).flatMap(namesIn);
}

function branchNode(node: Syntax, lower: Lower): Code {
  const condition = childOf(node, "condition");
  const parts = node.children.filter((child) => child !== condition);
  return { kind: "branch", ...at(node), condition: condition && lower(condition), parts: lowerAll(parts, lower) };
}

function loopNode(node: Syntax, lower: Lower): Code {
  const declared = childOfType(node, "variable_declaration", "multi_variable_declaration");
  const condition = childOf(node, "condition");
  const body = node.children.find(({ type }) => type === "block") ?? node.children.at(-1);
  const over = declared ? node.children[node.children.indexOf(declared) + 1] : undefined;
  return {
    kind: "loop",
    ...at(node),
    names: namesIn(declared),
    over: over && lower(over),
    condition: condition && lower(condition),
    body: lower(body),
    isAsync: false,
  };
}

function handlerOf(clause: Syntax, lower: Lower): Handler {
  return {
    types: clause.children.filter(({ type }) => type.endsWith("_type")).map(({ text }) => text),
    names: [childOfType(clause, "identifier")?.text ?? ""],
    body: lower(childOfType(clause, "block")),
  };
}

function exit(node: Syntax, how: "return" | "throw" | "break" | "continue", lower: Lower): Code {
  const value = how === "return" || how === "throw" ? node.children.at(-1) : undefined;
  return { kind: "exit", ...at(node), how, value: value && lower(value) };
}

function importOf(node: Syntax): Imported {
  const path = childOfType(node, "qualified_identifier")?.text ?? "";
  if (/\.\*\s*$/.test(node.text)) return { module: path, name: "*", as: "*", line: node.line };
  const name = path.slice(path.lastIndexOf(".") + 1);
  return { module: path.slice(0, path.lastIndexOf(".")), name, as: / as (\w+)\s*$/.exec(node.text)?.[1] ?? name, line: node.line };
}
