import { parseOptions, parseOptionStatement } from "./parse-proto-option.ts";
import { parseService } from "./parse-proto-service.ts";
import {
  type ExtensionRange,
  type FieldType,
  mapEntry,
  type NamedType,
  type ProtoConstant,
  type ProtoEnum,
  type ProtoExtend,
  type ProtoField,
  type ProtoFile,
  type ProtoImport,
  type ProtoLabel,
  type ProtoMessage,
  type ProtoOneof,
  type ProtoOption,
  type ProtoRange,
  type ProtoScalar,
  type ProtoService,
  type ProtoSyntax,
  type ProtoType,
  protoScalars,
  scoped,
} from "./proto-file.ts";
import { ProtoSyntaxError } from "./proto-syntax-error.ts";
import { ProtoTokens } from "./proto-tokens.ts";

/** Messages inside each other, as protoc allows them. */
export const MAX_MESSAGE_DEPTH = 32;
export const MAX_FIELD_NUMBER = 536_870_911;
const MAX_ENUM_NUMBER = 2_147_483_647;
const LABELS: ReadonlySet<string> = new Set(["optional", "required", "repeated"]);
const SCALARS: ReadonlySet<string> = new Set(protoScalars);
const VISIBILITY: ReadonlySet<string> = new Set(["export", "local"]);

/**
 * Reads a `.proto` text; names of types are not yet looked up, and numbers not yet compared with each other.
 * @throws ProtoSyntaxError
 */
export function parseProto(text: string): ProtoFile {
  return new ProtoParser(new ProtoTokens(text)).file();
}

/** What a message or an extension gathers while it is read. */
interface Body {
  readonly scope: string;
  readonly fields: ProtoField[];
  readonly groups: ProtoType[];
}

class ProtoParser {
  readonly #tokens: ProtoTokens;
  #syntax: ProtoSyntax = "proto2";
  #depth = 0;

  constructor(tokens: ProtoTokens) {
    this.#tokens = tokens;
  }

  file(): ProtoFile {
    const tokens = this.#tokens;
    let edition: string | undefined;
    if (tokens.isWord("syntax") || tokens.isWord("edition")) {
      const word = tokens.take();
      tokens.expect("=");
      const { at } = tokens;
      const value = tokens.string(word === "syntax" ? 'the syntax, "proto2" or "proto3"' : 'the edition, such as "2023"');
      if (word === "edition") {
        if (!/^20\d\d$/.test(value)) throw new ProtoSyntaxError(at, `"${value}" is no edition; there are "2023" and "2024"`);
        edition = value;
        this.#syntax = "editions";
      } else if (value === "proto2" || value === "proto3") this.#syntax = value;
      else throw new ProtoSyntaxError(at, `the syntax is "proto2" or "proto3", not "${value}"`);
      tokens.expect(";");
    }
    let packageName: string | undefined;
    const [imports, options]: [ProtoImport[], ProtoOption[]] = [[], []];
    const [types, extensions, services]: [ProtoType[], ProtoExtend[], ProtoService[]] = [[], [], []];
    while (tokens.kind !== "end") {
      if (tokens.accept(";")) continue;
      const { at, text } = tokens;
      if (tokens.acceptWord("package")) {
        if (packageName !== undefined) throw new ProtoSyntaxError(at, "a second package; a file has one");
        if (types.length > 0 || extensions.length > 0) throw new ProtoSyntaxError(at, "the package stands before what belongs to it");
        packageName = tokens.typeName();
        tokens.expect(";");
      } else if (tokens.isWord("import")) imports.push(this.#import());
      else if (tokens.isWord("option")) options.push(parseOptionStatement(this.#tokens));
      else if (tokens.isWord("extend")) extensions.push(this.#extend(packageName ?? ""));
      else if (tokens.isWord("service")) services.push(parseService(tokens));
      else if (tokens.kind === "word" && VISIBILITY.has(text) && this.#syntax === "editions") tokens.advance();
      else if (tokens.isWord("message") || tokens.isWord("enum")) types.push(this.#type(packageName ?? ""));
      else throw tokens.error(`expected message, enum, extend, service, import, package or option, found ${tokens.shown()}`);
    }
    return { syntax: this.#syntax, edition, package: packageName ?? "", imports, options, types, extends: extensions, services };
  }

  #import(): ProtoImport {
    const tokens = this.#tokens;
    tokens.count();
    tokens.advance();
    let modifier: ProtoImport["modifier"];
    if (tokens.isWord("public") || tokens.isWord("weak")) modifier = tokens.take() as "public" | "weak";
    else if (this.#syntax === "editions") tokens.acceptWord("option");
    const { at } = tokens;
    const path = tokens.string("the path of an import");
    tokens.expect(";");
    return { at, path, modifier };
  }

  #type(scope: string): ProtoType {
    const { leading, at } = this.#tokens;
    const isEnum = this.#tokens.take() === "enum";
    const name = this.#tokens.name(isEnum ? "the name of an enum" : "the name of a message");
    return isEnum ? this.#enum(name, scope, at, leading) : this.#message(name, scope, { at, leading, isGroup: false });
  }

  #message(
    name: string,
    scope: string,
    { at, leading, isGroup }: { readonly at: number; readonly leading: readonly string[]; readonly isGroup: boolean },
  ): ProtoMessage {
    const tokens = this.#tokens;
    tokens.count();
    if (++this.#depth > MAX_MESSAGE_DEPTH) {
      throw new ProtoSyntaxError(at, `more than ${MAX_MESSAGE_DEPTH} messages inside each other; move the inner ones out`);
    }
    const fullName = scoped(scope, name);
    const doc = this.#tokens.beginBraces(leading);
    const [options, oneofs, extensionRanges, extensions]: [ProtoOption[], ProtoOneof[], ExtensionRange[], ProtoExtend[]] = [[], [], [], []];
    const reserved = { ranges: [] as ProtoRange[], names: [] as { at: number; name: string }[] };
    const types: ProtoType[] = [];
    const body: Body = { scope: fullName, fields: [], groups: types };
    while (!tokens.accept("}")) {
      if (tokens.accept(";")) continue;
      if (tokens.kind === "end") throw new ProtoSyntaxError(at, `the message ${name} has no end; close it with "}"`);
      const next = this.#statement();
      if (next === "option") options.push(parseOptionStatement(this.#tokens));
      else if (next === "message" || next === "enum") types.push(this.#type(fullName));
      else if (next === "extend") extensions.push(this.#extend(fullName));
      else if (next === "oneof") oneofs.push(this.#oneof(body));
      else if (next === "reserved") this.#reserved(reserved, MAX_FIELD_NUMBER);
      else if (next === "extensions") this.#extensionRanges(extensionRanges);
      else this.#field(body, undefined);
    }
    this.#depth--;
    return {
      kind: "message",
      at,
      doc,
      name,
      fullName,
      options,
      fields: body.fields,
      oneofs,
      types,
      extensionRanges,
      extends: extensions,
      reserved,
      isGroup,
    };
  }

  /** The word that begins a statement, as far as it cannot be the type of a field: `message.Foo x = 1;` is none. */
  #statement(): string {
    const tokens = this.#tokens;
    if (tokens.kind !== "word") return "";
    if (VISIBILITY.has(tokens.text) && this.#syntax === "editions") tokens.advance();
    return tokens.text;
  }

  #field(body: Body, oneof: string | undefined): void {
    const tokens = this.#tokens;
    tokens.count();
    const { at, leading } = tokens;
    let label: ProtoLabel | undefined;
    if (tokens.kind === "word" && LABELS.has(tokens.text)) {
      if (oneof !== undefined) throw tokens.error(`a field of a oneof has no label; take "${tokens.text}" out`);
      label = tokens.take() as ProtoLabel;
    }
    if (tokens.isWord("group")) {
      this.#group(body, { oneof, label, at, leading });
      return;
    }
    const written = this.#fieldType();
    const name = tokens.name("the name of a field");
    tokens.expect("=");
    const number = tokens.integer("the number of a field");
    const options = parseOptions(this.#tokens);
    const doc = this.#tokens.endStatement(leading);
    let type: FieldType;
    if (written.kind === "map") {
      if (oneof !== undefined) throw new ProtoSyntaxError(at, "a map does not stand in a oneof; put it into a message");
      if (label !== undefined) throw new ProtoSyntaxError(at, `a map has no label; take "${label}" out`);
      const { key, value } = written;
      type = { kind: "map", key, value, entry: mapEntry({ scope: body.scope, field: name, at }, key, value) };
    } else type = written;
    body.fields.push({ at, doc, name, number, label, type, options, oneof, isGroup: false, isDelimited: false });
  }

  #fieldType(): Exclude<FieldType, { kind: "map" }> | { kind: "map"; key: ProtoScalar; value: Exclude<FieldType, { kind: "map" }> } {
    const tokens = this.#tokens;
    const { at } = tokens;
    const written = tokens.typeName();
    if (written !== "map" || !tokens.accept("<")) return namedOrScalar(written, at);
    const keyAt = tokens.at;
    const key = tokens.name("the type of a map's keys");
    if (!SCALARS.has(key) || key === "float" || key === "double" || key === "bytes") {
      throw new ProtoSyntaxError(keyAt, `"${key}" cannot be the key of a map; take a whole number, bool or string`);
    }
    tokens.expect(",");
    const valueAt = tokens.at;
    const value = namedOrScalar(tokens.typeName(), valueAt);
    tokens.expect(">");
    return { kind: "map", key: key as ProtoScalar, value };
  }

  #group(
    body: Body,
    { oneof, label, at, leading }: { oneof: string | undefined; label: ProtoLabel | undefined; at: number; leading: readonly string[] },
  ): void {
    const tokens = this.#tokens;
    if (this.#syntax !== "proto2") throw tokens.error("groups belong to proto2; take a message");
    tokens.advance();
    const nameAt = tokens.at;
    const name = tokens.name("the name of a group");
    if (!/^[A-Z]/.test(name))
      throw new ProtoSyntaxError(nameAt, `the group "${name}" begins with a small letter; groups begin with a capital one`);
    tokens.expect("=");
    const number = tokens.integer("the number of a group");
    const options = parseOptions(this.#tokens);
    const target = this.#message(name, body.scope, { at, leading, isGroup: true });
    body.groups.push(target);
    const type: NamedType = { kind: "named", at, written: name };
    body.fields.push({ at, doc: [], name: name.toLowerCase(), number, label, type, options, oneof, isGroup: true, isDelimited: true });
  }

  #oneof(body: Body): ProtoOneof {
    const tokens = this.#tokens;
    tokens.count();
    const { at, leading } = tokens;
    tokens.advance();
    const name = tokens.name("the name of a oneof");
    const doc = this.#tokens.beginBraces(leading);
    const options: ProtoOption[] = [];
    while (!tokens.accept("}")) {
      if (tokens.accept(";")) continue;
      if (tokens.kind === "end") throw new ProtoSyntaxError(at, `the oneof ${name} has no end; close it with "}"`);
      if (tokens.isWord("option")) options.push(parseOptionStatement(this.#tokens));
      else this.#field(body, name);
    }
    return { at, doc, name, options };
  }

  /** `2, 9 to 11, 40 to max` behind its word, without what ends it. */
  #ranges(max: number): readonly ProtoRange[] {
    const tokens = this.#tokens;
    const ranges: ProtoRange[] = [];
    do {
      tokens.count();
      const { at } = tokens;
      const first = tokens.integer("a number");
      let last = first;
      if (tokens.acceptWord("to")) last = tokens.acceptWord("max") ? max : tokens.integer('a number or "max"');
      if (last < first) throw new ProtoSyntaxError(at, `the range ${first} to ${last} ends before it begins`);
      ranges.push({ at, first, last });
    } while (tokens.accept(","));
    return ranges;
  }

  #reserved(into: { readonly ranges: ProtoRange[]; readonly names: { at: number; name: string }[] }, max: number): void {
    const tokens = this.#tokens;
    tokens.advance();
    if (tokens.kind === "number" || tokens.isSign("-")) for (const range of this.#ranges(max)) into.ranges.push(range);
    else {
      do {
        tokens.count();
        const { at } = tokens;
        const isBare = this.#syntax === "editions";
        const name = isBare && tokens.kind === "word" ? tokens.take() : tokens.string("a number or a name in quotes");
        into.names.push({ at, name });
      } while (tokens.accept(","));
    }
    tokens.expect(";");
  }

  #extensionRanges(into: ExtensionRange[]): void {
    const tokens = this.#tokens;
    const { at } = tokens;
    if (this.#syntax === "proto3") throw new ProtoSyntaxError(at, "proto3 has no extension ranges; take google.protobuf.Any, or proto2");
    tokens.advance();
    const ranges = this.#ranges(MAX_FIELD_NUMBER);
    const options = parseOptions(this.#tokens);
    for (const range of ranges) into.push({ ...range, options });
    tokens.expect(";");
  }

  #enum(name: string, scope: string, at: number, leading: readonly string[]): ProtoEnum {
    const tokens = this.#tokens;
    tokens.count();
    const doc = this.#tokens.beginBraces(leading);
    const [options, constants]: [ProtoOption[], ProtoConstant[]] = [[], []];
    const reserved = { ranges: [] as ProtoRange[], names: [] as { at: number; name: string }[] };
    while (!tokens.accept("}")) {
      if (tokens.accept(";")) continue;
      if (tokens.kind === "end") throw new ProtoSyntaxError(at, `the enum ${name} has no end; close it with "}"`);
      if (tokens.isWord("option")) options.push(parseOptionStatement(this.#tokens));
      else if (tokens.isWord("reserved")) this.#reserved(reserved, MAX_ENUM_NUMBER);
      else {
        tokens.count();
        const [place, before] = [tokens.at, tokens.leading];
        const constant = tokens.name("the name of a constant");
        tokens.expect("=");
        const number = tokens.integer("the number of a constant");
        const ownOptions = parseOptions(this.#tokens);
        constants.push({ at: place, name: constant, number, options: ownOptions, doc: this.#tokens.endStatement(before) });
      }
    }
    return { kind: "enum", at, doc, name, fullName: scoped(scope, name), options, constants, reserved };
  }

  #extend(scope: string): ProtoExtend {
    const tokens = this.#tokens;
    tokens.count();
    const { at, leading } = tokens;
    tokens.advance();
    const extendee: NamedType = { kind: "named", at: tokens.at, written: tokens.typeName() };
    const doc = this.#tokens.beginBraces(leading);
    const groups: ProtoMessage[] = [];
    const body: Body = { scope, fields: [], groups };
    while (!tokens.accept("}")) {
      if (tokens.accept(";")) continue;
      if (tokens.kind === "end") throw new ProtoSyntaxError(at, `the extension of ${extendee.written} has no end; close it with "}"`);
      this.#field(body, undefined);
    }
    return { at, doc, extendee, fields: body.fields, groups };
  }
}

function namedOrScalar(written: string, at: number): Exclude<FieldType, { kind: "map" }> {
  return SCALARS.has(written) ? { kind: "scalar", name: written as ProtoScalar } : { kind: "named", at, written };
}
