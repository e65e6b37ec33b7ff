import { described, isPlainObject } from "../../data/check-value.ts";
import { DataError, shown } from "../../data/data-error.ts";
import { DECIMAL } from "../../data/logical-names.ts";
import { array, makeSchema } from "../../data/make-schema.ts";
import { sameSchema } from "../../data/same-schema.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { fieldOf } from "../../data/struct-value.ts";
import { ProtoFieldNames } from "./proto-field-names.ts";
import { enumConstants, protoLeaf, type Write } from "./proto-leaf.ts";
import { type ProtoEnumText, type ProtoLine, type ProtoMessageText, protoText } from "./proto-text.ts";
import { DEFAULT_NAME, ENUM, IDENTIFIER, meta, type Said, UNION, WRAPPED_FIELD } from "./protobuf-names.ts";
import { defaultText, otherParameters, prefixed, saidOf, saidOfStruct } from "./said-of-schema.ts";

export interface ProtoChoices {
  /** Whether `(confluent.field_meta)` says what Protobuf has no word for. */
  readonly meta: boolean;
  /** Whether a field that is optional is so in proto3 as well, so that null is not 0. */
  readonly optionals: boolean;
  /** Whether fields whose names Protobuf does not have get others. */
  readonly scrub: boolean;
  /** Whether the names of a oneof's structs end in its index. */
  readonly unionIndex: boolean;
}

/** A `.proto` file of a schema, and what makes a message of its values. */
export interface ProtoForm {
  readonly text: string;
  write(value: unknown): unknown;
}

/** What a value becomes in a field. */
interface Part {
  readonly label: ProtoLine["label"];
  readonly type: string;
  readonly said: Said;
  readonly doc: string | undefined;
  readonly write: Write;
}

/**
 * Protobuf's schema of a schema of Connect's: proto3, the message first, then those that it uses.
 * @throws ConnectError CONNECT_DATA
 */
export function protoOfConnect(schema: ConnectSchema, choices: ProtoChoices): ProtoForm {
  return new ProtoMaker(schema, choices).make();
}

interface KnownMessage {
  readonly schema: ConnectSchema;
  readonly name: string;
  readonly write: Write;
}

class ProtoMaker {
  readonly #root: ConnectSchema;
  readonly #choices: ProtoChoices;
  readonly #package: string;
  readonly #taken = new Set<string>();
  readonly #messages: (ProtoMessageText | undefined)[] = [];
  readonly #enums: ProtoEnumText[] = [];
  readonly #imports = new Set<string>();
  readonly #known: KnownMessage[] = [];

  constructor(root: ConnectSchema, choices: ProtoChoices) {
    this.#root = root;
    this.#choices = choices;
    const steps = (root.name ?? "").split(".").slice(0, -1);
    this.#package = root.type === "struct" && steps.every((step) => IDENTIFIER.test(step)) ? steps.join(".") : "";
  }

  make(): ProtoForm {
    const { write } = this.#root.type === "struct" ? this.#message(this.#root) : this.#wrapper(this.#root, DEFAULT_NAME);
    const { defaultValue } = this.#root;
    const [first, ...others] = this.#messages.filter((message) => message !== undefined);
    const messages = [{ ...first!, said: { ...first!.said, ...this.#saidOfRoot() } }, ...others];
    return {
      text: protoText({ package: this.#package, imports: this.#imports, messages, enums: this.#enums }),
      write: (value) => write(this.#root.type === "struct" ? (value ?? defaultValue) : value),
    };
  }

  /** What a field would say of it elsewhere. */
  #saidOfRoot(): Said {
    const { defaultValue, optional, type } = this.#root;
    if (!this.#choices.meta || type !== "struct") return {};
    return {
      ...(optional ? { [meta.optional]: "true" } : {}),
      ...(defaultValue === undefined ? {} : { [meta.fallback]: defaultText(this.#root, defaultValue) }),
    };
  }

  /** The message of a struct; equal ones have one. */
  #message(schema: ConnectSchema): KnownMessage {
    const bare = makeSchema({ ...schema, optional: false, defaultValue: undefined });
    const before = this.#known.find((known) => sameSchema(known.schema, bare));
    if (before !== undefined) return before;
    const own = (schema.name ?? "").split(".").at(-1)!;
    const name = this.#name(IDENTIFIER.test(own) ? own : `${DEFAULT_NAME}1`);
    const place = this.#messages.push(undefined) - 1;
    const names = new ProtoFieldNames(schema, this.#choices.scrub);
    const lines: ProtoLine[] = [];
    const writes: { readonly name: string; readonly at: string; readonly write: Write }[] = [];
    let oneofs = 0;
    for (const field of schema.fields!) {
      try {
        const oneof = this.#oneofOf(field, oneofs, names);
        if (oneof !== undefined) {
          oneofs++;
          for (const branch of oneof.branches) lines.push({ ...branch, number: lines.length + 1, oneof: oneof.name });
          writes.push({ name: field.name, at: names.inMessages(oneof.name), write: oneof.write });
          continue;
        }
        const given = names.of(field.name);
        const part = this.#part(field.schema, given);
        const said = given === field.name || !this.#choices.meta ? part.said : { [meta.field]: field.name, ...part.said };
        lines.push({ ...part, name: given, said, number: lines.length + 1, oneof: undefined });
        writes.push({ name: field.name, at: names.inMessages(given), write: part.write });
      } catch (error) {
        throw DataError.within(field.name, error);
      }
    }
    this.#messages[place] = {
      name,
      doc: this.#choices.meta ? schema.doc : undefined,
      said: this.#choices.meta ? saidOfStruct(schema, name) : {},
      lines,
    };
    const known: KnownMessage = {
      schema: bare,
      name,
      write(value) {
        if (!isPlainObject(value)) throw new DataError(`${shown(value)} is no value of ${described(schema)}`);
        const message: Record<string, unknown> = {};
        for (const each of writes) {
          const made = inner(each.name, each.write, fieldOf(value, each.name));
          if (made !== undefined) message[each.at] = made;
        }
        return message;
      },
    };
    this.#known.push(known);
    return known;
  }

  /** A message that stands for one value: where Protobuf has nothing that may be left out, or no list in a list. */
  #wrapper(schema: ConnectSchema, hint: string): { readonly name: string; readonly write: Write } {
    const name = this.#name(hint);
    const place = this.#messages.push(undefined) - 1;
    const part = this.#part(schema, `${hint}_value`);
    const said: Said = this.#choices.meta ? { [meta.wraps]: "true" } : {};
    this.#messages[place] = { name, doc: undefined, said, lines: [{ ...part, name: WRAPPED_FIELD, number: 1, oneof: undefined }] };
    return {
      name,
      write(value) {
        const made = part.write(value);
        return made === undefined ? {} : { [WRAPPED_FIELD]: made };
      },
    };
  }

  #part(schema: ConnectSchema, hint: string): Part {
    const { defaultValue, optional } = schema;
    const bare = makeSchema({ ...schema, optional: false, defaultValue: undefined });
    const base = this.#bare(bare, hint, optional);
    const { isMessage } = base;
    const hasPresence = base.label !== "repeated" && isMessage;
    const said: Record<string, string> = { ...base.said };
    if (this.#choices.meta) {
      if (hasPresence && !optional) said[meta.optional] = "false";
      if (defaultValue !== undefined) said[meta.fallback] = defaultText(bare, defaultValue);
    }
    return {
      label: base.label ?? (optional && !isMessage && this.#choices.optionals ? "optional" : undefined),
      type: base.type,
      said,
      doc: this.#choices.meta ? schema.doc : undefined,
      write(value) {
        if (value !== null && value !== undefined) return base.write(value);
        if (optional) return undefined;
        if (defaultValue !== undefined) return base.write(defaultValue);
        throw new DataError(`null is no value of ${described(schema)}, which is not optional`);
      },
    };
  }

  #bare(schema: ConnectSchema, hint: string, isOptional: boolean): Omit<Part, "doc"> & { readonly isMessage: boolean } {
    switch (schema.type) {
      case "struct": {
        const { name, write } = this.#message(schema);
        return { label: undefined, type: this.#typeName(name), isMessage: true, said: {}, write };
      }
      case "array":
      case "map": {
        if (isOptional) {
          const list =
            schema.type === "array"
              ? array(schema.valueSchema!)
              : makeSchema({ type: "map", keySchema: schema.keySchema, valueSchema: schema.valueSchema });
          const { name, write } = this.#wrapper(list, typeHint(hint, schema.type === "array" ? "List" : "Map"));
          return { label: undefined, type: this.#typeName(name), isMessage: true, said: this.#saidOf(schema), write };
        }
        return { ...(schema.type === "array" ? this.#list(schema, hint) : this.#map(schema, hint)), isMessage: false };
      }
      case "int8":
      case "int16":
      case "int32":
      case "int64":
      case "float":
      case "double":
      case "boolean":
      case "string":
      case "bytes":
        return this.#leaf(schema, hint);
    }
  }

  #list(schema: ConnectSchema, hint: string): Omit<Part, "doc"> {
    const items = this.#item(schema.valueSchema!, typeHint(hint, "Item"));
    return {
      label: "repeated",
      type: items.type,
      said: { ...this.#saidOf(schema), ...prefixed(items.said) },
      write(value) {
        if (!Array.isArray(value)) throw new DataError(`${shown(value)} is no value of ${described(schema)}`);
        return value.map((item, index) => inner(index, items.write, item));
      },
    };
  }

  /** An element, or a map's value: never absent in Protobuf. What may be null, or has a list in it, is wrapped. */
  #item(schema: ConnectSchema, hint: string): { readonly type: string; readonly said: Said; readonly write: Write } {
    const isSimple = !schema.optional && schema.type !== "array" && schema.type !== "map";
    if (!isSimple || schema.doc !== undefined) {
      const { name, write } = this.#wrapper(schema, hint);
      return { type: this.#typeName(name), said: {}, write };
    }
    const { said, type, write } = this.#part(schema, hint);
    return { type, said, write };
  }

  #map(schema: ConnectSchema, hint: string): Omit<Part, "doc"> {
    const { keySchema, valueSchema } = schema;
    const refuse = (value: unknown): never => {
      throw new DataError(`${shown(value)} is no value of ${described(schema)}`);
    };
    if (sameSchema(keySchema, STRING)) {
      const values = this.#item(valueSchema!, typeHint(hint, "Value"));
      return {
        label: undefined,
        type: `map<string, ${values.type}>`,
        said: { ...this.#saidOf(schema), ...prefixed(values.said) },
        write(value) {
          if (!(value instanceof Map)) return refuse(value);
          const made: Record<string, unknown> = {};
          for (const [key, item] of value as ReadonlyMap<unknown, unknown>) {
            if (typeof key !== "string") return refuse(value);
            const to = inner(key, values.write, item);
            if (key === "__proto__") Object.defineProperty(made, key, { value: to, enumerable: true, configurable: true, writable: true });
            else made[key] = to;
          }
          return made;
        },
      };
    }
    const entry = this.#entry(schema, typeHint(hint, "Entry"));
    return {
      label: "repeated",
      type: this.#typeName(entry.name),
      said: { ...this.#saidOf(schema), ...(this.#choices.meta ? { [meta.type]: "map" } : {}) },
      write(value) {
        if (!(value instanceof Map)) return refuse(value);
        return [...(value as ReadonlyMap<unknown, unknown>)].map(([key, item]) => inner(String(key), entry.write, { key, value: item }));
      },
    };
  }

  /** An entry of a map whose keys are no plain texts: a message like any other. */
  #entry({ keySchema, valueSchema }: ConnectSchema, hint: string): { readonly name: string; readonly write: Write } {
    const name = this.#name(hint);
    const place = this.#messages.push(undefined) - 1;
    const key = this.#part(keySchema!, `${hint}_key`);
    const value = this.#part(valueSchema!, `${hint}_value`);
    const lines = [
      { ...key, name: "key", number: 1, oneof: undefined },
      { ...value, name: "value", number: 2, oneof: undefined },
    ];
    this.#messages[place] = { name, doc: undefined, said: {}, lines };
    return {
      name,
      write(entry) {
        const { key: given, value: item } = entry as { readonly key: unknown; readonly value: unknown };
        const [ownKey, ownValue] = [key.write(given), value.write(item)];
        return { ...(ownKey === undefined ? {} : { key: ownKey }), ...(ownValue === undefined ? {} : { value: ownValue }) };
      },
    };
  }

  #leaf(schema: ConnectSchema, hint: string): Omit<Part, "doc"> & { readonly isMessage: boolean } {
    const symbols = this.#enum(schema, hint);
    if (symbols !== undefined) return symbols;
    const { file, said, type, write } = protoLeaf(schema);
    if (file !== undefined) this.#imports.add(file);
    // A decimal has no scale without it.
    const own = this.#choices.meta || schema.name === DECIMAL ? said : {};
    return { label: undefined, type, isMessage: file !== undefined, said: { ...own, ...this.#saidOf(schema) }, write };
  }

  /** A text whose schema lists what it can be, with numbers that Protobuf can have. */
  #enum(schema: ConnectSchema, hint: string): (Omit<Part, "doc"> & { readonly isMessage: boolean }) | undefined {
    const { parameters } = schema;
    if (schema.type !== "string" || parameters?.[ENUM] === undefined) return undefined;
    const constants = enumConstants(parameters);
    if (constants === undefined || constants.some(([symbol]) => this.#taken.has(symbol))) return undefined;
    const numbers = new Map(constants);
    const own = parameters[ENUM].split(".").at(-1)!;
    const name = this.#name(IDENTIFIER.test(own) ? own : typeHint(hint, "Enum"));
    for (const [symbol] of constants) this.#taken.add(symbol);
    this.#enums.push({ name, constants });
    return {
      label: undefined,
      type: this.#typeName(name),
      isMessage: false,
      said: this.#saidOf({ ...schema, parameters: name === parameters[ENUM] ? otherParameters(parameters) : parameters }),
      write(value) {
        const number = numbers.get(value as string);
        if (number !== undefined) return number;
        throw new DataError(`${shown(value)} is none of ${[...numbers.keys()].slice(0, 10).join(", ")}`);
      },
    };
  }

  /** A struct that was made of a oneof is one again. */
  #oneofOf(
    { name, schema }: { readonly name: string; readonly schema: ConnectSchema },
    index: number,
    names: ProtoFieldNames,
  ): { readonly name: string; readonly branches: readonly Omit<ProtoLine, "number" | "oneof">[]; readonly write: Write } | undefined {
    if (schema.type !== "struct" || !schema.name?.startsWith(`${UNION}.`) || schema.fields!.length === 0) return undefined;
    const oneof = schema.name.slice(UNION.length + 1);
    const isPlain =
      schema.optional &&
      schema.version === undefined &&
      schema.doc === undefined &&
      schema.parameters === undefined &&
      schema.defaultValue === undefined;
    const arePlain = schema.fields!.every(({ schema: own }) => own.optional && own.defaultValue === undefined);
    if (!isPlain || !arePlain || name !== (this.#choices.unionIndex ? `${oneof}_${index}` : oneof)) return undefined;
    if (!names.canHave([oneof, ...schema.fields!.map((field) => field.name)])) return undefined;
    const parts = schema.fields!.map((field) => {
      const own = names.of(field.name);
      const part = this.#part(field.schema, own);
      return { name: field.name, at: names.inMessages(own), line: { ...part, name: own, label: undefined }, write: part.write };
    });
    names.of(oneof);
    return {
      name: oneof,
      branches: parts.map(({ line }) => line),
      write(value) {
        if (value === null || value === undefined) return undefined;
        const from = value as Readonly<Record<string, unknown>>;
        const chosen = parts.filter((part) => (fieldOf(from, part.name) ?? null) !== null);
        if (chosen.length === 0) return undefined;
        if (chosen.length > 1)
          throw new DataError(`a oneof has one field, and this value has ${chosen.map((part) => part.name).join(", ")}`);
        const { at, name: own, write } = chosen[0]!;
        return { case: at, value: inner(own, write, fieldOf(from, own)) };
      },
    };
  }

  #saidOf(schema: ConnectSchema): Said {
    return this.#choices.meta ? saidOf(schema) : {};
  }

  #typeName(name: string): string {
    return this.#package === "" ? `.${name}` : `.${this.#package}.${name}`;
  }

  #name(hint: string): string {
    const base = hint.replace(/\d+$/, "");
    let name = hint;
    for (let count = 2; this.#taken.has(name); count++) name = `${base}${count}`;
    this.#taken.add(name);
    return name;
  }
}

const STRING = makeSchema({ type: "string" });

function typeHint(field: string, what: string): string {
  const word = field.replaceAll(/(?:^|_)([A-Za-z0-9]?)/g, (_all, letter: string) => letter.toUpperCase());
  return `${/^[A-Za-z]/.test(word) ? word : `Field${word}`}${what}`;
}

function inner(step: string | number, write: Write, value: unknown): unknown {
  try {
    return write(value);
  } catch (error) {
    throw DataError.within(step, error);
  }
}
