import type { Code, Handler, Parameter } from "../code/code.ts";
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

/** Java. */
export function lowerJava(root: Syntax): Lowered {
  const imports = root.children.filter(({ type }) => type === "import_declaration").map(importOf);
  return { root: block(root, lowerAll(root.children, lowerBy(TABLE))), imports, exports: new Set() };
}

const inner: LowerNode = (node, lower) => blockOf(node, lowerAll(node.children, lower));
const nothing: LowerNode = (node) => block(node, []);
const functionNode: LowerNode = (node, lower) => ({
  kind: "function",
  ...at(node),
  name: childOf(node, "name")?.text,
  parameters: parametersOf(childOf(node, "parameters")),
  annotations: annotationsOf(node, lower),
  body: lower(childOf(node, "body")),
  isAsync: false,
  isExpression: false,
});

const TABLE: Readonly<Record<string, LowerNode>> = {
  identifier: (node) => nameOf(node),
  this: (node) => nameOf(node, "this"),
  super: (node) => nameOf(node, "super"),
  decimal_integer_literal: numberOf,
  hex_integer_literal: numberOf,
  decimal_floating_point_literal: numberOf,
  true: (node) => literal(node, "true"),
  false: (node) => literal(node, "false"),
  null_literal: (node) => literal(node, "null"),
  string_literal: (node) => {
    const text = node.text;
    return textOf(node, text.startsWith('"""') ? text.slice(3, -3).trim() : unescaped(text.slice(1, -1)));
  },
  character_literal: (node) => textOf(node, unescaped(node.text.slice(1, -1))),
  field_access: (node, lower) => member(node, lower(childOf(node, "object")), childOf(node, "field")?.text ?? ""),
  class_literal: (node) => member(node, nameOf(node, node.children[0]?.text ?? ""), "class"),
  method_reference: (node, lower) =>
    node.children.length === 2
      ? member(node, lower(node.children[0]), node.children[1]!.text)
      : member(node, lower(node.children[0]), "new"),
  array_access: (node, lower) => ({
    kind: "index",
    ...at(node),
    object: lower(childOf(node, "array")),
    index: lower(childOf(node, "index")),
  }),
  method_invocation: (node, lower) => {
    const object = childOf(node, "object");
    const name = childOf(node, "name");
    const callee = object ? member(node, lower(object), name?.text ?? "") : lower(name);
    return call(node, callee, argumentsOf(node, lower));
  },
  object_creation_expression: (node, lower) => {
    const made = call(node, typeName(childOf(node, "type")), argumentsOf(node, lower), true);
    const body = childOfType(node, "class_body");
    return body ? { ...made, args: [...(made.kind === "call" ? made.args : []), lower(body)] } : made;
  },
  explicit_constructor_invocation: (node, lower) => call(node, nameOf(node, "super"), argumentsOf(node, lower)),
  array_creation_expression: (node, lower) => lower(childOf(node, "value")),
  array_initializer: (node, lower) => ({ kind: "list", ...at(node), items: lowerAll(node.children, lower) }),
  element_value_array_initializer: (node, lower) => ({ kind: "list", ...at(node), items: lowerAll(node.children, lower) }),
  cast_expression: (node, lower) => lower(childOf(node, "value")),
  parenthesized_expression: inner,
  expression_statement: inner,
  lambda_expression: (node, lower) => {
    const parameters = childOf(node, "parameters");
    const body = childOf(node, "body");
    return {
      kind: "function",
      ...at(node),
      name: undefined,
      parameters:
        parameters?.type === "identifier"
          ? [{ names: [parameters.text], type: undefined }]
          : parameters?.type === "inferred_parameters"
            ? parameters.children.map(({ text }) => ({ names: [text], type: undefined }))
            : parametersOf(parameters),
      annotations: [],
      body: lower(body),
      isAsync: false,
      isExpression: body !== undefined && body.type !== "block",
    };
  },
  method_declaration: functionNode,
  constructor_declaration: functionNode,
  compact_constructor_declaration: functionNode,
  class_declaration: classNode,
  record_declaration: classNode,
  enum_declaration: classNode,
  interface_declaration: classNode,
  field_declaration: declaration,
  local_variable_declaration: declaration,
  // What is opened so is closed at the end.
  resource: (node, lower) => {
    const name = childOf(node, "name");
    // `try (lock)` opens nothing.
    if (!name) return block(node, lowerAll(node.children, lower));
    const opened = assign(node, name, childOf(node, "value"), childOf(node, "type")?.text, lower);
    return block(node, [opened, { kind: "defer", ...at(name), of: call(name, member(name, nameOf(name), "close"), []) }]);
  },
  assignment_expression: (node, lower) => {
    const operator = childOf(node, "operator")?.text ?? "=";
    const value = lower(childOf(node, "right"));
    if (operator !== "=") return operation(node, operator, [lower(childOf(node, "left")), value]);
    return { kind: "assign", ...at(node), targets: [lower(childOf(node, "left"))], value, type: undefined, isDeclaration: false };
  },
  unary_expression: (node, lower) => {
    const operand = lower(childOf(node, "operand"));
    const operator = childOf(node, "operator")?.text ?? "";
    return operator === "-" && operand.kind === "literal" ? literal(node, `-${operand.value}`) : operation(node, operator, [operand]);
  },
  update_expression: (node, lower) => operation(node, "++", lowerAll(node.children, lower)),
  binary_expression: (node, lower) =>
    operation(node, childOf(node, "operator")?.text ?? "", [lower(childOf(node, "left")), lower(childOf(node, "right"))]),
  ternary_expression: (node, lower) => operation(node, "?", lowerAll(node.children, lower)),
  if_statement: (node, lower) => branch(node, [childOf(node, "consequence"), childOf(node, "alternative")], lower),
  switch_expression: (node, lower) => branch(node, [childOf(node, "body")], lower),
  enhanced_for_statement: (node, lower) => ({
    kind: "loop",
    ...at(node),
    names: [childOf(node, "name")?.text ?? ""],
    over: lower(childOf(node, "value")),
    condition: undefined,
    body: lower(childOf(node, "body")),
    isAsync: false,
  }),
  for_statement: loopNode,
  while_statement: loopNode,
  do_statement: loopNode,
  try_statement: tryNode,
  try_with_resources_statement: tryNode,
  return_statement: (node, lower) => exit(node, "return", lower),
  throw_statement: (node, lower) => exit(node, "throw", lower),
  break_statement: (node, lower) => exit(node, "break", lower),
  continue_statement: (node, lower) => exit(node, "continue", lower),
  annotation: annotationNode,
  marker_annotation: annotationNode,
  import_declaration: nothing,
  package_declaration: nothing,
  modifiers: nothing,
  throws: nothing,
};

function lowerAll(nodes: readonly Syntax[], lower: Lower): readonly Code[] {
  return nodes.map((node) => lower(node));
}

function importOf(node: Syntax): Imported {
  const path = node.children.find(({ type }) => type.endsWith("identifier"))?.text ?? "";
  if (childOfType(node, "asterisk")) return { module: path, name: "*", as: "*", line: node.line };
  const name = path.slice(path.lastIndexOf(".") + 1);
  return { module: path.slice(0, path.lastIndexOf(".")), name, as: name, line: node.line };
}

function argumentsOf(node: Syntax, lower: Lower): readonly Code[] {
  return lowerAll(childOf(node, "arguments")?.children ?? [], lower);
}

function typeName(type: Syntax | undefined): Code {
  const bare = type?.type === "generic_type" ? type.children[0] : type;
  const text = (bare?.text ?? "").trim();
  const last = text.slice(text.lastIndexOf(".") + 1);
  return { kind: "name", start: type?.start ?? 0, end: type?.end ?? 0, line: type?.line ?? 1, parent: undefined, name: last };
}

function parametersOf(node: Syntax | undefined): readonly Parameter[] {
  return (node?.children ?? []).flatMap((parameter): readonly Parameter[] => {
    const name = childOf(parameter, "name") ?? childOf(childOfType(parameter, "variable_declarator"), "name");
    return name ? [{ names: [name.text], type: childOf(parameter, "type")?.text }] : [];
  });
}

function annotationsOf(node: Syntax, lower: Lower): readonly Code[] {
  const modifiers = childOfType(node, "modifiers");
  return lowerAll(modifiers?.children.filter(({ type }) => type.endsWith("annotation")) ?? [], lower);
}

function annotationNode(node: Syntax, lower: Lower): Code {
  const args = (childOf(node, "arguments")?.children ?? []).map((argument): Code => {
    if (argument.type !== "element_value_pair") return lower(argument);
    return { kind: "named", ...at(argument), name: childOf(argument, "key")?.text ?? "", value: lower(childOf(argument, "value")) };
  });
  return call(node, nameOf(node, childOf(node, "name")?.text ?? ""), args);
}

function classNode(node: Syntax, lower: Lower): Code {
  const supers = [childOf(node, "superclass"), childOf(node, "interfaces")].flatMap((part) =>
    [...(part?.text.matchAll(/[A-Z]\w*/g) ?? [])].map(([word]) => word),
  );
  return {
    kind: "class",
    ...at(node),
    name: childOf(node, "name")?.text ?? "",
    supers,
    annotations: annotationsOf(node, lower),
    body: lower(childOf(node, "body")),
  };
}

function declaration(node: Syntax, lower: Lower): Code {
  const type = childOf(node, "type")?.text;
  const declarators = childrenOf(node, "declarator").map((each) =>
    assign(each, childOf(each, "name"), childOf(each, "value"), type, lower),
  );
  return blockOf(node, [...annotationsOf(node, lower), ...declarators]);
}

function assign(node: Syntax, name: Syntax | undefined, value: Syntax | undefined, type: string | undefined, lower: Lower): Code {
  return {
    kind: "assign",
    ...at(node),
    targets: name ? [lower(name)] : [],
    value: value && lower(value),
    type: type === "var" ? undefined : type,
    isDeclaration: true,
  };
}

function branch(node: Syntax, parts: readonly (Syntax | undefined)[], lower: Lower): Code {
  const condition = childOf(node, "condition");
  return {
    kind: "branch",
    ...at(node),
    condition: condition && lower(condition),
    parts: lowerAll(
      parts.filter((part) => part !== undefined),
      lower,
    ),
  };
}

function loopNode(node: Syntax, lower: Lower): Code {
  const condition = childOf(node, "condition");
  return {
    kind: "loop",
    ...at(node),
    names: [],
    over: undefined,
    condition: condition && lower(condition),
    body: lower(childOf(node, "body")),
    isAsync: false,
  };
}

function tryNode(node: Syntax, lower: Lower): Code {
  const handlers = node.children
    .filter(({ type }) => type === "catch_clause")
    .map((clause): Handler => {
      const parameter = childOfType(clause, "catch_formal_parameter");
      return {
        types: childOfType(parameter, "catch_type")?.children.map(({ text }) => text) ?? [],
        names: [childOf(parameter, "name")?.text ?? ""],
        body: lower(childOf(clause, "body")),
      };
    });
  const last = childOfType(node, "finally_clause");
  const resources = childOf(node, "resources");
  const body = lower(childOf(node, "body"));
  return {
    kind: "try",
    ...at(node),
    body: resources ? block(node, [...lowerAll(resources.children, lower), body]) : body,
    handlers,
    last: last && lower(last.children[0]),
  };
}

function exit(node: Syntax, how: "return" | "throw" | "break" | "continue", lower: Lower): Code {
  const value = how === "return" || how === "throw" ? node.children[0] : undefined;
  return { kind: "exit", ...at(node), how, value: value && lower(value) };
}
