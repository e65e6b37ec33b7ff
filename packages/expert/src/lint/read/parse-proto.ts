import protobuf from "protobufjs";
import type { ProtoField, ProtoSchema, ProtoType, ProtoValue } from "../proto-schema.ts";

/** Messages nest no deeper in any that people write. */
const DEPTH_MAX = 50;

/** The highest number that a field may have. */
const FIELD_NUMBER_MAX = 536_870_911;

/** What the library refuses, and rules tell with the line. */
const OF_RULES = /duplicate (?:id|name|value)|is reserved in|already/i;

/** A file of Protobuf, or a text that says why it is none. */
export function parseProto(file: string, text: string): ProtoSchema | string {
  try {
    protobuf.parse(text, new protobuf.Root(), { keepCase: true });
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof RangeError) return "It is no Protobuf that can be read: it nests too deep.";
    if (!OF_RULES.test(message)) return `It is no Protobuf: ${message.slice(0, 200)}.`;
  }
  try {
    return new ProtoWalker(file, text).schema();
  } catch (error) {
    return `It is no Protobuf that can be read: ${(error as Error).message.slice(0, 200)}.`;
  }
}

/** What is told of a type while its body is read. */
interface OpenType {
  readonly type: ProtoType;
  readonly fields: ProtoField[];
  readonly values: ProtoValue[];
  readonly reservedNumbers: { from: number; to: number }[];
  readonly reservedNames: Set<string>;
}

/** The library's own tree knows no lines and ends at the first number that stands twice: its tokens are walked once more, by what the grammar has already passed. */
class ProtoWalker {
  readonly #file: string;
  readonly #tokens: protobuf.ITokenizerHandle;
  readonly #lines: readonly string[];
  readonly #types: ProtoType[] = [];
  #syntax: ProtoSchema["syntax"] = "proto2";
  #package: string | undefined;
  #hasServices = false;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#tokens = protobuf.tokenize(text, false);
    this.#lines = text.split("\n");
  }

  schema(): ProtoSchema {
    for (let word = this.#tokens.next(); word !== null; word = this.#tokens.next()) {
      if (word === "syntax" || word === "edition") {
        this.#expect("=");
        const value = this.#string();
        this.#syntax = word === "edition" ? "editions" : value === "proto3" ? "proto3" : "proto2";
      } else if (word === "package") this.#package = this.#word();
      else if (word === "message") this.#message("", 0);
      else if (word === "enum") this.#enum("");
      else if (word === "service") {
        this.#hasServices = true;
        this.#skipStatement();
      } else if (word === "import" || word === "option" || word === "extend") this.#skipStatement();
    }
    return { file: this.#file, syntax: this.#syntax, package: this.#package, hasServices: this.#hasServices, types: this.#types };
  }

  #word(): string {
    const word = this.#tokens.next();
    if (word === null) throw new Error("it ends in the middle of a definition");
    return word;
  }

  #expect(sign: string): void {
    const word = this.#word();
    if (word !== sign) throw new Error(`"${sign}" is missing at line ${this.#tokens.line}`);
  }

  #string(): string {
    const quote = this.#word();
    const text = this.#word();
    if (text === quote) return "";
    this.#word();
    return text;
  }

  /** To the semicolon, or behind the braces that come first. */
  #skipStatement(first?: string): void {
    let depth = 0;
    for (let word = first ?? this.#word(); ; word = this.#word()) {
      if (word === "{" || word === "[") depth++;
      else if (word === "}" || word === "]") {
        if (--depth === 0 && word === "}") return;
      } else if (word === ";" && depth <= 0) return;
    }
  }

  #open(kind: ProtoType["kind"], around: string): OpenType {
    const line = this.#tokens.line;
    const own = this.#word();
    const name = around === "" ? own : `${around}.${own}`;
    const open = { fields: [], values: [], reservedNumbers: [], reservedNames: new Set<string>() };
    const before = this.#lines[line - 2]?.trim() ?? "";
    const isDescribed = before.startsWith("//") || before.endsWith("*/");
    const type = { kind, name, line, isOutermost: around === "", isDescribed, allowsAliases: false, ...open };
    this.#types.push(type);
    this.#expect("{");
    return { type, ...open };
  }

  #message(around: string, depth: number): void {
    this.#body(this.#open("message", around), depth);
  }

  #body(open: OpenType, depth: number): void {
    if (depth > DEPTH_MAX) throw new Error(`it nests deeper than ${DEPTH_MAX} levels`);
    for (let word = this.#word(); word !== "}"; word = this.#word()) {
      if (word === "message") this.#message(open.type.name, depth + 1);
      else if (word === "enum") this.#enum(open.type.name);
      else if (word === "oneof") {
        this.#word();
        this.#expect("{");
        this.#body(open, depth + 1);
      } else if (word === "reserved") this.#reserved(open);
      else if (word === "option" || word === "extensions" || word === "extend") this.#skipStatement();
      else if (word !== ";") this.#field(open, word, depth);
    }
  }

  #field({ type, fields }: OpenType, first: string, depth: number): void {
    const label = first === "required" || first === "optional" || first === "repeated" ? first : undefined;
    let kind = label === undefined ? first : this.#word();
    let name = this.#word();
    if (kind === "map" && name === "<") {
      const words = [];
      for (let word = this.#word(); word !== ">"; word = this.#word()) words.push(word);
      kind = `map<${words.join("")}>`;
      name = this.#word();
    }
    const line = this.#tokens.line;
    this.#expect("=");
    const number = Number(this.#word());
    fields.push({ record: type.name, name, line, number, type: kind, label });
    const next = this.#word();
    if (kind === "group") {
      if (next !== "{") this.#skipTo("{", next);
      const open = { fields: [], values: [], reservedNumbers: [], reservedNames: new Set<string>() };
      const group: ProtoType = { ...type, kind: "message", name: `${type.name}.${name}`, line, isOutermost: false, ...open };
      this.#types.push(group);
      this.#body({ type: group, ...open }, depth + 1);
    } else if (next !== ";") this.#skipStatement(next);
  }

  #skipTo(sign: string, first: string): void {
    for (let word = first; word !== sign; word = this.#word());
  }

  #enum(around: string): void {
    const open = this.#open("enum", around);
    let allowsAliases = false;
    for (let word = this.#word(); word !== "}"; word = this.#word()) {
      if (word === "option") {
        const name = this.#word();
        this.#expect("=");
        const value = this.#word();
        if (name === "allow_alias") allowsAliases = value === "true";
        if (value !== ";") this.#skipStatement(value);
      } else if (word === "reserved") this.#reserved(open);
      else if (word !== ";") {
        const line = this.#tokens.line;
        this.#expect("=");
        open.values.push({ name: word, line, number: Number(this.#word()) });
        const next = this.#word();
        if (next !== ";") this.#skipStatement(next);
      }
    }
    if (allowsAliases) this.#types[this.#types.indexOf(open.type)] = { ...open.type, allowsAliases };
  }

  /** `2, 15, 9 to 11, 40 to max` or names. */
  #reserved({ reservedNumbers, reservedNames }: OpenType): void {
    for (let word = this.#word(); word !== ";"; word = this.#word()) {
      if (word === '"' || word === "'") {
        reservedNames.add(this.#word());
        this.#word();
      } else if (word === "to") {
        const end = this.#word();
        reservedNumbers.at(-1)!.to = end === "max" ? FIELD_NUMBER_MAX : Number(end);
      } else if (/^-?\d/.test(word)) reservedNumbers.push({ from: Number(word), to: Number(word) });
      else if (word !== ",") reservedNames.add(word);
    }
  }
}
