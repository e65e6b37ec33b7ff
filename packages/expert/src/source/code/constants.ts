import { keyOfConstant } from "./java-constants.ts";
import { type AssignCode, type CallCode, type Code, type FunctionCode } from "./code.ts";
import type { LinkedNames } from "./linked-names.ts";
import { ancestorsOf, calledName, isWithin, pathOf, type SourceCode, walk } from "./source-code.ts";

/** Names lead to names; a circle ends here. */
const STEPS_MAX = 12;

/** A name that is given more values than these says nothing. */
const SAME_NAME_MAX = 50;

interface ScopedAssign {
  readonly assign: AssignCode;
  /** Where the name is known: a function, a class, the file. */
  readonly scope: Code;
  readonly depth: number;
}

interface IndexedAssignment {
  readonly object: Code;
  readonly index: Code;
  readonly value: Code;
  readonly line: number;
}

/** Whose names the code of each file is about. */
const owners = new WeakMap<Code, Constants>();

/** What the names of a file stand for, as far as it, and the files that it takes from, say it. */
export class Constants {
  readonly #code: SourceCode;
  readonly #others: LinkedNames | undefined;
  readonly #assignments = new Map<string, ScopedAssign[]>();
  readonly #functions = new Map<string, FunctionCode[]>();
  readonly #calls: CallCode[] = [];
  readonly #indexed: IndexedAssignment[] = [];
  readonly #parameters = new Map<string, FunctionCode[]>();

  constructor(code: SourceCode, others?: LinkedNames) {
    this.#code = code;
    this.#others = others;
    owners.set(code.root, this);
    for (const each of walk(code.root)) {
      if (each.kind === "assign")
        for (const target of each.targets) {
          if (target.kind === "index" && each.value)
            this.#indexed.push({ object: target.object, index: target.index, value: each.value, line: each.line });
          const path = pathOf(target);
          if (path === undefined) continue;
          const scope = scopeOf(each);
          append(this.#assignments, path, { assign: each, scope, depth: depthOf(scope) });
        }
      else if (each.kind === "call") this.#calls.push(each);
      else if (each.kind === "function") {
        const name = each.name ?? nameGiven(each);
        if (name !== undefined) append(this.#functions, name, each);
        for (const parameter of each.parameters) for (const known of parameter.names) append(this.#parameters, known, each);
      }
    }
  }

  /** Every call in the file, in the order of the text. */
  get calls(): readonly CallCode[] {
    return this.#calls;
  }

  /** `o[k] = v`, in the order of the text. */
  get indexedAssignments(): readonly IndexedAssignment[] {
    return this.#indexed;
  }

  /** The functions of this name that the file defines. */
  functions(name: string): readonly FunctionCode[] {
    return this.#functions.get(name) ?? [];
  }

  get allFunctions(): readonly FunctionCode[] {
    return [...this.#functions.values()].flat();
  }

  /** The functions of this name, those of files that it takes from where it has none. */
  knownFunctions(name: string): readonly FunctionCode[] {
    const own = this.functions(name);
    return own.length > 0 || !this.#others ? own : this.#others.functions(name);
  }

  get file(): string {
    return this.#code.path;
  }

  /** Whether a piece of code stands in another file. */
  isElsewhere(code: Code): boolean {
    return this.#others !== undefined && this.ownerOf(code) !== this;
  }

  /** What the names in a piece of code stand for, whichever file it is of. */
  ownerOf(code: Code): Constants {
    if (!this.#others) return this;
    let root = code;
    while (root.parent) root = root.parent;
    return owners.get(root) ?? this;
  }

  /** What other files may take by this name: the one value that is given to it outside of functions. */
  given(name: string): Code | undefined {
    const found = (this.#assignments.get(name) ?? []).filter(({ scope, assign }) => scope.kind !== "function" && assign.value);
    return found.length === 1 ? found[0]!.assign.value : undefined;
  }

  /** Whether a name is a parameter where it stands. */
  isParameter(path: string, from: Code): boolean {
    const [first = ""] = path.split(".");
    return this.#parameters.get(first)?.some((each) => isWithin(from, each)) ?? false;
  }

  /** Assignments to a name that the place may see, those of the innermost function that declares it; of a field, those of every method. */
  assignmentsOf(path: string, from: Code): readonly AssignCode[] {
    const owner = this.ownerOf(from);
    return owner === this ? this.#ownAssignmentsOf(path, from) : owner.assignmentsOf(path, from);
  }

  #ownAssignmentsOf(path: string, from: Code): readonly AssignCode[] {
    const all = this.#assignments.get(path) ?? [];
    if (all.length > SAME_NAME_MAX) return [];
    const visible = all.filter(({ scope }) => isWithin(from, scope));
    const declared = visible.filter(({ assign }) => assign.isDeclaration);
    const deepest = Math.max(...(declared.length > 0 ? declared : visible).map(({ depth }) => depth));
    if (this.#parameters.get(path)?.some((each) => isWithin(from, each) && depthOf(each) > deepest)) return [];
    const owner = declared.find(({ depth }) => depth === deepest)?.scope;
    const isField = owner ? owner.kind === "class" || owner === this.#code.root : visible.length === 0;
    const isReached = (each: ScopedAssign): boolean =>
      visible.includes(each)
        ? each.depth >= deepest || !each.assign.isDeclaration
        : isField && !each.assign.isDeclaration && (owner !== undefined || each.assign.targets.some(({ kind }) => kind === "member"));
    return all.filter(isReached).map(({ assign }) => assign);
  }

  /** What a name stands for, when it is given one value only; anything else is itself. */
  resolve(code: Code, steps = 0): Code {
    if (steps > STEPS_MAX) return code;
    if (code.kind === "await") return this.resolve(code.of, steps + 1);
    const keeper = this.ownerOf(code);
    if (keeper !== this) return keeper.resolve(code, steps + 1);
    const path = pathOf(code);
    if (path !== undefined) {
      const values = this.assignmentsOf(path, code).flatMap(({ value, targets }) => (value && targets.length === 1 ? [value] : []));
      if (values.length === 1) return this.resolve(values[0]!, steps + 1);
      if (code.kind === "member") {
        const owner = this.resolve(code.object, steps + 1);
        if (owner.kind === "map") {
          const entry = owner.entries.find(({ key }) => key && keyText(key) === code.name);
          if (entry) return this.resolve(entry.value, steps + 1);
        }
        const own = this.#assignments.get(code.name) ?? [];
        const isClassName = code.object.kind === "name" && /^[A-Z]/.test(code.object.name);
        if (isClassName && own.length === 1 && own[0]!.assign.value) return this.resolve(own[0]!.assign.value, steps + 1);
      }
      if (!this.#others || values.length > 0 || this.isParameter(path, code)) return code;
      const other = this.#others.find(path);
      return other ? this.ownerOf(other).resolve(other, steps + 1) : code;
    }
    if (code.kind === "call") {
      const name = calledName(code.callee);
      const results = name === undefined || code.isNew ? [] : this.knownFunctions(name).flatMap(resultsOf);
      if (results.length === 1) return this.resolve(results[0]!, steps + 1);
    }
    return code;
  }

  /** The text that a setting gets; undefined when the file does not say it. */
  value(code: Code, steps = 0): string | undefined {
    if (steps > STEPS_MAX) return undefined;
    const found = this.resolve(code, steps);
    if (found.kind === "text") return found.value;
    if (found.kind === "literal") return found.value === "null" || found.value === "undefined" ? undefined : found.value;
    if (found.kind === "operation") return this.#calculated(found.operator, found.operands, steps);
    if (found.kind === "list") return this.#listed(found.items, steps);
    if (found.kind === "member") return classNameOf(found) ?? keyOfConstant(pathOf(found) ?? found.name);
    if (found.kind === "name") return keyOfConstant(found.name);
    return found.kind === "call" ? this.#converted(found, steps) : undefined;
  }

  #listed(items: readonly Code[], steps: number): string | undefined {
    const values = items.map((item) => this.value(item, steps + 1));
    return values.every((value) => value !== undefined) ? values.join(",") : undefined;
  }

  /** `String.valueOf(x)`, `X.class.getName()`, `List.of(a, b)`. */
  #converted({ callee, args }: CallCode, steps: number): string | undefined {
    const name = calledName(callee);
    if (
      /^(valueOf|str|int|Integer|String|Number|Boolean|toString|Boolean|pointer|parseInt|long|BalanceStrategy)$/.test(name ?? "") &&
      args.length === 1
    )
      return this.value(args[0]!, steps + 1);
    if (/^(getName|getCanonicalName|toString|name)$/.test(name ?? "") && callee.kind === "member") {
      return classNameOf(callee.object) ?? this.value(callee.object, steps + 1);
    }
    if (/^(of|asList|listOf|singletonList)$/.test(name ?? "")) return this.#listed(args, steps);
    if (/^(producerPrefix|consumerPrefix|adminClientPrefix|topicPrefix|mainConsumerPrefix)$/.test(name ?? "") && args.length === 1) {
      const key = this.value(args[0]!, steps + 1);
      return key === undefined
        ? undefined
        : `${name!.replace("Prefix", "").replace("adminClient", "admin").replace("mainConsumer", "main.consumer")}.${key}`;
    }
    return undefined;
  }

  #calculated(operator: string, operands: readonly Code[], steps: number): string | undefined {
    const values = operands.map((operand) => this.value(operand, steps + 1));
    if (values.length !== 2 || values.some((value) => value === undefined)) return undefined;
    const [left, right] = values as [string, string];
    const isNumbers =
      operands.every((operand) => this.resolve(operand).kind !== "text") && /^-?[\d.]+$/.test(left) && /^-?[\d.]+$/.test(right);
    if (operator === "+") return isNumbers ? String(Number(left) + Number(right)) : left + right;
    if (!isNumbers) return undefined;
    if (operator === "*") return String(Number(left) * Number(right));
    if (operator === "-") return String(Number(left) - Number(right));
    return operator === "<<" ? String(Number(left) * 2 ** Number(right)) : undefined;
  }
}

/** The text of a key, whether it is written as a text or as a name. */
export function keyText(key: Code): string | undefined {
  return key.kind === "text" ? key.value : key.kind === "name" ? key.name : undefined;
}

/** What a function gives back. */
export function resultsOf(code: FunctionCode): readonly Code[] {
  if (code.isExpression) return [code.body];
  const results: Code[] = [];
  for (const each of walk(code.body, (inner) => inner.kind !== "function"))
    if (each.kind === "exit" && each.how === "return" && each.value) results.push(each.value);
  return results;
}

/** `X.class`, `X::class`, `X.class.java`. */
function classNameOf(code: Code): string | undefined {
  if (code.kind !== "member") return undefined;
  if (code.name === "java" || code.name === "name") return classNameOf(code.object);
  return code.name === "class" ? pathOf(code.object) : undefined;
}

/** `const f = () => {}`, `{ f: () => {} }`. */
function nameGiven(code: FunctionCode): string | undefined {
  const { parent } = code;
  if (parent?.kind === "assign" && parent.targets.length === 1) return pathOf(parent.targets[0]!)?.split(".").at(-1);
  return undefined;
}

/** Where a name that is declared here is known. */
function scopeOf(assign: AssignCode): Code {
  let last: Code = assign;
  for (const each of ancestorsOf(assign)) {
    if (each.kind === "function" || each.kind === "class") return each;
    last = each;
  }
  return last;
}

function depthOf(code: Code): number {
  let depth = 0;
  for (const _ of ancestorsOf(code)) depth++;
  return depth;
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
