import type {
  FieldType,
  OptionValue,
  ProtoEnum,
  ProtoExtend,
  ProtoField,
  ProtoFile,
  ProtoMessage,
  ProtoOption,
  ProtoRange,
  ProtoReserved,
  ProtoService,
  ProtoType,
} from "./proto-file.ts";

const INDENT = "  ";
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * A file's text in the style in which registries print it: two spaces, kinds of declarations together (of a message: reserved, options, fields, oneofs, groups, extension ranges, types), each kind after an
 * empty line, comments before what they explain.
 */
export function printProto(file: ProtoFile): string {
  return new ProtoPrinter().file(file);
}

/** One type without those inside of it, for a line of an answer. */
export function printField(field: ProtoField): string {
  const label = field.label === undefined ? "" : `${field.label} `;
  return `${label}${field.isGroup ? "group" : printType(field.type)} ${field.name} = ${field.number};`;
}

function printType(type: FieldType): string {
  if (type.kind === "map") return `map<${type.key}, ${printType(type.value)}>`;
  return type.kind === "scalar" ? type.name : type.written;
}

class ProtoPrinter {
  readonly #lines: string[] = [];
  #hasEdition = false;

  file(file: ProtoFile): string {
    this.#hasEdition = file.syntax === "editions";
    this.#lines.push(file.syntax === "editions" ? `edition = "${file.edition ?? "2023"}";` : `syntax = "${file.syntax}";`);
    if (file.package !== "") this.#lines.push(`package ${file.package};`);
    const plain = file.imports.filter(({ modifier }) => modifier !== "public");
    this.#section(plain, ({ path, modifier }) => this.#lines.push(`import ${modifier === undefined ? "" : `${modifier} `}"${path}";`));
    const isPublic = file.imports.filter(({ modifier }) => modifier === "public");
    this.#section(isPublic, ({ path }) => this.#lines.push(`import public "${path}";`));
    this.#section(file.options, (option) => this.#option(option, ""));
    this.#section(file.types, (type) => this.#type(type, ""));
    this.#section(file.extends, (extension) => this.#extend(extension, ""));
    this.#section(file.services, (service) => this.#service(service));
    return `${this.#lines.join("\n")}\n`;
  }

  /** Things of one kind, after an empty line unless they come first in their braces. */
  #section<T>(items: readonly T[], print: (item: T) => void): void {
    if (items.length === 0) return;
    if (this.#lines.at(-1)?.endsWith("{") === false) this.#lines.push("");
    for (const item of items) print(item);
  }

  #doc(doc: readonly string[], indent: string): void {
    for (const line of doc) this.#lines.push(line === "" ? `${indent}//` : `${indent}// ${line}`);
  }

  #option({ name, value }: ProtoOption, indent: string): void {
    this.#lines.push(`${indent}option ${name} = ${printValue(value, indent)};`);
  }

  #type(type: ProtoType, indent: string): void {
    this.#doc(type.doc, indent);
    if (type.kind === "enum") this.#enum(type, indent);
    else this.#braces(`${indent}message ${type.name}`, indent, (inner) => this.#body(type, inner));
  }

  #braces(head: string, indent: string, print: (indent: string) => void): void {
    this.#lines.push(`${head} {`);
    const before = this.#lines.length;
    print(indent + INDENT);
    if (this.#lines.length === before) this.#lines[before - 1] = `${head} {}`;
    else this.#lines.push(`${indent}}`);
  }

  #body(message: ProtoMessage, indent: string): void {
    const groups = new Map<string, ProtoMessage>();
    for (const type of message.types) if (type.kind === "message" && type.isGroup) groups.set(type.name, type);
    this.#reserved(message.reserved, indent);
    this.#section(message.options, (option) => this.#option(option, indent));
    const fields = message.fields.filter(({ oneof, isGroup }) => oneof === undefined && !isGroup);
    this.#section(fields, (field) => this.#field(field, indent, groups));
    const inOneof = Map.groupBy(
      message.fields.filter(({ oneof }) => oneof !== undefined),
      ({ oneof }) => oneof,
    );
    this.#section(message.oneofs, (oneof) => {
      this.#doc(oneof.doc, indent);
      this.#braces(`${indent}oneof ${oneof.name}`, indent, (inner) => {
        this.#section(oneof.options, (option) => this.#option(option, inner));
        this.#section(inOneof.get(oneof.name) ?? [], (field) => this.#field(field, inner, groups));
      });
    });
    this.#section(
      message.fields.filter(({ oneof, isGroup }) => oneof === undefined && isGroup),
      (field) => this.#field(field, indent, groups),
    );
    this.#section(message.extensionRanges, (range) => {
      this.#lines.push(`${indent}extensions ${printRange(range, 536_870_911)}${printOptions(range.options, indent)};`);
    });
    this.#section(
      message.types.filter((type) => type.kind === "enum" || !type.isGroup),
      (type) => this.#type(type, indent),
    );
    this.#section(message.extends, (extension) => this.#extend(extension, indent));
  }

  #reserved({ ranges, names }: ProtoReserved, indent: string, max = 536_870_911): void {
    const lines: string[] = [];
    if (ranges.length > 0) lines.push(ranges.map((range) => printRange(range, max)).join(", "));
    if (names.length > 0) lines.push(names.map(({ name }) => (this.#hasEdition && IDENTIFIER.test(name) ? name : `"${name}"`)).join(", "));
    this.#section(lines, (line) => this.#lines.push(`${indent}reserved ${line};`));
  }

  #field(field: ProtoField, indent: string, groups: ReadonlyMap<string, ProtoMessage>): void {
    const { name, number, label, type, options, isGroup, doc } = field;
    const before = label === undefined ? "" : `${label} `;
    const group = isGroup && type.kind === "named" ? groups.get(type.written.slice(type.written.lastIndexOf(".") + 1)) : undefined;
    if (group === undefined) {
      this.#doc(doc, indent);
      this.#lines.push(`${indent}${before}${printType(type)} ${name} = ${number}${printOptions(options, indent)};`);
      return;
    }
    this.#doc(group.doc, indent);
    const head = `${indent}${before}group ${group.name} = ${number}${printOptions(options, indent)}`;
    this.#braces(head, indent, (inner) => this.#body(group, inner));
  }

  #enum(type: ProtoEnum, indent: string): void {
    this.#braces(`${indent}enum ${type.name}`, indent, (inner) => {
      this.#reserved(type.reserved, inner, 2_147_483_647);
      this.#section(type.options, (option) => this.#option(option, inner));
      this.#section(type.constants, ({ name, number, options, doc }) => {
        this.#doc(doc, inner);
        this.#lines.push(`${inner}${name} = ${number}${printOptions(options, inner)};`);
      });
    });
  }

  #extend({ extendee, fields, groups, doc }: ProtoExtend, indent: string): void {
    this.#doc(doc, indent);
    const byName = new Map(groups.map((group) => [group.name, group]));
    this.#braces(`${indent}extend ${extendee.written}`, indent, (inner) => {
      this.#section(fields, (field) => this.#field(field, inner, byName));
    });
  }

  #service({ name, options, methods, doc }: ProtoService): void {
    this.#doc(doc, "");
    this.#braces(`service ${name}`, "", (indent) => {
      this.#section(options, (option) => this.#option(option, indent));
      this.#section(methods, (method) => {
        this.#doc(method.doc, indent);
        const input = `${method.isClientStreaming ? "stream " : ""}${method.input.written}`;
        const output = `${method.isServerStreaming ? "stream " : ""}${method.output.written}`;
        const head = `${indent}rpc ${method.name} (${input}) returns (${output})`;
        if (method.options.length === 0) this.#lines.push(`${head};`);
        else this.#braces(head, indent, (inner) => this.#section(method.options, (option) => this.#option(option, inner)));
      });
    });
  }
}

function printRange({ first, last }: ProtoRange, max: number): string {
  if (first === last) return String(first);
  return `${first} to ${last === max ? "max" : last}`;
}

/** One option in the line, more in a line each. */
function printOptions(options: readonly ProtoOption[], indent: string): string {
  const [first] = options;
  if (first === undefined) return "";
  if (options.length === 1) return ` [${first.name} = ${printValue(first.value, indent)}]`;
  const inner = indent + INDENT;
  return ` [\n${options.map(({ name, value }) => `${inner}${name} = ${printValue(value, inner)}`).join(",\n")}\n${indent}]`;
}

function printValue(value: OptionValue, indent: string): string {
  if (value.kind === "string") return `"${value.escaped}"`;
  if (value.kind === "word") return value.text;
  const inner = indent + INDENT;
  if (value.kind === "list") return `[${value.values.map((each) => printValue(each, inner)).join(", ")}]`;
  if (value.fields.length === 0) return "{}";
  return `{\n${value.fields.map((field) => `${inner}${field.name}: ${printValue(field.value, inner)}`).join(",\n")}\n${indent}}`;
}
