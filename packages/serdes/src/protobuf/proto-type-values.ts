import { type DescField, type DescMessage, type DescOneof } from "@bufbuild/protobuf";
import { ValueProblem } from "../serde/format-engine.ts";
import { type Change, changeList, changeMap, isObject, same, toNumber, within } from "../standard-schema/change-values.ts";
import {
  type EnumShape,
  type FieldShape,
  type RecordShape,
  ShapeMap,
  type TypeShape,
  type UnionShape,
} from "../standard-schema/type-shape.ts";
import { setOwn } from "../avro/record-code.ts";
import { branchNames, constantsOf, fieldName } from "./proto-of-type.ts";

/** A type's values as messages, by the descriptor that they are written with. */
export interface ProtoTypeValues {
  readonly toWire: Change;
  readonly fromWire: Change;
}

export function protoTypeValues(root: RecordShape, message: DescMessage): ProtoTypeValues {
  const { fromWire, toWire } = new ValuesOfType().message(root, message);
  return {
    toWire,
    fromWire(value) {
      const { $typeName: written } = value as { readonly $typeName: string };
      if (written !== message.typeName)
        throw new ValueProblem("", `a message ${written} was written, and this serde reads ${message.typeName}`);
      return fromWire(value);
    },
  };
}

/** A property, and where it stands in the message; undefined where the message has no such field. */
interface Part extends ProtoTypeValues {
  readonly field: FieldShape;
  readonly at: string | undefined;
}

class ValuesOfType {
  readonly #known = new ShapeMap<ProtoTypeValues>();

  message(record: RecordShape, message: DescMessage): ProtoTypeValues {
    return this.#known.of(
      record,
      (now) => ({ toWire: (value) => now().toWire(value), fromWire: (value) => now().fromWire(value) }),
      () => this.#record(record, message),
    );
  }

  #record({ fields }: RecordShape, message: DescMessage): ProtoTypeValues {
    const parts = fields.map((field) => this.#part(field, message));
    const byName = new Map(parts.map((part) => [part.field.name, part]));
    return {
      toWire(value) {
        if (!isObject(value)) return value;
        const made = {};
        for (const name of Object.keys(value)) {
          const given = value[name];
          if (given == null) continue;
          const part = byName.get(name);
          if (part === undefined) throw new ValueProblem(`/${name}`, "the type has no such property");
          if (part.at === undefined) throw new ValueProblem(`/${name}`, `${message.typeName}, as it is registered, has no such field`);
          setOwn(made, part.at, within(name, part.toWire, given));
        }
        return made;
      },
      fromWire(value) {
        const read = value as Readonly<Record<string, unknown>>;
        const made = {};
        for (const { at, field, fromWire } of parts) {
          const { isNullable, isOptional, name } = field;
          const given = at === undefined ? undefined : own(read, at);
          const now = given === undefined ? undefined : within(name, fromWire, given);
          if (now !== undefined) setOwn(made, name, now);
          else if (isNullable && !isOptional) setOwn(made, name, null);
        }
        return made;
      },
    };
  }

  #part(field: FieldShape, message: DescMessage): Part {
    const name = fieldName(field.name, field.path);
    if (field.type.kind === "union") {
      const oneof = message.oneofs.find((each) => each.name === name);
      return { field, at: oneof?.localName, ...(oneof === undefined ? SAME : this.#oneof(field.type, oneof, field.path)) };
    }
    const found = message.fields.find((each) => each.name === name && each.oneof === undefined);
    return { field, at: found?.localName, ...(found === undefined ? SAME : this.#field(field.type, found)) };
  }

  #field(shape: TypeShape, field: DescField): ProtoTypeValues {
    if (shape.kind === "list") {
      const { fromWire, toWire } = this.#one(shape.items, field);
      return { toWire: changeList(toWire), fromWire: changeList(fromWire) };
    }
    if (shape.kind === "map") {
      const { fromWire, toWire } = this.#one(shape.values, field);
      return { toWire: changeMap(toWire), fromWire: changeMap(fromWire) };
    }
    return this.#one(shape, field);
  }

  #one(shape: TypeShape, field: DescField): ProtoTypeValues {
    if (shape.kind === "record") return field.message === undefined ? SAME : this.message(shape, field.message);
    if (shape.kind === "enum") return symbols(shape, field);
    if (shape.kind === "instant") return INSTANT;
    return shape.kind === "long" ? { toWire: same, fromWire: toNumber } : SAME;
  }

  #oneof(union: UnionShape, oneof: DescOneof, path: string): ProtoTypeValues {
    const { branchOf, property } = union.discriminator!;
    const names = branchNames(union, oneof.name, path);
    const parts = [...branchOf.keys()].map((value, index) => {
      const field = oneof.fields.find(({ name }) => name === names[index]);
      const branch = union.branches[branchOf.get(value)!];
      return { at: field?.localName, ...(field === undefined || branch === undefined ? SAME : this.#one(branch, field)) };
    });
    const byValue = new Map([...branchOf.keys()].map((value, index) => [value, parts[index]!]));
    const byCase = new Map(parts.map((part) => [part.at, part]));
    return {
      toWire(value) {
        if (!isObject(value)) return value;
        const part = byValue.get(value[property] as string);
        if (part?.at === undefined)
          throw new ValueProblem(`/${property}`, `it must be one of ${[...branchOf.keys()].join(", ")}, and registered`);
        return { case: part.at, value: part.toWire(value) };
      },
      fromWire(value) {
        const { case: chosen, value: given } = value as { readonly case?: string; readonly value?: unknown };
        return chosen === undefined ? undefined : byCase.get(chosen)?.fromWire(given);
      },
    };
  }
}

const SAME: ProtoTypeValues = { toWire: same, fromWire: same };

const INSTANT: ProtoTypeValues = {
  toWire(value) {
    if (!(value instanceof Date)) return value;
    const ms = value.getTime();
    const seconds = Math.floor(ms / 1_000);
    return { seconds: BigInt(seconds), nanos: (ms - seconds * 1_000) * 1_000_000 };
  },
  fromWire(value) {
    const { nanos, seconds } = value as { readonly seconds: bigint; readonly nanos: number };
    return new Date(Number(seconds) * 1_000 + Math.floor(nanos / 1_000_000));
  },
};

/** A text in the program, a number in the message. 0 is none of the type's: as if it were not there. */
function symbols(shape: EnumShape, { enum: descriptor }: DescField): ProtoTypeValues {
  const constants = constantsOf(shape, "");
  const numbers = new Map<unknown, number>();
  for (const { name, number } of descriptor?.values ?? []) {
    const index = constants.indexOf(name);
    if (index >= 0) numbers.set(shape.symbols[index], number);
  }
  const texts = new Map([...numbers].map(([symbol, number]) => [number, symbol]));
  return {
    toWire: (symbol) => {
      const number = numbers.get(symbol);
      if (number === undefined) throw new ValueProblem("", `${shape.name}, as it is registered, has no value ${JSON.stringify(symbol)}`);
      return number;
    },
    fromWire(number) {
      if (number === 0) return undefined;
      const symbol = texts.get(number as number);
      if (symbol === undefined) throw new ValueProblem("", `the type has no value for ${String(number)} of ${shape.name}`);
      return symbol;
    },
  };
}

/** Fields that are not there have their default at the prototype of proto2's messages alone; names like "constructor" are everybody's. */
function own(message: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(message, name) ? message[name] : undefined;
}
