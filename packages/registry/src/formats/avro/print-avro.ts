import { type JsonObject, type JsonValue, printJson } from "../../json/json-value.ts";
import { type AvroField, type AvroName, type AvroNamed, type AvroType, avroPrimitives, fullName, isNamed } from "./avro-type.ts";

/**
 * A schema's text as Java's Avro prints it: no white space, properties in a fixed order, docs, defaults, aliases and other properties kept; a named type whole where it comes first and
 * by name after. Names in `known` are of schemas it refers to and are never printed whole.
 */
export function printAvro(type: AvroType, known: ReadonlySet<string>, { sortProperties = false } = {}): string {
  return new AvroPrinter(new Set(known), sortProperties).print(type, "");
}

class AvroPrinter {
  readonly #printed: Set<string>;
  readonly #sortProperties: boolean;

  constructor(printed: Set<string>, sortProperties: boolean) {
    this.#printed = printed;
    this.#sortProperties = sortProperties;
  }

  print(type: AvroType, namespace: string): string {
    if (isNamed(type)) return this.#named(type, namespace);
    if (type.kind === "union") return `[${type.branches.map((branch) => this.print(branch, namespace)).join(",")}]`;
    const head: [string, string][] = [['"type"', JSON.stringify(type.kind)]];
    if (type.kind === "array") head.push(['"items"', this.print(type.items, namespace)]);
    else if (type.kind === "map") head.push(['"values"', this.print(type.values, namespace)]);
    else if (type.properties.size === 0) return JSON.stringify(type.kind);
    return this.#object([...head, ...this.#properties(type.properties)]);
  }

  #named(type: AvroNamed, namespace: string): string {
    const name = fullName(type.name);
    if (this.#printed.has(name)) return JSON.stringify(qualified(type.name, namespace));
    this.#printed.add(name);
    const word = type.kind === "record" && type.isError ? "error" : type.kind;
    const members: [string, string][] = [
      ['"type"', JSON.stringify(word)],
      ['"name"', JSON.stringify(type.name.name)],
    ];
    if (type.name.namespace !== namespace) members.push(['"namespace"', JSON.stringify(type.name.namespace)]);
    if (type.doc !== undefined) members.push(['"doc"', JSON.stringify(type.doc)]);
    if (type.kind === "record") {
      members.push(['"fields"', `[${type.fields.map((field) => this.#field(field, type.name.namespace)).join(",")}]`]);
    } else if (type.kind === "enum") {
      members.push(['"symbols"', JSON.stringify(type.symbols)]);
      if (type.default !== undefined) members.push(['"default"', JSON.stringify(type.default)]);
    } else members.push(['"size"', String(type.size)]);
    members.push(...this.#properties(type.properties));
    if (type.aliases !== undefined && type.aliases.length > 0) {
      members.push(['"aliases"', JSON.stringify(type.aliases.map((alias) => qualified(alias, type.name.namespace)))]);
    }
    return this.#object(members);
  }

  #field(field: AvroField, namespace: string): string {
    const members: [string, string][] = [
      ['"name"', JSON.stringify(field.name)],
      ['"type"', this.print(field.type, namespace)],
    ];
    if (field.doc !== undefined) members.push(['"doc"', JSON.stringify(field.doc)]);
    if (field.default !== undefined) members.push(['"default"', this.#json(field.default)]);
    if (field.order !== "ascending") members.push(['"order"', JSON.stringify(field.order)]);
    if (field.aliases !== undefined && field.aliases.length > 0) members.push(['"aliases"', JSON.stringify(field.aliases)]);
    return this.#object([...members, ...this.#properties(field.properties)]);
  }

  #properties(properties: JsonObject): [string, string][] {
    const printed = [...properties].map(([key, value]): [string, string] => [JSON.stringify(key), this.#json(value)]);
    return this.#sortProperties ? printed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) : printed;
  }

  #json(value: JsonValue): string {
    return printJson(value, { sortKeys: this.#sortProperties });
  }

  #object(members: readonly (readonly [string, string])[]): string {
    return `{${members.map(([key, value]) => `${key}:${value}`).join(",")}}`;
  }
}

/** A name as short as it may be inside of a namespace. */
function qualified(name: AvroName, namespace: string): string {
  const isPrimitive = avroPrimitives.some((each) => each === name.name);
  return name.namespace === namespace && !isPrimitive ? name.name : fullName(name);
}
