import {
  type DescExtension,
  type DescField,
  type DescMessage,
  type DescOneof,
  type FileRegistry,
  getOption,
  hasOption,
} from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import { described } from "../../data/check-value.ts";
import { DataError, shown } from "../../data/data-error.ts";
import { DATE, TIME, TIMESTAMP } from "../../data/logical-names.ts";
import { makeSchema } from "../../data/make-schema.ts";
import type { ConnectType } from "../../data/schema.ts";
import { setField } from "../../data/struct-value.ts";
import { jsonReader } from "../json/json-reader.ts";
import { readJson } from "../json/read-json.ts";
import { type ConnectForm, decimalForm, KEYS, numberIn, scalarForm } from "./leaf-forms.ts";
import { dateOf, timeOf, timestampOf } from "./logical-messages.ts";
import { ENUM, meta, protoTypes, type Said, UNION, UNNAMED } from "./protobuf-names.ts";

export interface ReadingChoices {
  /** Whether structs have their message's full name. */
  readonly fullNames: boolean;
  readonly unionIndex: boolean;
  /** Whether enums are their numbers. */
  readonly intForEnums: boolean;
  /** Whether `google.protobuf.StringValue` and its like are optional scalars. */
  readonly wrappersAsNullables: boolean;
}

type Parts = Readonly<Record<string, unknown>>;

/** What stands in `(confluent.field_meta)` or `(confluent.message_meta)`. */
interface Meta {
  readonly doc: string | undefined;
  readonly said: Said;
}

/**
 * Connect's schemas of the messages of a file.
 * @throws ConnectError CONNECT_DATA for messages that stand in themselves.
 */
export class ConnectOfProto {
  readonly #choices: ReadingChoices;
  readonly #fieldMeta: DescExtension | undefined;
  readonly #messageMeta: DescExtension | undefined;

  constructor(descriptors: FileRegistry, choices: ReadingChoices) {
    this.#choices = choices;
    this.#fieldMeta = descriptors.getExtension("confluent.field_meta");
    this.#messageMeta = descriptors.getExtension("confluent.message_meta");
  }

  /** Of a message that data begins with. */
  root(message: DescMessage): ConnectForm {
    const { said } = metaOf(message, this.#messageMeta);
    const form = this.#messageOf(message, []);
    if (said[meta.wraps] === "true") return form;
    return this.#finish(form, { doc: undefined, said, isOptional: said[meta.optional] === "true" });
  }

  #messageOf(message: DescMessage, path: readonly DescMessage[]): ConnectForm {
    if (path.includes(message)) throw new DataError(`${message.typeName} stands in itself, which no schema of Connect's does`);
    const logical = this.#logicalMessage(message);
    if (logical !== undefined) return logical;
    const inside = [...path, message];
    const { doc, said } = metaOf(message, this.#messageMeta);
    if (said[meta.wraps] === "true" && message.fields.length === 1) return this.#wrapped(message.fields[0]!, inside);
    const parts = this.#fields(message, inside);
    const own = this.#choices.fullNames ? message.typeName : message.name;
    const schema = makeSchema({
      type: "struct",
      name: said[meta.name] ?? (UNNAMED.test(message.name) ? undefined : own),
      doc,
      version: numberIn(said, meta.version),
      parameters: parametersIn(said),
      fields: parts.map(({ name, form }) => ({ name, schema: form.schema })),
    });
    return {
      schema,
      read(value) {
        // Google's wrappers come as what they hold.
        const from: Parts = typeof value === "object" && value !== null && !(value instanceof Uint8Array) ? (value as Parts) : { value };
        const struct: Record<string, unknown> = {};
        for (const { name, at, form } of parts) setField(struct, name, inner(name, form, Object.hasOwn(from, at) ? from[at] : undefined));
        return struct;
      },
    };
  }

  #wrapped(field: DescField, path: readonly DescMessage[]): ConnectForm {
    const form = this.#field(field, path);
    return { schema: form.schema, read: (value) => form.read(own(value, field.localName)) };
  }

  #fields(
    message: DescMessage,
    path: readonly DescMessage[],
  ): readonly { readonly name: string; readonly at: string; readonly form: ConnectForm }[] {
    const parts: { readonly name: string; readonly at: string; readonly form: ConnectForm }[] = [];
    const oneofs = new Set<DescOneof>();
    // By number: registries print oneofs behind all other fields.
    for (const field of message.fields.toSorted((left, right) => left.number - right.number)) {
      const { oneof } = field;
      if (oneof === undefined) {
        const name = metaOf(field, this.#fieldMeta).said[meta.field] ?? field.name;
        parts.push({ name, at: field.localName, form: within(name, () => this.#field(field, path)) });
      } else if (!oneofs.has(oneof)) {
        const name = this.#choices.unionIndex ? `${oneof.name}_${oneofs.size}` : oneof.name;
        oneofs.add(oneof);
        parts.push({ name, at: oneof.localName, form: within(name, () => this.#oneof(oneof, path)) });
      }
    }
    return parts;
  }

  #oneof(oneof: DescOneof, path: readonly DescMessage[]): ConnectForm {
    const parts = oneof.fields.map((field) => {
      const name = metaOf(field, this.#fieldMeta).said[meta.field] ?? field.name;
      return { name, at: field.localName, form: within(name, () => this.#field(field, path)) };
    });
    const byCase = new Map(parts.map((part) => [part.at, part]));
    const schema = makeSchema({
      type: "struct",
      optional: true,
      name: `${UNION}.${oneof.name}`,
      fields: parts.map(({ name, form }) => ({ name, schema: form.schema })),
    });
    return {
      schema,
      read(value) {
        const { case: chosen, value: given } = (value ?? {}) as { readonly case?: string; readonly value?: unknown };
        const part = chosen === undefined ? undefined : byCase.get(chosen);
        if (part === undefined) return null;
        const struct: Record<string, unknown> = {};
        for (const { name } of parts) setField(struct, name, name === part.name ? inner(name, part.form, given) : null);
        return struct;
      },
    };
  }

  #field(field: DescField, path: readonly DescMessage[]): ConnectForm {
    const { doc, said } = metaOf(field, this.#fieldMeta);
    if (field.fieldKind === "list")
      return this.#finish(said[meta.type] === "map" ? this.#entries(field, path) : this.#list(field, said, path), {
        doc,
        said,
        isOptional: false,
      });
    if (field.fieldKind === "map") return this.#finish(this.#map(field, said, path), { doc, said, isOptional: false });
    const isOptional = field.oneof !== undefined || (field.presence === Presence.EXPLICIT && said[meta.optional] !== "false");
    return this.#finish(this.#one(field, said, path), { doc, said, isOptional });
  }

  /** What a field says of its schema, besides its type. */
  #finish({ schema: base, read }: ConnectForm, { doc, isOptional, said }: Meta & { readonly isOptional: boolean }): ConnectForm {
    const isStruct = base.type === "struct";
    const bare = isStruct
      ? makeSchema({ ...base, optional: false, defaultValue: undefined })
      : makeSchema({
          ...base,
          optional: false,
          defaultValue: undefined,
          name: said[meta.name] ?? base.name,
          doc: doc ?? base.doc,
          version: meta.version in said ? numberIn(said, meta.version) : base.version,
          parameters: parametersIn(said) === undefined ? base.parameters : { ...base.parameters, ...parametersIn(said) },
        });
    const json = said[meta.fallback];
    const defaultValue = json === undefined ? undefined : jsonReader(bare, false)(readJson(json, "all"));
    const schema = isOptional || defaultValue !== undefined ? makeSchema({ ...bare, optional: isOptional, defaultValue }) : bare;
    return {
      schema,
      read(value) {
        if (value !== undefined && value !== null) return read(value);
        if (isOptional) return null;
        if (defaultValue !== undefined) return defaultValue;
        throw new DataError(`null is no value of ${described(schema)}, which is not optional`);
      },
    };
  }

  #list(field: DescField & { readonly fieldKind: "list" }, said: Said, path: readonly DescMessage[]): ConnectForm {
    const items = this.#item(field, said, path);
    return {
      schema: makeSchema({ type: "array", valueSchema: items.schema }),
      read: (value) => (value as readonly unknown[]).map((item, index) => inner(index, items, item)),
    };
  }

  #map(field: DescField & { readonly fieldKind: "map" }, said: Said, path: readonly DescMessage[]): ConnectForm {
    const values = this.#item(field, said, path);
    const { read: keyOf, type } = KEYS[field.mapKey] ?? { type: "string", read: (text: string): unknown => text };
    return {
      schema: makeSchema({ type: "map", keySchema: makeSchema({ type }), valueSchema: values.schema }),
      read: (value) => new Map(Object.entries(value as Parts).map(([key, item]) => [keyOf(key), inner(key, values, item)])),
    };
  }

  /** A list of entries, each with a key and a value. */
  #entries(field: DescField & { readonly fieldKind: "list" }, path: readonly DescMessage[]): ConnectForm {
    const { message } = field;
    const [key, value] = ["key", "value"].map((name) => message?.fields.find((each) => each.name === name));
    if (message === undefined || key === undefined || value === undefined)
      throw new DataError(`${field.name} says that it is a map, and has no messages with a key and a value`);
    const inside = [...path, message];
    const [keys, values] = [this.#field(key, inside), this.#field(value, inside)];
    return {
      schema: makeSchema({ type: "map", keySchema: keys.schema, valueSchema: values.schema }),
      read: (entries) =>
        new Map(
          (entries as readonly unknown[]).map((entry, index) => [
            inner(index, keys, own(entry, key.localName)),
            inner(index, values, own(entry, value.localName)),
          ]),
        ),
    };
  }

  /** An element, or a map's value. */
  #item(field: DescField, said: Said, path: readonly DescMessage[]): ConnectForm {
    const ofItems: Said = Object.fromEntries(
      Object.entries(said).flatMap(([key, value]) => (key.startsWith(meta.items) ? [[key.slice(meta.items.length), value]] : [])),
    );
    const form = this.#one(field, ofItems, path);
    // What wraps may be null in it; all else is there.
    if (field.message !== undefined && metaOf(field.message, this.#messageMeta).said[meta.wraps] === "true") return form;
    return this.#finish(form, { doc: undefined, said: ofItems, isOptional: false });
  }

  #one(field: DescField, said: Said, path: readonly DescMessage[]): ConnectForm {
    const { enum: symbols, message, scalar } = field;
    if (message !== undefined) {
      if (message.typeName === protoTypes.decimal.name) return decimalForm(said);
      const isNullable = this.#choices.wrappersAsNullables && WRAPPERS.test(message.typeName);
      if (!isNullable) return this.#messageOf(message, path);
      const form = this.#one(message.fields[0]!, {}, path);
      return {
        schema: form.schema,
        read: (value) => form.read(typeof value === "object" && value !== null && "value" in value ? value.value : value),
      };
    }
    if (symbols !== undefined) return this.#enum(symbols);
    return scalarForm(scalar, said);
  }

  #enum({ name, values }: NonNullable<DescField["enum"]>): ConnectForm {
    const parameters = { [ENUM]: name, ...Object.fromEntries(values.map((value) => [`${ENUM}.${value.name}`, String(value.number)])) };
    if (this.#choices.intForEnums) return { schema: makeSchema({ type: "int32", parameters }), read: (value) => value };
    // The first of two names of one number.
    const symbols = new Map(values.toReversed().map((value) => [value.number, value.name]));
    return {
      schema: makeSchema({ type: "string", parameters }),
      read(value) {
        const symbol = symbols.get(value as number);
        if (symbol !== undefined) return symbol;
        throw new DataError(`${shown(value)} is no number of ${name}; int.for.enums=true takes numbers as they are`);
      },
    };
  }

  #logicalMessage({ typeName }: DescMessage): ConnectForm | undefined {
    const of = (type: ConnectType, name: string, read: (message: Parts) => unknown): ConnectForm => ({
      schema: makeSchema({ type, name, version: 1 }),
      read: (value) => read(value as Parts),
    });
    switch (typeName) {
      case protoTypes.date.name:
        return of("int32", DATE, dateOf);
      case protoTypes.time.name:
        return of("int32", TIME, timeOf);
      case protoTypes.timestamp.name:
        return of("int64", TIMESTAMP, timestampOf);
      case protoTypes.decimal.name:
        return decimalForm({});
      default:
        return undefined;
    }
  }
}

const WRAPPERS = /^google\.protobuf\.(?:Double|Float|U?Int64|U?Int32|Bool|String|Bytes)Value$/;
function metaOf(of: DescField | DescMessage, extension: DescExtension | undefined): Meta {
  if (extension === undefined || !hasOption(of as DescField, extension)) return NONE;
  const { doc, params } = getOption<DescExtension, DescField>(of as DescField, extension) as {
    readonly doc?: string;
    readonly params?: Said;
  };
  return { doc: doc === undefined || doc === "" ? undefined : doc, said: params ?? {} };
}

const NONE: Meta = { doc: undefined, said: {} };

function parametersIn(said: Said): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries(said).filter(([key]) => key.startsWith(meta.parameter));
  if (entries.length === 0) return said[meta.noParameters] === undefined ? undefined : {};
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(meta.parameter.length), value]));
}

/** Fields that are not there have their default at the prototype of proto2's messages. */
function own(message: unknown, name: string): unknown {
  return Object.hasOwn(message as object, name) ? (message as Parts)[name] : undefined;
}

function within<T>(step: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw DataError.within(step, error);
  }
}

function inner(step: string | number, form: ConnectForm, value: unknown): unknown {
  try {
    return form.read(value);
  } catch (error) {
    throw DataError.within(step, error);
  }
}
