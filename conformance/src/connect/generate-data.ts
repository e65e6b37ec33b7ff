import type { SeededRandom } from "@ottla/base/simulated";
import type { CaseSchema, CaseValue } from "./case.ts";

const FIELDS = ["a", "b", "c", "id", "name", "at", "a.b", "x y"] as const;
const NAMES = ["shop.Order", "x"] as const;
const PLAIN = ["int8", "int16", "int32", "int64", "float", "double", "boolean", "string", "bytes"] as const;
const LOGICAL = "org.apache.kafka.connect.data.";
const TEXTS = [
  "",
  "a",
  "12",
  "-7",
  "1.5",
  "true",
  "TRUE",
  "2024-02-29",
  "2024-02-29T12:30:45.123Z",
  "grün \u{1f375}",
  'q"\\\n\u0001',
  "NaN",
  "300",
  " 5",
  "+3",
  "1e3",
] as const;
const WHOLE = [
  "0",
  "1",
  "-1",
  "127",
  "128",
  "-129",
  "32768",
  "2147483648",
  "1700000000000",
  "9007199254740993",
  "9223372036854775807",
  "-9223372036854775808",
] as const;
const DOUBLES = [0, 1, -1.5, 0.1, 1e10, 1.5e-7, 3.4e38, 300.7, -129.9, 2 ** 40] as const;
/** From 1600 on: before 1582 the two calendars differ, of which date-format's own tests are. */
const TIMES = [0, 1, 86_400_000, 43_200_123, 1_700_000_000_123, -1, -86_400_000, 253_402_300_799_999, -11_676_096_000_000] as const;

/** Schemas and values of Connect's data, all from a seed. */
export class DataGenerator {
  readonly random: SeededRandom;

  constructor(random: SeededRandom) {
    this.random = random;
  }

  schema(depth = 2): CaseSchema {
    const { random } = this;
    if (depth > 0 && random.chance(0.25)) return this.#nested(depth);
    if (random.chance(0.25)) return this.#logical();
    return this.#dressed({ type: random.pick(PLAIN), optional: false }, 0.15);
  }

  struct(depth = 2): CaseSchema {
    const { random } = this;
    const names = FIELDS.filter(() => random.chance(0.5));
    return this.#dressed({ type: "struct", optional: false, fields: names.map((name) => [name, this.schema(depth - 1)] as const) }, 0);
  }

  #nested(depth: number): CaseSchema {
    const { random } = this;
    const kind = random.pick(["struct", "array", "map"]);
    if (kind === "struct") return this.struct(depth);
    if (kind === "array") return this.#dressed({ type: "array", optional: false, items: this.schema(depth - 1) }, 0.1);
    const keys: CaseSchema = { type: random.chance(0.7) ? "string" : "int32", optional: false };
    return this.#dressed({ type: "map", optional: false, keys, values: this.schema(depth - 1) }, 0);
  }

  #logical(): CaseSchema {
    const { random } = this;
    const kind = random.pick(["Decimal", "Date", "Time", "Timestamp"]);
    const type = kind === "Decimal" ? "bytes" : kind === "Timestamp" ? "int64" : "int32";
    const schema: CaseSchema = { type, optional: random.chance(0.3), name: LOGICAL + kind, version: 1 };
    const scaled = kind === "Decimal" ? { ...schema, parameters: { scale: String(random.nextInt(4)) } } : schema;
    return random.chance(0.15) ? { ...scaled, default: this.#present(scaled) } : scaled;
  }

  #dressed(schema: CaseSchema, defaults: number): CaseSchema {
    const { random } = this;
    const dressed: CaseSchema = {
      ...schema,
      optional: random.chance(0.3),
      ...(random.chance(0.15) ? { name: random.pick(NAMES) } : {}),
      ...(random.chance(0.1) ? { version: random.nextInt(5) } : {}),
      ...(random.chance(0.1) ? { doc: "what it is" } : {}),
      ...(random.chance(0.1) ? { parameters: { p: "1", o: "x" } } : {}),
    };
    return random.chance(defaults) ? { ...dressed, default: this.#present(dressed) } : dressed;
  }

  value(schema: CaseSchema): CaseValue {
    return schema.optional && this.random.chance(0.25) ? null : this.#present(schema);
  }

  #present(schema: CaseSchema): CaseValue {
    const { random } = this;
    switch (schema.name) {
      case `${LOGICAL}Decimal`:
        return ["dec", String(random.nextInt(100_000) - 50_000), Number(schema.parameters!["scale"])];
      case `${LOGICAL}Date`:
        return ["date", (random.nextInt(60_000) - 20_000) * 86_400_000];
      case `${LOGICAL}Time`:
        return ["date", random.nextInt(86_400_000)];
      case `${LOGICAL}Timestamp`:
        return ["date", random.chance(0.5) ? random.pick(TIMES) : random.nextInt(2 ** 41)];
      case undefined:
      default:
        return this.#ofType(schema);
    }
  }

  #ofType(schema: CaseSchema): CaseValue {
    const { random } = this;
    const count = random.nextInt(3);
    switch (schema.type) {
      case "int8":
        return ["i8", random.nextInt(256) - 128];
      case "int16":
        return ["i16", random.nextInt(65_536) - 32_768];
      case "int32":
        return ["i32", random.chance(0.3) ? random.pick([0, 2 ** 31 - 1, -(2 ** 31)]) : random.nextInt(2 ** 32) - 2 ** 31];
      case "int64":
        return ["i64", random.pick(WHOLE)];
      case "float":
        return ["f", this.#bits(4)];
      case "double":
        return ["d", this.#bits(8)];
      case "boolean":
        return ["z", random.chance(0.5)];
      case "string":
        return ["s", random.pick(TEXTS)];
      case "bytes":
        return ["b", random.bytes(random.nextInt(6)).toString("base64")];
      case "array":
        return ["l", Array.from({ length: count }, () => this.value(schema.items!))];
      case "map": {
        const keys = [...new Set(Array.from({ length: count }, () => JSON.stringify(this.value(schema.keys!))))];
        return ["m", keys.map((key) => [JSON.parse(key), this.value(schema.values!)])];
      }
      default:
        return ["o", schema.fields!.map(([name, own]) => [name, this.value(own)])];
    }
  }

  #bits(byteLength: 4 | 8): string {
    const bytes = Buffer.alloc(byteLength);
    const number = this.random.pick(DOUBLES);
    if (byteLength === 4) bytes.writeFloatBE(Math.abs(number) > 3.4e38 ? 1 : number);
    else bytes.writeDoubleBE(number);
    return bytes.toString("hex");
  }

  /** A value without a schema. */
  plain(depth = 2): CaseValue {
    const { random } = this;
    const kind = random.nextInt(depth > 0 ? 8 : 6);
    switch (kind) {
      case 0:
        return null;
      case 1:
        return ["z", random.chance(0.5)];
      case 2:
        return ["i64", random.pick(WHOLE)];
      case 3:
        return ["d", this.#fraction()];
      case 4:
      case 5:
        return ["s", random.pick(TEXTS)];
      case 6:
        return ["l", Array.from({ length: random.nextInt(3) }, () => this.plain(depth - 1))];
      default:
        return this.plainObject(depth - 1);
    }
  }

  plainObject(depth = 2): CaseValue {
    const names = FIELDS.filter(() => this.random.chance(0.5));
    return ["m", names.map((name) => [["s", name], this.plain(depth)])];
  }

  /** Whole numbers without a schema are whole numbers, so that these are none. */
  #fraction(): string {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(this.random.pick([-1.5, 0.1, 300.7, -129.9, 1.5e-7]));
    return bytes.toString("hex");
  }

  fieldName(): string {
    return this.random.pick(FIELDS);
  }
}
