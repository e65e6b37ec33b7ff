import { featureOf } from "./proto-features.ts";
import {
  type NamedType,
  type ProtoEnum,
  type ProtoExtend,
  type ProtoField,
  type ProtoFile,
  type ProtoMessage,
  type ProtoOption,
  type ProtoType,
  scoped,
} from "./proto-file.ts";
import { ProtoSyntaxError } from "./proto-syntax-error.ts";
import { MAX_NAME_LENGTH } from "./proto-tokens.ts";

/** What a full name stands for: a type, a package, or what is neither (a field, a constant, a service). */
type ProtoSymbol = ProtoType | "package" | "other";
type Symbols = ReadonlyMap<string, ProtoSymbol>;

/** A file whose names were looked up. */
export interface LinkedProto {
  readonly file: ProtoFile;
  /** What a file that imports it sees: its own names, and those of what it imports publicly. */
  readonly exported: Symbols;
}

/** An import that no reference and nothing built in stands behind. */
export class UnknownImportError extends ProtoSyntaxError {
  constructor(at: number, path: string) {
    super(at, `the import "${path}" is not there; register it, and name it in "references" as "${path}"`);
  }
}

/**
 * Looks up each name as protoc does: from the innermost scope outwards, where the first part of a name decides. Sets the targets of the file's types.
 * @param imported what is known, by the path of an import
 * @throws ProtoSyntaxError for a name that is not known, or known twice; UnknownImportError
 */
export function linkProto(file: ProtoFile, imported: ReadonlyMap<string, LinkedProto>): LinkedProto {
  const visible = new Map<string, ProtoSymbol>();
  const forwarded: Symbols[] = [];
  for (const { path, modifier, at } of file.imports) {
    const found = imported.get(path);
    if (found === undefined) {
      if (modifier === "weak") continue;
      throw new UnknownImportError(at, path);
    }
    for (const [name, symbol] of found.exported) if (!visible.has(name)) visible.set(name, symbol);
    if (modifier === "public") forwarded.push(found.exported);
  }
  const own = new OwnSymbols(visible);
  own.declareFile(file);
  new Linker(file, own.symbols, visible).link();
  const exported = new Map(own.symbols);
  for (const symbols of forwarded) for (const [name, symbol] of symbols) if (!exported.has(name)) exported.set(name, symbol);
  return { file, exported };
}

class OwnSymbols {
  readonly symbols = new Map<string, ProtoSymbol>();
  readonly #visible: Symbols;

  constructor(visible: Symbols) {
    this.#visible = visible;
  }

  declareFile(file: ProtoFile): void {
    if (file.package !== "") {
      const parts = file.package.split(".");
      for (const [index] of parts.entries()) this.symbols.set(parts.slice(0, index + 1).join("."), "package");
    }
    for (const type of file.types) this.#type(type, file.package);
    for (const extension of file.extends) this.#extend(extension, file.package);
    for (const { name, at, methods } of file.services) {
      const scope = scoped(file.package, name);
      this.#declare(scope, "other", at);
      for (const method of methods) this.#declare(scoped(scope, method.name), "other", method.at);
    }
  }

  #declare(name: string, symbol: ProtoSymbol, at: number): void {
    if (name.length > MAX_NAME_LENGTH)
      throw new ProtoSyntaxError(at, `a name with all that it stands in has ${name.length} characters; it may have ${MAX_NAME_LENGTH}`);
    const known = this.symbols.get(name) ?? this.#visible.get(name);
    if (known !== undefined) {
      const where = this.symbols.has(name) ? "" : " in what the file imports";
      const dot = name.lastIndexOf(".");
      const scope = dot < 0 ? "" : ` in "${name.slice(0, dot)}"`;
      throw new ProtoSyntaxError(at, `"${name.slice(dot + 1)}" is already defined${where}${scope}; give one of them another name`);
    }
    this.symbols.set(name, symbol);
  }

  #type(type: ProtoType, scope: string): void {
    this.#declare(type.fullName, type, type.at);
    if (type.kind === "enum") {
      // As in C++, constants are the siblings of their enum.
      for (const { name, at } of type.constants) this.#declare(scoped(scope, name), "other", at);
      return;
    }
    const inside = type.fullName;
    for (const { name, at } of type.oneofs) this.#declare(scoped(inside, name), "other", at);
    for (const { name, at, type: written } of type.fields) {
      this.#declare(scoped(inside, name), "other", at);
      if (written.kind === "map") this.#declare(written.entry.fullName, "other", at);
    }
    for (const each of type.types) this.#type(each, inside);
    for (const each of type.extends) this.#extend(each, inside);
  }

  #extend(extension: ProtoExtend, scope: string): void {
    for (const { name, at } of extension.fields) this.#declare(scoped(scope, name), "other", at);
    for (const group of extension.groups) this.#type(group, scope);
  }
}

class Linker {
  readonly #file: ProtoFile;
  readonly #own: Symbols;
  readonly #visible: Symbols;

  constructor(file: ProtoFile, own: Symbols, visible: Symbols) {
    this.#file = file;
    this.#own = own;
    this.#visible = visible;
  }

  link(): void {
    const { package: scope, types, extends: extensions, services, options } = this.#file;
    const isDelimited = this.#encoding(options, false);
    for (const type of types) if (type.kind === "message") this.#message(type, isDelimited);
    for (const extension of extensions) this.#extend(extension, scope, isDelimited);
    for (const service of services) {
      for (const { input, output } of service.methods) {
        for (const type of [input, output]) this.#messageType(type, scoped(scope, service.name), "a method takes and gives messages");
      }
    }
  }

  /** What an edition's features say, those of the inner place first. */
  #encoding(options: readonly ProtoOption[], around: boolean): boolean {
    const written = this.#file.syntax === "editions" ? featureOf(options, "message_encoding") : undefined;
    return written === undefined ? around : written === "DELIMITED";
  }

  #message(message: ProtoMessage, around: boolean): void {
    const isDelimited = this.#encoding(message.options, around);
    for (const field of message.fields) this.#field(field, message.fullName, isDelimited);
    for (const type of message.types) if (type.kind === "message") this.#message(type, isDelimited);
    for (const extension of message.extends) this.#extend(extension, message.fullName, isDelimited);
  }

  #field(field: ProtoField, scope: string, around: boolean): void {
    const { type } = field;
    if (type.kind === "named") {
      const target = this.#resolve(type, scope);
      field.isDelimited = target.kind === "message" && (field.isGroup || this.#encoding(field.options, around));
    } else if (type.kind === "map" && type.value.kind === "named") this.#resolve(type.value, scope);
  }

  #extend(extension: ProtoExtend, scope: string, isDelimited: boolean): void {
    this.#messageType(extension.extendee, scope, "only a message can be extended");
    for (const field of extension.fields) this.#field(field, scope, isDelimited);
    for (const group of extension.groups) this.#message(group, isDelimited);
  }

  #messageType(type: NamedType, scope: string, rule: string): void {
    if (this.#resolve(type, scope).kind !== "message") throw new ProtoSyntaxError(type.at, `"${type.written}" is an enum; ${rule}`);
  }

  #resolve(type: NamedType, scope: string): ProtoMessage | ProtoEnum {
    const found = this.#find(type.written, scope);
    if (found === undefined) throw new ProtoSyntaxError(type.at, this.#unknown(type.written));
    type.target = found;
    return found;
  }

  #find(written: string, scope: string): ProtoType | undefined {
    if (written.startsWith(".")) return typeOf(this.#lookup(written.slice(1)));
    const dot = written.indexOf(".");
    const first = dot < 0 ? written : written.slice(0, dot);
    for (let around = scope; ; around = around.slice(0, Math.max(0, around.lastIndexOf(".")))) {
      const symbol = this.#lookup(scoped(around, first));
      if (symbol !== undefined && symbol !== "other") {
        if (dot >= 0) return typeOf(this.#lookup(scoped(around, written)));
        if (symbol !== "package") return symbol;
      }
      if (around === "") return undefined;
    }
  }

  #lookup(name: string): ProtoSymbol | undefined {
    return this.#own.get(name) ?? this.#visible.get(name);
  }

  #unknown(written: string): string {
    const last = written.slice(written.lastIndexOf(".") + 1);
    for (const symbols of [this.#own, this.#visible]) {
      for (const [name, symbol] of symbols) {
        if (typeof symbol === "string" || !name.endsWith(last) || symbol.name !== last) continue;
        return `the type "${written}" is not known here; ".${name}" is`;
      }
    }
    return `the type "${written}" is not known here; define it, or import the file that does`;
  }
}

function typeOf(symbol: ProtoSymbol | undefined): ProtoType | undefined {
  return typeof symbol === "string" ? undefined : symbol;
}
