import type { Code, FunctionCode, MapEntry, Parameter } from "../code/code.ts";
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

/** TypeScript and JavaScript. */
export function lowerTypeScript(root: Syntax): Lowered {
  const imports: Imported[] = [];
  const exports = new Set<string>();
  const lower = lowerBy({
    ...TABLE,
    import_statement: (node) => {
      imports.push(...importsOf(node));
      return block(node, []);
    },
    export_statement: (node, lowerPart) => {
      for (const name of exportedNames(node)) exports.add(name);
      return block(
        node,
        node.children.filter(({ type }) => type !== "export_clause").map((child) => lowerPart(child)),
      );
    },
    variable_declarator: (node, lowerPart) => {
      imports.push(...requiredBy(node));
      return declaration(node, childOf(node, "name"), lowerPart);
    },
  });
  return {
    root: block(
      root,
      root.children.map((child) => lower(child)),
    ),
    imports,
    exports,
  };
}

const functionNode: LowerNode = (node, lower) => functionOf(node, lower, []);
const inner: LowerNode = (node, lower) =>
  blockOf(
    node,
    node.children.filter((child) => !isType(child)).map((child) => lower(child)),
  );
const first: LowerNode = (node, lower) => (node.children[0] ? lower(node.children[0]) : block(node, []));

const TABLE: Readonly<Record<string, LowerNode>> = {
  identifier: (node) => nameOf(node),
  property_identifier: (node) => nameOf(node),
  private_property_identifier: (node) => nameOf(node),
  shorthand_property_identifier: (node) => nameOf(node),
  shorthand_property_identifier_pattern: (node) => nameOf(node),
  this: (node) => nameOf(node, "this"),
  super: (node) => nameOf(node, "super"),
  number: numberOf,
  true: (node) => literal(node, "true"),
  false: (node) => literal(node, "false"),
  null: (node) => literal(node, "null"),
  undefined: (node) => literal(node, "undefined"),
  string: (node) => textOf(node, unescaped(node.text.slice(1, -1))),
  template_string: (node, lower) => {
    const holes = node.children.filter(({ type }) => type === "template_substitution").map((child) => lower(child));
    return textOf(node, holes.length === 0 ? unescaped(node.text.slice(1, -1)) : undefined, holes);
  },
  member_expression: (node, lower) => member(node, lower(childOf(node, "object")), childOf(node, "property")?.text ?? ""),
  subscript_expression: (node, lower) => ({
    kind: "index",
    ...at(node),
    object: lower(childOf(node, "object")),
    index: lower(childOf(node, "index") ?? node.children.at(-1)),
  }),
  call_expression: (node, lower) => call(node, lower(childOf(node, "function")), argumentsOf(childOf(node, "arguments"), lower)),
  new_expression: (node, lower) => call(node, lower(childOf(node, "constructor")), argumentsOf(childOf(node, "arguments"), lower), true),
  await_expression: (node, lower) => ({
    kind: "await",
    ...at(node),
    of: blockOf(
      node,
      node.children.map((child) => lower(child)),
    ),
  }),
  parenthesized_expression: inner,
  non_null_expression: first,
  as_expression: first,
  satisfies_expression: first,
  type_assertion: (node, lower) => lower(node.children.at(-1)),
  expression_statement: inner,
  arrow_function: functionNode,
  function_expression: functionNode,
  function_declaration: functionNode,
  generator_function: functionNode,
  generator_function_declaration: functionNode,
  method_definition: functionNode,
  class_declaration: classNode,
  abstract_class_declaration: classNode,
  class: classNode,
  class_body: (node, lower) => block(node, classMembers(node, lower)),
  assignment_expression: (node, lower) => {
    const left = childOf(node, "left");
    const assigned: Code = {
      kind: "assign",
      ...at(node),
      targets: targetsOf(left, lower),
      value: lower(childOf(node, "right")),
      type: undefined,
      isDeclaration: isUsing(node),
    };
    // `using x = …` closes it where its block is left.
    return isUsing(node) && left
      ? block(node, [assigned, { kind: "defer", ...at(node), of: call(node, member(node, nameOf(left), "close"), []) }])
      : assigned;
  },
  object: (node, lower) => ({ kind: "map", ...at(node), type: undefined, entries: node.children.map((child) => entryOf(child, lower)) }),
  array: (node, lower) => ({ kind: "list", ...at(node), items: node.children.map((child) => lower(child)) }),
  spread_element: inner,
  unary_expression: (node, lower) => {
    const operand = lower(childOf(node, "argument"));
    const operator = childOf(node, "operator")?.text ?? "";
    return operator === "-" && operand.kind === "literal" ? literal(node, `-${operand.value}`) : operation(node, operator, [operand]);
  },
  binary_expression: (node, lower) =>
    operation(node, childOf(node, "operator")?.text ?? "", [lower(childOf(node, "left")), lower(childOf(node, "right"))]),
  ternary_expression: (node, lower) =>
    operation(
      node,
      "?",
      node.children.map((child) => lower(child)),
    ),
  if_statement: (node, lower) =>
    branch(node, childOf(node, "condition"), [childOf(node, "consequence"), childOf(node, "alternative")], lower),
  switch_statement: (node, lower) => branch(node, childOf(node, "value"), [childOf(node, "body")], lower),
  for_in_statement: (node, lower) => ({
    kind: "loop",
    ...at(node),
    names: namesIn(childOf(node, "left")),
    over: lower(childOf(node, "right")),
    condition: undefined,
    body: lower(childOf(node, "body")),
    isAsync: /^for\s+await\b/.test(node.text.slice(0, 20)),
  }),
  for_statement: loopNode,
  while_statement: loopNode,
  do_statement: loopNode,
  try_statement: (node, lower) => {
    const handler = childOf(node, "handler");
    const last = childOf(node, "finalizer");
    const parameter = childOf(handler, "parameter");
    return {
      kind: "try",
      ...at(node),
      body: lower(childOf(node, "body")),
      handlers: handler ? [{ types: [], names: parameter ? namesIn(parameter) : [], body: lower(childOf(handler, "body")) }] : [],
      last: last && lower(childOf(last, "body") ?? last),
    };
  },
  return_statement: (node, lower) => exit(node, "return", lower),
  throw_statement: (node, lower) => exit(node, "throw", lower),
  break_statement: (node, lower) => exit(node, "break", lower),
  continue_statement: (node, lower) => exit(node, "continue", lower),
  type_annotation: (node) => block(node, []),
  type_arguments: (node) => block(node, []),
  interface_declaration: (node) => block(node, []),
  type_alias_declaration: (node) => block(node, []),
};

function isType({ type }: Syntax): boolean {
  return type === "type_annotation" || type === "type_arguments" || type === "type_parameters";
}

function argumentsOf(node: Syntax | undefined, lower: Lower): readonly Code[] {
  return node?.type === "template_string" ? [lower(node)] : (node?.children ?? []).map((child) => lower(child));
}

function functionOf(node: Syntax, lower: Lower, annotations: readonly Code[]): FunctionCode {
  const body = childOf(node, "body");
  const single = childOf(node, "parameter");
  return {
    kind: "function",
    ...at(node),
    name: childOf(node, "name")?.text,
    parameters: single ? [{ names: [single.text], type: undefined }] : parametersOf(childOf(node, "parameters")),
    annotations,
    body: body ? lower(body) : block(node, []),
    isAsync: /^(?:(?:public|private|protected|static|override)\s+)*async\b/.test(node.text.slice(0, 60)),
    isExpression: body !== undefined && body.type !== "statement_block",
  };
}

function parametersOf(node: Syntax | undefined): readonly Parameter[] {
  return (node?.children ?? []).map((parameter) => ({
    names: namesIn(childOf(parameter, "pattern") ?? parameter),
    type: typeText(childOf(parameter, "type")),
  }));
}

function typeText(annotation: Syntax | undefined): string | undefined {
  return annotation?.text.replace(/^:\s*/, "");
}

/** The names that a pattern gives values to. */
function namesIn(pattern: Syntax | undefined): readonly string[] {
  if (!pattern) return [];
  if (/identifier/.test(pattern.type) && pattern.type !== "type_identifier" && pattern.type !== "property_identifier")
    return [pattern.text];
  return pattern.children.filter((child) => !isType(child)).flatMap(namesIn);
}

function targetsOf(pattern: Syntax | undefined, lower: Lower): readonly Code[] {
  if (!pattern) return [];
  if (pattern.type !== "object_pattern" && pattern.type !== "array_pattern") return [lower(pattern)];
  return namesIn(pattern).map((name) => nameOf(pattern, name));
}

/** The grammar takes `using x = y` for an assignment with a word before it. */
function isUsing(node: Syntax): boolean {
  const left = childOf(node, "left");
  return left?.type === "identifier" && /^using\s/.test(node.text) && left.start > node.start;
}

function declaration(node: Syntax, target: Syntax | undefined, lower: Lower): Code {
  const value = childOf(node, "value");
  return {
    kind: "assign",
    ...at(node),
    targets: target ? targetsOf(target, lower) : [],
    value: value && lower(value),
    type: typeText(childOf(node, "type")),
    isDeclaration: true,
  };
}

function classNode(node: Syntax, lower: Lower): Code {
  const heritage = childOfType(node, "class_heritage");
  return {
    kind: "class",
    ...at(node),
    name: childOf(node, "name")?.text ?? "",
    supers: heritage
      ? [...heritage.text.matchAll(/[\w.]+/g)].map(([word]) => word).filter((word) => !/^(extends|implements)$/.test(word))
      : [],
    annotations: childrenOf(node, "decorator").map((child) => lower(child)),
    body: lower(childOf(node, "body")),
  };
}

/** Decorators stand before what they are for. */
function classMembers(node: Syntax, lower: Lower): readonly Code[] {
  const members: Code[] = [];
  let annotations: Code[] = [];
  for (const child of node.children) {
    if (child.type === "decorator") {
      annotations.push(lower(child));
      continue;
    }
    if (child.type === "method_definition") members.push(functionOf(child, lower, annotations));
    else if (child.type === "public_field_definition") members.push(declaration(child, childOf(child, "name"), lower));
    else members.push(lower(child));
    annotations = [];
  }
  return members;
}

function entryOf(node: Syntax, lower: Lower): MapEntry {
  if (node.type === "pair") return { key: lower(childOf(node, "key")), value: lower(childOf(node, "value")), line: node.line };
  if (node.type === "method_definition") return { key: nameOf(node, childOf(node, "name")?.text), value: lower(node), line: node.line };
  if (node.type === "shorthand_property_identifier") return { key: nameOf(node), value: lower(node), line: node.line };
  return { key: undefined, value: lower(node), line: node.line };
}

function branch(node: Syntax, condition: Syntax | undefined, parts: readonly (Syntax | undefined)[], lower: Lower): Code {
  return {
    kind: "branch",
    ...at(node),
    condition: condition && lower(condition),
    parts: parts.filter((part) => part !== undefined).map((child) => lower(child)),
  };
}

function loopNode(node: Syntax, lower: Lower): Code {
  const condition = childrenOf(node, "condition").find(({ type }) => type !== ";" && type !== "empty_statement");
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

function exit(node: Syntax, how: "return" | "throw" | "break" | "continue", lower: Lower): Code {
  const value = node.children.find(({ type }) => type !== "statement_identifier");
  return { kind: "exit", ...at(node), how, value: value && lower(value) };
}

function importsOf(node: Syntax): readonly Imported[] {
  const module = childOf(node, "source")?.text.slice(1, -1);
  const clause = childOfType(node, "import_clause");
  if (module === undefined) return [];
  if (!clause) return [{ module, name: "*", as: "", line: node.line }];
  return clause.children.flatMap((part): readonly Imported[] => {
    if (part.type === "identifier") return [{ module, name: "*", as: part.text, line: node.line }];
    if (part.type === "namespace_import") return [{ module, name: "*", as: part.children[0]?.text ?? "", line: node.line }];
    return part.children.map((specifier) => {
      const name = childOf(specifier, "name")?.text ?? specifier.text;
      return { module, name, as: childOf(specifier, "alias")?.text ?? name, line: node.line };
    });
  });
}

/** `const x = require("y")`, and what is taken out of it. */
function requiredBy(node: Syntax): readonly Imported[] {
  let value = childOf(node, "value");
  if (value?.type === "await_expression") value = value.children[0];
  const owner = value?.type === "member_expression" ? childOf(value, "object") : value;
  const source = childOf(owner, "arguments")?.children[0];
  const callee = childOf(owner, "function");
  if (owner?.type !== "call_expression" || source?.type !== "string" || !(callee?.text === "require" || callee?.type === "import"))
    return [];
  const module = source.text.slice(1, -1);
  const target = childOf(node, "name");
  if (!target) return [];
  const taken = value === owner ? "*" : (childOf(value, "property")?.text ?? "*");
  if (target.type === "identifier") return [{ module, name: taken, as: target.text, line: node.line }];
  return target.children.flatMap((part) => {
    const name = childOf(part, "key")?.text ?? part.text;
    return [{ module, name, as: childOf(part, "value")?.text ?? name, line: node.line }];
  });
}

/** What an export gives by name: its declarations' names, or those in its braces. */
function exportedNames(node: Syntax): readonly string[] {
  const clause = childOfType(node, "export_clause");
  if (clause) return clause.children.map((specifier) => childOf(specifier, "name")?.text ?? specifier.text);
  const declared = childOf(node, "declaration");
  const name = childOf(declared, "name")?.text;
  if (name !== undefined) return [name];
  return (declared?.children ?? []).flatMap((declarator) => namesIn(childOf(declarator, "name")));
}
