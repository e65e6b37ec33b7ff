import { SeededRandom } from "@ottla/base/simulated";
import type { CaseRecord, CaseSchema, CaseValue, ConnectCase } from "./case.ts";
import { DataGenerator } from "./generate-data.ts";

const TRANSFORMS = "org.apache.kafka.connect.transforms.";
const CONVERTERS = "org.apache.kafka.connect.converters.";
const JSON_CONVERTER = "org.apache.kafka.connect.json.JsonConverter";
const TYPES = ["int8", "int16", "int32", "int64", "float32", "float64", "boolean", "string"] as const;
const FORMATS = [
  "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'",
  "yyyy-MM-dd",
  "yyyyMMdd",
  "yyyyMMddHHmmssSSS",
  "EEE, dd MMM yyyy HH:mm:ss z",
  "EEEE d MMMM yy hh:mm a",
  "yyyy-MM-dd'T'HH:mm:ssX",
  "yyyy-MM-dd HH:mm:ss.SSSZ",
  "HH:mm",
  "D/yyyy G",
  "k K H h",
  "yyyy'''' u F",
  "dd.MM.yyyy HH:mm:ssXXX",
] as const;
const TOPICS = ["orders", "shop.orders", "shop-orders-eu", "x"] as const;

/** Cases from a seed: every third one a chain, most of one transform, and the converters. */
export class CaseGenerator {
  readonly #random: SeededRandom;
  readonly #data: DataGenerator;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.#data = new DataGenerator(this.#random);
  }

  case(): ConnectCase {
    const kind = this.#random.nextInt(11);
    if (kind < 5) return { kind: "transform", steps: [this.#step()], record: this.#record() };
    if (kind < 6) return { kind: "transform", steps: [this.#step(), this.#step(), this.#step()], record: this.#record() };
    if (kind < 7) return this.#predicate();
    if (kind < 10) return kind < 9 ? this.#write() : this.#read();
    return this.#header();
  }

  #record(): CaseRecord {
    const random = this.#random;
    const [keySchema, key] = this.#part();
    const [valueSchema, value] = this.#part();
    const header = (): readonly [string, CaseSchema | null, CaseValue] => {
      const schema = this.#data.schema(0);
      return [this.#data.fieldName(), schema, this.#data.value(schema)];
    };
    // A sink's record has a partition and an offset.
    const offset = random.chance(0.5) ? random.pick(["0", "17", "9007199254740993"]) : null;
    return {
      topic: random.pick(TOPICS),
      partition: offset !== null || random.chance(0.5) ? random.nextInt(5) : null,
      keySchema,
      key,
      valueSchema,
      value,
      headers: Array.from({ length: random.nextInt(3) }, header),
      timestampMs: random.chance(0.8) ? random.nextInt(2 ** 41) : null,
      offset,
    };
  }

  #part(): readonly [CaseSchema | null, CaseValue] {
    const random = this.#random;
    if (random.chance(0.35)) return [null, random.chance(0.75) ? this.#data.plainObject() : this.#data.plain()];
    const schema = random.chance(0.75) ? this.#data.struct() : this.#data.schema();
    return [schema, this.#data.value(schema)];
  }

  #names(most = 3): readonly string[] {
    return [...new Set(Array.from({ length: 1 + this.#random.nextInt(most) }, () => this.#data.fieldName()))];
  }

  #step(): { readonly class: string; readonly config: Readonly<Record<string, string>> } {
    const random = this.#random;
    const [name, config] = random.pick(this.#transforms)();
    const sides = ["$Value", "$Value", "$Value", "$Key"];
    const isOneSided = ["DropHeaders", "Filter", "InsertHeader", "RegexRouter", "TimestampRouter", "ValueToKey"].includes(name);
    return {
      class: TRANSFORMS + name + (isOneSided ? "" : random.pick(sides)),
      config: { ...config, ...(random.chance(0.3) ? { "replace.null.with.default": "false" } : {}) },
    };
  }

  readonly #transforms: readonly (() => readonly [string, Readonly<Record<string, string>>])[] = [
    () => [
      "Cast",
      {
        spec: this.#random.chance(0.2)
          ? this.#random.pick(TYPES)
          : this.#names()
              .map((name) => `${name}:${this.#random.pick(TYPES)}`)
              .join(","),
      },
    ],
    () => ["Cast", { spec: this.#random.pick(["int32,a:int8", "", "a:b:c", "a:bytes", "what"]) }],
    () => ["DropHeaders", { headers: this.#names().join(",") }],
    () => ["ExtractField", { field: this.#data.fieldName(), ...(this.#random.chance(0.3) ? { "field.syntax.version": "V2" } : {}) }],
    () => [
      "ExtractField",
      {
        field: this.#random.pick(["a.b", "a.b.c", "`a.b`", "`a.b`.c", "a.", ".a", "`a", "`a\\`.b`", "b.id"]),
        "field.syntax.version": "V2",
      },
    ],
    () => ["Filter", {}],
    () => ["Flatten", this.#random.chance(0.5) ? {} : { delimiter: "_" }],
    () => {
      const names = this.#names();
      const headers = names.map((_, index) => (this.#random.chance(0.05) ? "" : `h${index}`)).join(",");
      return ["HeaderFrom", { fields: names.join(","), headers, operation: this.#random.pick(["move", "copy"]) }];
    },
    () => ["InsertHeader", { header: "new", "value.literal": this.#random.pick(HEADER_TEXTS.filter((text) => text !== "")) }],
    () => ["HoistField", { field: this.#data.fieldName() }],
    () => {
      const places = ["topic.field", "partition.field", "offset.field", "timestamp.field", "static.field"].filter(() =>
        this.#random.chance(0.4),
      );
      const config = Object.fromEntries(
        places.map((place) => [
          place,
          (this.#random.chance(0.2) ? this.#data.fieldName() : `new.${place}`) + this.#random.pick(["", "?", "!"]),
        ]),
      );
      return ["InsertField", { ...config, ...(this.#random.chance(0.9) ? { "static.value": "fixed" } : {}) }];
    },
    () => [
      "MaskField",
      {
        fields: this.#names().join(","),
        ...(this.#random.chance(0.5) ? { replacement: this.#random.pick(["7", "***", "1.5", "999999"]) } : {}),
      },
    ],
    () => [
      "RegexRouter",
      {
        regex: this.#random.pick(["(.*)", "shop[.-](.*)", "(?<first>[a-z]+)\\.(.*)", "o.*", "(x)|(orders)", "shop"]),
        replacement: this.#random.pick(["new-$1", "$1_$2", "${first}", "a\\$b", "$0-$1$10", "plain", "$"]),
      },
    ],
    () => [
      "ReplaceField",
      {
        ...(this.#random.chance(0.4) ? { exclude: this.#names().join(",") } : {}),
        ...(this.#random.chance(0.4) ? { include: this.#names().join(",") } : {}),
        ...(this.#random.chance(0.5) ? { renames: this.#random.pick(["a:z", "a:b", "id:key,name:label", "a", "a:b:c"]) } : {}),
      },
    ],
    () => [
      "SetSchemaMetadata",
      {
        ...(this.#random.chance(0.7) ? { "schema.name": "new.Name" } : {}),
        ...(this.#random.chance(0.5) ? { "schema.version": "9" } : {}),
      },
    ],
    () => this.#timestampConverter(),
    () => this.#timestampConverter(),
    () => [
      "TimestampRouter",
      {
        ...(this.#random.chance(0.5) ? { "timestamp.format": this.#random.pick(FORMATS) } : {}),
        ...(this.#random.chance(0.3) ? { "topic.format": "p.${topic}.${timestamp}$" } : {}),
      },
    ],
    () => ["ValueToKey", { fields: this.#names(2).join(",") }],
  ];

  #timestampConverter(): readonly [string, Readonly<Record<string, string>>] {
    const random = this.#random;
    return [
      "TimestampConverter",
      {
        "target.type": random.pick(["string", "unix", "Date", "Time", "Timestamp"]),
        ...(random.chance(0.7) ? { field: this.#data.fieldName() } : {}),
        ...(random.chance(0.8) ? { format: random.pick(FORMATS) } : {}),
        ...(random.chance(0.5) ? { "unix.precision": random.pick(["seconds", "milliseconds", "microseconds", "nanoseconds"]) } : {}),
      },
    ];
  }

  #predicate(): ConnectCase {
    const random = this.#random;
    const [name, config] = random.pick([
      ["HasHeaderKey", { name: this.#data.fieldName() }],
      ["RecordIsTombstone", {}],
      ["TopicNameMatches", { pattern: random.pick(["orders", ".*orders.*", "x|y", "[a-z.]+"]) }],
    ] as const);
    return { kind: "predicate", class: `${TRANSFORMS}predicates.${name}`, config, record: this.#record() };
  }

  #header(): ConnectCase {
    const random = this.#random;
    const converter = { class: "org.apache.kafka.connect.storage.SimpleHeaderConverter", config: {} };
    if (random.chance(0.4)) {
      const [schema, value] = this.#part();
      return { kind: "write-header", ...converter, schema, value };
    }
    const text = random.chance(0.5)
      ? random.pick(HEADER_TEXTS)
      : Array.from({ length: 1 + random.nextInt(6) }, () => random.pick(HEADER_PIECES)).join("");
    return { kind: "read-header", ...converter, bytes: Buffer.from(text).toString("base64") };
  }

  #jsonConfig(): Readonly<Record<string, string>> {
    const random = this.#random;
    return {
      "schemas.enable": String(random.chance(0.6)),
      ...(random.chance(0.4) ? { "decimal.format": random.pick(["NUMERIC", "BASE64", "numeric"]) } : {}),
      ...(random.chance(0.3) ? { "replace.null.with.default": "false" } : {}),
    };
  }

  #write(): ConnectCase {
    const random = this.#random;
    const [schema, value] = this.#part();
    if (random.chance(0.7)) return { kind: "write", class: JSON_CONVERTER, config: this.#jsonConfig(), schema, value };
    const type = random.pick(["int16", "int32", "int64", "float", "double", "boolean", "string", "bytes"]);
    const own: CaseSchema = { type, optional: random.chance(0.5) };
    const name = {
      int16: "Short",
      int32: "Integer",
      int64: "Long",
      float: "Float",
      double: "Double",
      boolean: "Boolean",
      bytes: "ByteArray",
    }[type as "int16"];
    const converter = name === undefined ? "org.apache.kafka.connect.storage.StringConverter" : `${CONVERTERS}${name}Converter`;
    return random.chance(0.8)
      ? { kind: "write", class: converter, config: {}, schema: own, value: this.#data.value(own) }
      : { kind: "write", class: converter, config: {}, schema, value };
  }

  #read(): ConnectCase {
    const random = this.#random;
    if (random.chance(0.3)) {
      const name = random.pick(["Short", "Integer", "Long", "Float", "Double", "Boolean", "ByteArray"]);
      const bytes = random.chance(0.1) ? null : random.bytes(random.pick([1, 2, 4, 8, 0])).toString("base64");
      return { kind: "read", class: `${CONVERTERS}${name}Converter`, config: {}, bytes };
    }
    const text = random.pick(READ_TEXTS);
    return { kind: "read", class: JSON_CONVERTER, config: this.#jsonConfig(), bytes: Buffer.from(text).toString("base64") };
  }
}

const inEnvelope = (schema: string, payload: string): string => `{"schema":${schema},"payload":${payload}}`;
const READ_TEXTS: readonly string[] = [
  "null",
  "5",
  "[1,2.5,null,true]",
  '{"a":{"b":[1]}}',
  "{",
  '{"schema":null,"payload":{"a":9007199254740993,"b":1.5}}',
  '{"payload":1,"schema":{"type":"int32"}}',
  '{"schema":{"type":"int32"},"payload":1,"more":2}',
  inEnvelope('{"type":"int8","optional":true}', "null"),
  inEnvelope('{"type":"int8"}', "null"),
  inEnvelope('{"type":"int8","default":5}', "null"),
  inEnvelope('{"type":"int64","name":"org.apache.kafka.connect.data.Timestamp","version":1}', "1700000000123"),
  inEnvelope('{"type":"int32","name":"org.apache.kafka.connect.data.Date","version":1}', "19000"),
  inEnvelope('{"type":"int32","name":"org.apache.kafka.connect.data.Time","version":1}', "86400001"),
  inEnvelope('{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal","version":1,"parameters":{"scale":"2"}}', '"BOI="'),
  inEnvelope('{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal","version":1,"parameters":{"scale":"2"}}', "12.50"),
  inEnvelope('{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal","version":1,"parameters":{"scale":"2"}}', "1e3"),
  inEnvelope('{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal","version":1}', '"BOI="'),
  inEnvelope('{"type":"map","keys":{"type":"int32"},"values":{"type":"string"}}', '[[1,"a"],[2,"b"]]'),
  inEnvelope('{"type":"map","keys":{"type":"string"},"values":{"type":"double"}}', '{"a":1,"b":2.5}'),
  inEnvelope('{"type":"map","keys":{"type":"string"},"values":{"type":"double"}}', "[1]"),
  inEnvelope('{"type":"array","items":{"type":"float","optional":true}}', "[0.1,null,3]"),
  inEnvelope('{"type":"array"}', "[]"),
  inEnvelope('{"type":"what"}', "1"),
  inEnvelope(
    '{"type":"struct","fields":[{"field":"a","type":"int64"},{"field":"b","type":"string","optional":true,"default":"x"}]}',
    '{"a":9223372036854775807,"c":1}',
  ),
  inEnvelope(
    '{"type":"struct","fields":[{"field":"a","type":"int64"}],"name":"n","version":3,"doc":"d","parameters":{"p":"1"}}',
    '{"a":1}',
  ),
  inEnvelope('{"type":"struct","fields":[{"type":"int64"}]}', '{"a":1}'),
  // Names that stand there twice.
  '{"a":1,"b":2,"a":3}',
  '{"a":{"x":1},"a":{"y":2}}',
  '{"a":1,"a":null}',
  inEnvelope('{"type":"struct","fields":[{"field":"a","type":"int64"},{"field":"b","type":"int64"}]}', '{"a":1,"b":2,"a":3}'),
  inEnvelope('{"type":"struct","fields":[{"field":"a","type":"int64"},{"field":"b","type":"int64"}]}', '{"a":1,"a":3,"b":2}'),
  inEnvelope('{"type":"struct","fields":[{"field":"a","type":"int64","optional":true}]}', '{"a":1,"a":null}'),
  inEnvelope('{"type":"map","keys":{"type":"string"},"values":{"type":"int64"}}', '{"a":1,"b":2,"a":3}'),
  inEnvelope('{"type":"map","keys":{"type":"string"},"values":{"type":"int32"}}', '{"a":1,"a":2}'),
  inEnvelope('{"type":"map","keys":{"type":"int32"},"values":{"type":"int32"}}', "[[1,1],[1,2]]"),
  inEnvelope('{"type":"int32","type":"int64"}', "1"),
  '{"schema":{"type":"int32"},"payload":1,"payload":2}',
  '{"schema":{"type":"int32"},"schema":{"type":"string"},"payload":"x"}',
  '{"schema":{"type":"int32"},"payload":1,"schema":{"type":"int64"}}',
  '{"schema":{"type":"struct","fields":[{"field":"a","type":"int32"}]},"payload":{"a":1},"payload":{"a":2}}',
  inEnvelope('{"type":"struct","fields":[{"field":"a","type":"int64"}]}', "[]"),
];

const HEADER_TEXTS: readonly string[] = [
  "",
  "a text",
  "null",
  "true",
  " true ",
  "TRUE",
  "0",
  "-7",
  "+7",
  "127",
  "128",
  "40000",
  "2147483648",
  "9223372036854775807",
  "9223372036854775808",
  "1e25",
  "1e400",
  "12.5",
  "0.1",
  "1.0",
  "1e3",
  "2024-02-29",
  "2024-13-45",
  "12:30:45.123Z",
  "2024-02-29T12:30:45.123Z",
  "2024-02-29T12\\:30\\:45.123Z",
  "12ab",
  "[1,2,3]",
  "[1, 200, 3.5]",
  '["a","b"]',
  '["a",1]',
  "[]",
  "{}",
  "[1,]",
  "[1",
  '{"a":1,"b":2}',
  '{"a":[1,2],"b":[]}',
  '{1:"x",2:null}',
  "[null,1]",
  "[true,false]",
  '["2024-02-29",null]',
  "[12:30:45.123Z]",
  '{"a":{"b":1}}',
  '"quoted"',
  'a"b',
  "10.0.0.1",
  "2024",
  "-",
];
const HEADER_PIECES: readonly string[] = [
  "1",
  "2.5",
  '"a"',
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  " ",
  "null",
  "true",
  "x",
  "\\",
  '"',
  "-3",
  "300",
];
