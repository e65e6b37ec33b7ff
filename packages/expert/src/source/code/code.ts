/**
 * A program in the few shapes that rules look at, whatever language it is written in. What has no shape here is a block of its parts, so nothing below it is lost.
 */
export type Code =
  | CallCode
  | FunctionCode
  | ClassCode
  | AssignCode
  | TextCode
  | LiteralCode
  | NameCode
  | MemberCode
  | IndexCode
  | MapCode
  | ListCode
  | LoopCode
  | BranchCode
  | TryCode
  | AwaitCode
  | SpawnCode
  | DeferCode
  | ExitCode
  | OperationCode
  | NamedCode
  | BlockCode;

/** Where it stands in the text. */
export interface Place {
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
}

interface InTree extends Place {
  /** Set once, when the tree is whole. */
  parent: Code | undefined;
}

/** `f(x)`, `new C(x)`, `o.f(x)`. */
export interface CallCode extends InTree {
  readonly kind: "call";
  readonly callee: Code;
  /** Named ones among them, as `named`. */
  readonly args: readonly Code[];
  readonly isNew: boolean;
}

export interface Parameter {
  /** Several where it is taken apart. */
  readonly names: readonly string[];
  readonly type: string | undefined;
}

export interface FunctionCode extends InTree {
  readonly kind: "function";
  readonly name: string | undefined;
  readonly parameters: readonly Parameter[];
  readonly annotations: readonly Code[];
  readonly body: Code;
  readonly isAsync: boolean;
  /** Whether it has no braces: its value is its result. */
  readonly isExpression: boolean;
}

interface ClassCode extends InTree {
  readonly kind: "class";
  readonly name: string;
  readonly supers: readonly string[];
  readonly annotations: readonly Code[];
  readonly body: Code;
}

/** A declaration or an assignment; a field of a class too. */
export interface AssignCode extends InTree {
  readonly kind: "assign";
  readonly targets: readonly Code[];
  readonly value: Code | undefined;
  readonly type: string | undefined;
  readonly isDeclaration: boolean;
}

/** A text; without a value when parts of it are filled in. */
interface TextCode extends InTree {
  readonly kind: "text";
  readonly value: string | undefined;
  readonly holes: readonly Code[];
}

/** A number, `true`, `null`, as Kafka's settings would have it. */
interface LiteralCode extends InTree {
  readonly kind: "literal";
  readonly value: string;
}

interface NameCode extends InTree {
  readonly kind: "name";
  readonly name: string;
}

interface MemberCode extends InTree {
  readonly kind: "member";
  readonly object: Code;
  readonly name: string;
}

interface IndexCode extends InTree {
  readonly kind: "index";
  readonly object: Code;
  readonly index: Code;
}

export interface MapEntry {
  /** Undefined for what is spread. */
  readonly key: Code | undefined;
  readonly value: Code;
  readonly line: number;
}

/** An object literal, dictionary or composite literal with names. */
export interface MapCode extends InTree {
  readonly kind: "map";
  readonly type: string | undefined;
  readonly entries: readonly MapEntry[];
}

interface ListCode extends InTree {
  readonly kind: "list";
  readonly items: readonly Code[];
}

export interface LoopCode extends InTree {
  readonly kind: "loop";
  /** What takes each item; empty for a loop with a condition. */
  readonly names: readonly string[];
  readonly over: Code | undefined;
  readonly condition: Code | undefined;
  readonly body: Code;
  readonly isAsync: boolean;
}

/** What may not run: `if`, `switch`, `select`. */
interface BranchCode extends InTree {
  readonly kind: "branch";
  readonly condition: Code | undefined;
  readonly parts: readonly Code[];
}

export interface Handler {
  readonly types: readonly string[];
  readonly names: readonly string[];
  readonly body: Code;
}

export interface TryCode extends InTree {
  readonly kind: "try";
  readonly body: Code;
  readonly handlers: readonly Handler[];
  readonly last: Code | undefined;
}

interface AwaitCode extends InTree {
  readonly kind: "await";
  readonly of: Code;
}

/** What runs beside: `go f()`. */
interface SpawnCode extends InTree {
  readonly kind: "spawn";
  readonly of: Code;
}

/** What runs when the function is left: `defer f()`. */
interface DeferCode extends InTree {
  readonly kind: "defer";
  readonly of: Code;
}

interface ExitCode extends InTree {
  readonly kind: "exit";
  readonly how: "return" | "throw" | "break" | "continue";
  readonly value: Code | undefined;
}

interface OperationCode extends InTree {
  readonly kind: "operation";
  readonly operator: string;
  readonly operands: readonly Code[];
}

/** A named argument. */
interface NamedCode extends InTree {
  readonly kind: "named";
  readonly name: string;
  readonly value: Code;
}

export interface BlockCode extends InTree {
  readonly kind: "block";
  readonly items: readonly Code[];
}

/** The parts of a piece of code, in the order of the text. */
export function partsOf(code: Code): readonly Code[] {
  switch (code.kind) {
    case "call":
      return [code.callee, ...code.args];
    case "function":
    case "class":
      return [...code.annotations, code.body];
    case "assign":
      return code.value ? [...code.targets, code.value] : code.targets;
    case "text":
      return code.holes;
    case "literal":
    case "name":
      return [];
    case "member":
      return [code.object];
    case "index":
      return [code.object, code.index];
    case "map":
      return code.entries.flatMap(({ key, value }) => (key ? [key, value] : [value]));
    case "list":
    case "block":
      return code.items;
    case "loop":
      return [code.over, code.condition, code.body].filter((part) => part !== undefined);
    case "branch":
      return code.condition ? [code.condition, ...code.parts] : code.parts;
    case "try":
      return [code.body, ...code.handlers.map(({ body }) => body), ...(code.last ? [code.last] : [])];
    case "await":
    case "spawn":
    case "defer":
      return [code.of];
    case "exit":
      return code.value ? [code.value] : [];
    case "operation":
      return code.operands;
    case "named":
      return [code.value];
  }
}
