import { type DescField, type DescMessage, type DescOneof, ScalarType } from "@bufbuild/protobuf";
import { functionOf } from "@ottla/base";
import { irregular } from "./irregular.ts";
import { scalarWriter, SIZED, type Write } from "./write-scalars.ts";

const DEPTH_MAX = 100;

/** Makes what writes messages as the library would, of values that are as they should be. @throws Irregular for all others. Undefined where no code may be made. */
export function compileMessageWriter(message: DescMessage): Write | undefined {
  return new MessageWriters().of(message);
}

class MessageWriters {
  readonly #known = new Map<DescMessage, Write>();

  of(message: DescMessage): Write | undefined {
    const known = this.#known.get(message);
    if (known !== undefined) return known;
    // A message that stands in itself is met before it is made.
    this.#known.set(message, (out, value) => made!(out, value));
    const made = this.#make(message);
    if (made !== undefined) this.#known.set(message, made);
    return made;
  }

  #make(message: DescMessage): Write | undefined {
    const parts: { readonly name: string; readonly number: number; readonly write: Write }[] = [];
    for (const field of message.fields) {
      if (field.oneof !== undefined) continue;
      const write = this.#field(field);
      if (write === undefined) return undefined;
      parts.push({ name: field.localName, number: field.number, write });
    }
    for (const oneof of message.oneofs) {
      // A field that only tells whether it is there has a oneof that nobody sees.
      const write = this.#oneof(oneof);
      if (write === undefined) return undefined;
      parts.push({ name: oneof.localName, number: Math.min(...oneof.fields.map(({ number }) => number)), write });
    }
    // As the library has them; of a oneof whose numbers are among others' it is not known before.
    if (message.oneofs.some(({ fields }) => fields.some(({ number }) => parts.some((part) => isBetween(part.number, fields, number)))))
      return undefined;
    parts.sort((left, right) => left.number - right.number);
    const lines = parts.map(
      ({ name }, index) => `v = value[${JSON.stringify(name)}]; if (v !== undefined) { count++; w${index}(out, v); }`,
    );
    const body = `return function writeMessage(out, value) {
      if (typeof value !== "object" || value === null || ++out.depth > ${DEPTH_MAX}) throw irregular;
      let v = value.$typeName;
      let count = 0;
      if (v !== undefined) { count++; if (v !== ${JSON.stringify(message.typeName)}) throw irregular; }
      ${lines.join("\n      ")}
      for (const _ in value) count--;
      if (count !== 0) {
        for (const name in value) if (value[name] === undefined) count++;
        if (count !== 0) throw irregular;
      }
      out.depth--;
    }`;
    const make = functionOf(["irregular", ...parts.map((_part, index) => `w${index}`)], body);
    return make?.(irregular, ...parts.map(({ write }) => write)) as Write | undefined;
  }

  #field(field: DescField): Write | undefined {
    if (field.fieldKind === "list") return this.#list(field);
    if (field.fieldKind === "map") return this.#map(field);
    const write = this.#tagged(field);
    if (write === undefined || field.fieldKind === "message" || field.presence === 1) return write;
    // What has its default is not written.
    return (out, value) => {
      if (value === "" || value === false || value === 0n || (value === 0 && !Object.is(value, -0))) return;
      if (value instanceof Uint8Array && value.length === 0) return;
      write(out, value);
    };
  }

  #oneof({ fields }: DescOneof): Write | undefined {
    const writes = new Map<unknown, Write>();
    for (const field of fields) {
      const write = this.#tagged(field);
      if (write === undefined) return undefined;
      writes.set(field.localName, write);
    }
    return (out, value) => {
      if (typeof value !== "object" || value === null) throw irregular;
      const { case: chosen, value: given } = value as { readonly case?: unknown; readonly value?: unknown };
      if (chosen === undefined && given === undefined) return;
      const write = writes.get(chosen);
      if (write === undefined) throw irregular;
      write(out, given);
    };
  }

  /** Tag and value. */
  #tagged(field: DescField): Write | undefined {
    if (field.message !== undefined) return this.#message(field.number, field.message);
    const { wire, write } = scalarWriter(field.scalar ?? ScalarType.INT32);
    const tag = (field.number << 3) | wire;
    return (out, value) => {
      out.varint(tag);
      write(out, value);
    };
  }

  #message(number: number, message: DescMessage): Write | undefined {
    const write = this.of(message);
    const tag = (number << 3) | SIZED;
    return write === undefined
      ? undefined
      : (out, value) => {
          out.varint(tag);
          out.ensure(1);
          const start = out.at++;
          // What began as a placeholder is asked again, so that a message may stand in itself.
          write(out, value);
          out.close(start);
        };
  }

  #list(field: DescField & { readonly fieldKind: "list" }): Write | undefined {
    const isPacked = field.packed;
    if (!isPacked) {
      const each = this.#tagged(field);
      if (each === undefined) return undefined;
      return (out, value) => {
        if (!Array.isArray(value)) throw irregular;
        for (let index = 0; index < value.length; index++) each(out, value[index]);
      };
    }
    const { write } = scalarWriter(field.scalar ?? ScalarType.INT32);
    const tag = (field.number << 3) | SIZED;
    return (out, value) => {
      if (!Array.isArray(value)) throw irregular;
      if (value.length === 0) return;
      out.varint(tag);
      out.ensure(1);
      const start = out.at++;
      for (let index = 0; index < value.length; index++) write(out, value[index]);
      out.close(start);
    };
  }

  #map(field: DescField & { readonly fieldKind: "map" }): Write | undefined {
    // Other keys are texts in the program and numbers on the wire: the library's work.
    if (field.mapKey !== ScalarType.STRING) return undefined;
    const inside = field.message === undefined ? undefined : this.#message(2, field.message);
    if (field.message !== undefined && inside === undefined) return undefined;
    const { wire, write } = scalarWriter(field.scalar ?? ScalarType.INT32);
    const tag = (field.number << 3) | SIZED;
    const valueTag = (2 << 3) | wire;
    return (out, value) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) throw irregular;
      for (const key of Object.keys(value)) {
        out.varint(tag);
        out.ensure(2);
        const start = out.at++;
        out.bytes[out.at++] = (1 << 3) | SIZED;
        out.text(key);
        const given = (value as Readonly<Record<string, unknown>>)[key];
        if (inside !== undefined) inside(out, given);
        else {
          out.varint(valueTag);
          write(out, given);
        }
        out.close(start);
      }
    };
  }
}

function isBetween(number: number, fields: readonly DescField[], own: number): boolean {
  const first = Math.min(...fields.map((field) => field.number));
  return number > first && number < own && !fields.some((field) => field.number === number);
}
