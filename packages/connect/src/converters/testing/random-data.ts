import type { SeededRandom } from "@ottla/base/simulated";
import { dateSchema, decimalSchema, scaleOf, timeSchema, timestampSchema } from "../../data/logical-types.ts";
import { DATE, DECIMAL, TIME, TIMESTAMP } from "../../data/logical-names.ts";
import { makeSchema } from "../../data/make-schema.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { setField } from "../../data/struct-value.ts";

const PLAIN = ["int8", "int16", "int32", "int64", "float", "double", "boolean", "string", "bytes"] as const;
const FIELDS = [
  "a",
  "b_c",
  "bC",
  "id",
  "Name",
  "at",
  "a.b",
  "x y",
  "message",
  "constructor",
  "ümlaut",
  "0",
  "_",
  "value",
  "__proto__",
] as const;
const NAMES = ["shop.Order", "x", "shop.Order2", "a-b.c", "ConnectDefault1", "Order", 'q"\\\n'] as const;
const TEXTS = ["", "a", "12", "grün \u{1f375}", 'q"\\\n\u0001\u007f', "NaN", "null", "\ufffd"] as const;
const LONGS = [0n, 1n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 1_700_000_000_000n] as const;
const DOUBLES = [0, -0, 1, -1.5, 0.1, 1e21, 1e22, 1.5e-7, 5e-324, 1.797e308, NaN, Infinity, -Infinity, 2 ** 60] as const;
const TIMES = [0, 1, -1, 86_400_000, 1_700_000_000_123, -62_135_596_800_000, 253_402_300_799_999] as const;

/** Schemas of Connect's data model, whatever they can be, and values of them. */
export class RandomData {
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  schema(depth = 3): ConnectSchema {
    const random = this.#random;
    if (depth > 0 && random.chance(0.35)) return this.#dressed(this.#nested(depth));
    return this.#dressed(random.chance(0.25) ? this.#logical() : makeSchema({ type: random.pick(PLAIN) }));
  }

  struct(depth = 3): ConnectSchema {
    const fields = FIELDS.filter(() => this.#random.chance(0.35)).map((name) => ({ name, schema: this.schema(depth - 1) }));
    return makeSchema({ type: "struct", fields });
  }

  value(schema: ConnectSchema): unknown {
    if (schema.optional && this.#random.chance(0.3)) return null;
    return this.present(schema);
  }

  #nested(depth: number): ConnectSchema {
    const kind = this.#random.pick(["struct", "struct", "array", "map"] as const);
    if (kind === "struct") return this.struct(depth);
    const valueSchema = this.schema(depth - 1);
    if (kind === "array") return makeSchema({ type: "array", valueSchema });
    const keySchema = this.#random.chance(0.6)
      ? makeSchema({ type: "string" })
      : this.#dressed(makeSchema({ type: this.#random.pick(PLAIN) }));
    return makeSchema({ type: "map", keySchema, valueSchema });
  }

  #logical(): ConnectSchema {
    const make = this.#random.pick([dateSchema, timeSchema, timestampSchema, undefined]);
    return make === undefined ? decimalSchema(this.#random.nextInt(6) - 1) : make();
  }

  #dressed(schema: ConnectSchema): ConnectSchema {
    const random = this.#random;
    const isLogical = schema.name !== undefined;
    const dressed = makeSchema({
      ...schema,
      optional: random.chance(0.35),
      ...(!isLogical && random.chance(0.25) ? { name: random.pick(NAMES) } : {}),
      ...(!isLogical && random.chance(0.15) ? { version: random.nextInt(5) } : {}),
      ...(random.chance(0.15) ? { doc: 'what it "is"\n' } : {}),
      ...(!isLogical && random.chance(0.15) ? { parameters: random.chance(0.8) ? { p: "1", 'o"\n': "" } : {} } : {}),
    });
    return random.chance(0.2) ? makeSchema({ ...dressed, defaultValue: this.present(dressed) }) : dressed;
  }

  present(schema: ConnectSchema): unknown {
    const random = this.#random;
    switch (schema.name) {
      case DECIMAL:
        return { unscaled: random.pick(LONGS) * (random.chance(0.2) ? 2n ** 70n : 1n), scale: scaleOf(schema) };
      case DATE:
        return new Date((random.nextInt(3_000_000) - 719_162) * 86_400_000);
      case TIME:
        return new Date(random.nextInt(86_400_001));
      case TIMESTAMP:
        return new Date(random.pick(TIMES));
      case undefined:
      default:
        return this.#ofType(schema);
    }
  }

  #ofType(schema: ConnectSchema): unknown {
    const random = this.#random;
    const count = random.nextInt(4);
    switch (schema.type) {
      case "int8":
        return random.nextInt(256) - 128;
      case "int16":
        return random.nextInt(65_536) - 32_768;
      case "int32":
        return random.chance(0.3) ? random.pick([0, 2 ** 31 - 1, -(2 ** 31)]) : random.nextInt(1000);
      case "int64":
        return random.pick(LONGS);
      case "float":
        return Math.fround(random.pick(DOUBLES));
      case "double":
        return random.pick(DOUBLES);
      case "boolean":
        return random.chance(0.5);
      case "string":
        return random.pick(TEXTS);
      case "bytes":
        return random.bytes(random.nextInt(6));
      case "array":
        return Array.from({ length: count }, () => this.value(schema.valueSchema!));
      case "map": {
        // A default is written down as Connect's JSON, which has no null among the texts that are a map's keys.
        const keys = schema.keySchema!;
        const key = (): unknown => (keys.type === "string" ? this.present(keys) : this.value(keys));
        const entries = Array.from({ length: count }, (): [unknown, unknown] => [key(), this.value(schema.valueSchema!)]);
        return new Map(entries);
      }
      case "struct": {
        const value: Record<string, unknown> = {};
        for (const field of schema.fields!) setField(value, field.name, this.value(field.schema));
        return value;
      }
    }
  }
}
