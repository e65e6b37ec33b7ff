import { type Change, changeList, changeMap, isObject, same, toNumber, within } from "../standard-schema/change-values.ts";
import { type RecordShape, ShapeMap, type TypeShape, type UnionShape } from "../standard-schema/type-shape.ts";
import { ValueProblem } from "../serde/format-engine.ts";
import { hasAvroDefault } from "./avro-of-type.ts";
import { setOwn } from "./record-code.ts";

/** A type's values as the Avro serde takes and gives them. */
export interface AvroTypeValues {
  readonly toWire: Change;
  readonly fromWire: Change;
}

export function avroTypeValues(root: RecordShape, namespace: string): AvroTypeValues {
  return new ValuesOfType(namespace).of(root);
}

const SAME: AvroTypeValues = { toWire: same, fromWire: same };

class ValuesOfType {
  readonly #namespace: string;
  readonly #known = new ShapeMap<AvroTypeValues>();

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  of(shape: TypeShape): AvroTypeValues {
    switch (shape.kind) {
      case "long":
        return { toWire: same, fromWire: toNumber };
      case "list": {
        const { fromWire, toWire } = this.of(shape.items);
        return { toWire: changeList(toWire), fromWire: changeList(fromWire) };
      }
      case "map": {
        const { fromWire, toWire } = this.of(shape.values);
        return { toWire: changeMap(toWire), fromWire: changeMap(fromWire) };
      }
      case "union":
        return shape.discriminator === undefined ? this.#plainUnion(shape) : this.#records(shape);
      case "record":
        return this.#known.of(
          shape,
          (now) => ({ toWire: (value) => now().toWire(value), fromWire: (value) => now().fromWire(value) }),
          () => this.#record(shape),
        );
      case "bigint":
      case "boolean":
      case "bytes":
      case "date":
      case "decimal":
      case "double":
      case "enum":
      case "float":
      case "instant":
      case "int":
      case "null":
      case "string":
      case "uuid":
        return SAME;
    }
  }

  #record({ fields }: RecordShape): AvroTypeValues {
    const parts = fields.map((field) => ({ ...field, ...this.of(field.type), hasDefault: hasAvroDefault(field) }));
    const byName = new Map(parts.map((part) => [part.name, part]));
    return {
      toWire(value) {
        if (!isObject(value)) return value;
        let changed: object | undefined;
        for (const name of Object.keys(value)) {
          const part = byName.get(name);
          const given = value[name];
          if (part === undefined) {
            if (given === undefined) continue;
            throw new ValueProblem(`/${name}`, "the type has no such property");
          }
          if (given == null || part.toWire === same) continue;
          const now = within(name, part.toWire, given);
          if (now === given) continue;
          changed ??= { ...value };
          setOwn(changed, name, now);
        }
        return changed ?? value;
      },
      fromWire(value) {
        const read = value as Readonly<Record<string, unknown>>;
        const made = {};
        for (const { fromWire, isNullable, name } of parts) {
          const given = read[name];
          if (given == null) {
            // What was left out, and null is none of its values.
            if (isNullable) setOwn(made, name, null);
          } else setOwn(made, name, fromWire === same ? given : within(name, fromWire, given));
        }
        return made;
      },
    };
  }

  /** Branches that values tell apart: only numbers and objects differ here from there. */
  #plainUnion({ branches }: UnionShape): AvroTypeValues {
    const parts = branches.map((branch) => ({ kind: branch.kind, ...this.of(branch) }));
    const list = parts.find(({ kind }) => kind === "list");
    const object = parts.find(({ kind }) => kind === "map" || kind === "record");
    const number = parts.find(({ kind }) => kind === "long");
    const partOf = (value: unknown): AvroTypeValues => {
      if (Array.isArray(value)) return list ?? SAME;
      if (typeof value === "bigint") return number ?? SAME;
      return isObject(value) && !(value instanceof Date) && !(value instanceof Uint8Array) ? (object ?? SAME) : SAME;
    };
    return { toWire: (value) => partOf(value).toWire(value), fromWire: (value) => partOf(value).fromWire(value) };
  }

  /** Two records stand in an object under their names; one is as it is. */
  #records({ branches, discriminator }: UnionShape): AvroTypeValues {
    const { branchOf, property } = discriminator!;
    const records = branches.filter((branch): branch is RecordShape => branch.kind === "record");
    const parts = records.map((record) => ({
      ...this.of(record),
      name: this.#namespace === "" ? record.name : `${this.#namespace}.${record.name}`,
    }));
    const byName = new Map(parts.map((part) => [part.name, part]));
    return {
      toWire(value) {
        if (!isObject(value)) return value;
        const part = parts[branchOf.get(value[property] as string) ?? -1];
        if (part === undefined) throw new ValueProblem(`/${property}`, `it must be one of ${[...branchOf.keys()].join(", ")}`);
        return { [part.name]: part.toWire(value) };
      },
      fromWire(value) {
        if (!isObject(value)) return value;
        const [name = ""] = Object.keys(value);
        return byName.get(name)?.fromWire(value[name]) ?? value;
      },
    };
  }
}
