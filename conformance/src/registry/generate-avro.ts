import type { SeededRandom } from "@ottla/base/simulated";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];
const FIELD_NAMES = ["a", "b", "c", "d", "e"];
const SYMBOLS = ["RED", "GREEN", "BLUE"];
const NAMESPACES = ["", "x", "x.y"];

/** Pairs of Avro schemas, the newer one a few changes away from the older one. A pair may also be refused: what is refused must be so by both. */
export class AvroGenerator {
  readonly #random: SeededRandom;
  #names: string[] = [];

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  pair(): { readonly older: string; readonly newer: string } {
    this.#names = [];
    const older = this.#type(4);
    let newer = structuredClone(older);
    for (let changes = this.#random.nextInt(4); changes >= 0; changes--) newer = this.#changed(newer);
    return { older: JSON.stringify(older), newer: JSON.stringify(newer) };
  }

  #type(depth: number): Json {
    const kind = this.#random.nextInt(depth > 0 ? 13 : 6);
    if (kind < 5) return this.#random.pick<Json>(PRIMITIVES);
    if (kind === 5)
      return this.#names.length > 0 && this.#random.chance(0.8) ? this.#random.pick(this.#names) : { type: "int", logicalType: "date" };
    if (kind === 6) return { type: "array", items: this.#type(depth - 1) };
    if (kind === 7) return { type: "map", values: this.#type(depth - 1) };
    if (kind === 8) return Array.from({ length: this.#random.nextInt(4) }, () => this.#type(depth - 1));
    if (kind === 9)
      return {
        type: "enum",
        ...this.#name(),
        symbols: this.#some(SYMBOLS),
        ...(this.#random.chance(0.3) && { default: this.#random.pick(SYMBOLS) }),
      };
    if (kind === 10) return { type: "fixed", ...this.#name(), size: this.#random.nextInt(3) };
    const named = this.#name();
    return {
      type: this.#random.chance(0.1) ? "error" : "record",
      ...named,
      fields: this.#some(FIELD_NAMES).map((name) => this.#field(name, depth - 1)),
    };
  }

  #field(name: string, depth: number): Json {
    const type = this.#type(depth);
    return {
      name,
      type,
      ...(this.#random.chance(0.4) && { default: this.#defaultOf(type) }),
      ...(this.#random.chance(0.1) && { aliases: [this.#random.pick(FIELD_NAMES)] }),
      ...(this.#random.chance(0.1) && { order: this.#random.pick(["ascending", "descending", "ignore", "odd"]) }),
      ...(this.#random.chance(0.1) && { doc: "what it is" }),
      ...(this.#random.chance(0.1) && { extra: [1, { b: null, a: "é" }] }),
    };
  }

  /** Mostly one that fits. */
  #defaultOf(type: Json): Json {
    if (this.#random.chance(0.1)) return this.#random.pick([null, 1, "RED", {}, [], 1.5, true, 3_000_000_000]);
    if (Array.isArray(type)) return type.length === 0 ? null : this.#defaultOf(this.#random.pick(type));
    if (typeof type === "object" && type !== null) {
      const word = type.type as string;
      if (word === "array") return this.#random.chance(0.5) ? [] : [this.#defaultOf(type.items as Json)];
      if (word === "map" || word === "record" || word === "error") return {};
      return word === "int" ? 7 : "RED";
    }
    if (type === "null") return null;
    if (type === "boolean") return false;
    return type === "bytes" || type === "string" ? "x" : 0;
  }

  #name(): { [key: string]: Json } {
    const name = `N${this.#names.length}`;
    const namespace = this.#random.pick(NAMESPACES);
    this.#names.push(namespace === "" || this.#random.chance(0.5) ? name : `${namespace}.${name}`);
    return {
      name,
      ...(this.#random.chance(0.5) && { namespace }),
      ...(this.#random.chance(0.1) && { aliases: [`N${this.#random.nextInt(4)}`] }),
      ...(this.#random.chance(0.1) && { doc: "a type" }),
    };
  }

  /** One change somewhere inside. */
  #changed(json: Json): Json {
    if (this.#random.chance(0.15)) return this.#random.chance(0.5) ? this.#random.pick<Json>(PRIMITIVES) : [json, "null"];
    if (Array.isArray(json))
      return this.#changedList(
        json,
        (each) => this.#changed(each),
        () => this.#random.pick<Json>(PRIMITIVES),
      );
    if (typeof json !== "object" || json === null) return this.#random.pick<Json>(PRIMITIVES);
    const parts = Object.keys(json);
    const part = this.#random.pick(parts);
    if (part === "fields")
      return {
        ...json,
        fields: this.#changedList(
          json.fields as Json[],
          (each) => this.#changed(each),
          () => this.#field(this.#random.pick(FIELD_NAMES), 1),
        ),
      };
    if (part === "symbols") return { ...json, symbols: this.#some(SYMBOLS) };
    if (part === "size") return { ...json, size: this.#random.nextInt(4) };
    if (part === "name" && json.fields !== undefined)
      return { ...json, name: `N${this.#random.nextInt(4)}`, ...(this.#random.chance(0.5) && { aliases: [json.name as Json] }) };
    if (part === "name" && this.#random.chance(0.5)) return { ...json, name: this.#random.pick(FIELD_NAMES) };
    if (part === "namespace") return { ...json, namespace: this.#random.pick(NAMESPACES) };
    if (part === "default" || part === "aliases" || part === "order" || part === "doc") {
      const { [part]: _gone, ...rest } = json;
      return rest;
    }
    if (
      part === "type" &&
      typeof json.name === "string" &&
      json.symbols === undefined &&
      json.size === undefined &&
      json.fields === undefined
    ) {
      return { ...json, type: this.#changed(json.type as Json) };
    }
    if (part === "items" || part === "values") return { ...json, [part]: this.#changed(json[part] as Json) };
    return json;
  }

  #changedList(list: readonly Json[], change: (each: Json) => Json, make: () => Json): Json[] {
    const at = this.#random.nextInt(list.length + 1);
    const kind = this.#random.nextInt(5);
    if (kind === 0 || at === list.length) return list.toSpliced(at, 0, make());
    if (kind === 1) return list.toSpliced(at, 1);
    return list.toSpliced(at, 1, change(list[at] as Json));
  }

  #some<T>(all: readonly T[]): T[] {
    return all.filter(() => this.#random.chance(0.6));
  }
}
