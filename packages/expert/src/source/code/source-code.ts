import type { Language } from "../syntax/language.ts";
import { type BlockCode, type Code, partsOf } from "./code.ts";

/** What a file takes from another module. */
export interface Imported {
  readonly module: string;
  /** `*` for the module as a whole. */
  readonly name: string;
  /** How the file calls it. */
  readonly as: string;
  readonly line: number;
}

/** A file as a program. */
export interface SourceCode {
  readonly path: string;
  readonly language: Language;
  readonly root: BlockCode;
  readonly imports: readonly Imported[];
  /** Names that other files may take from it; what is public in a class is not among them. */
  readonly exports: ReadonlySet<string>;
}

/** Tells each piece of code what it is part of. */
export function link(root: Code): void {
  const waiting: Code[] = [root];
  for (let code = waiting.pop(); code; code = waiting.pop())
    for (const part of partsOf(code)) {
      part.parent = code;
      waiting.push(part);
    }
}

/** The code and all below it, in the order of the text. */
export function* walk(code: Code, into: (code: Code) => boolean = () => true): Generator<Code> {
  const waiting: Code[] = [code];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    yield next;
    if (next === code || into(next)) waiting.push(...partsOf(next).toReversed());
  }
}

/** What it is part of, the nearest first. */
export function* ancestorsOf(code: Code): Generator<Code> {
  for (let parent = code.parent; parent; parent = parent.parent) yield parent;
}

/** Whether `code` is `whole` or stands inside of it. */
export function isWithin(code: Code, whole: Code): boolean {
  for (let each: Code | undefined = code; each; each = each.parent) if (each === whole) return true;
  return false;
}

/** `a.b.c` of names and members; undefined for anything else. What `this` and `self` own is told without them. */
export function pathOf(code: Code): string | undefined {
  if (code.kind === "name") return code.name;
  if (code.kind !== "member") return undefined;
  const object = pathOf(code.object);
  return object === undefined ? undefined : object === "this" || object === "self" ? code.name : `${object}.${code.name}`;
}

/** The last name of a callee: `send` of `this.producer.send`. */
export function calledName(code: Code): string | undefined {
  return code.kind === "name" ? code.name : code.kind === "member" ? code.name : undefined;
}
