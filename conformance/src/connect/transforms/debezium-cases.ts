import type { CaseRecord, CaseSchema, CaseValue, ConnectCase } from "../case.ts";

const [ER, LR, NS] = ["outbox.EventRouter", "ByLogicalTableRouter", "ExtractNewRecordState"].map(
  (name) => `io.debezium.transforms.${name}`,
) as [string, string, string];
type Config = Readonly<Record<string, string>>;
type Field = readonly [string, CaseSchema];

const f = (type: string, optional = false, more: object = {}): CaseSchema => ({ type, optional, ...more });
const row = (fields: readonly Field[]): CaseSchema => ({ type: "struct", optional: true, name: "s.public.outbox.Value", fields });
const base: readonly Field[] = [
  ["id", f("string")],
  ["aggregatetype", f("string")],
  ["aggregateid", f("string")],
  ["type", f("string")],
  ["payload", f("string", true)],
  ["n", f("int32", true)],
  ["at", f("int64", true)],
];
const withPayload = (schema: CaseSchema): readonly Field[] => base.map(([name, own]) => [name, name === "payload" ? schema : own]);
const timed = (name: string): CaseSchema => env(row([...base, ["t", f("int64", false, { name, version: 1 })]]));
const source: CaseSchema = {
  type: "struct",
  optional: false,
  name: "io.debezium.connector.postgresql.Source",
  fields: [
    ["table", f("string")],
    ["ts_ms", f("int64")],
  ],
};
const env = (rows: CaseSchema, version?: number): CaseSchema => ({
  type: "struct",
  optional: false,
  name: "s.public.outbox.Envelope",
  ...(version === undefined ? {} : { version }),
  fields: [
    ["before", rows],
    ["after", rows],
    ["source", source],
    ["op", f("string")],
    ["ts_ms", f("int64", true)],
  ],
});
const object = (fields: Readonly<Record<string, CaseValue>>): CaseValue => ["o", Object.entries(fields)];
const list = (texts: readonly string[]): CaseValue => ["l", texts.map((text) => ["s", text])];
const arr: CaseSchema = { type: "array", optional: true, items: f("string") };
const rowValue = (other: Readonly<Record<string, CaseValue>> = {}): CaseValue =>
  object({
    id: ["s", "e1"],
    aggregatetype: ["s", "Order"],
    aggregateid: ["s", "7"],
    type: ["s", "Created"],
    payload: ["s", '{"a":1,"b":[1,2],"c":null,"d":{"e":"x"},"f":1.5,"g":true}'],
    n: ["i32", 3],
    at: ["i64", "1700000000001"],
    ...other,
  });
const src = object({ table: ["s", "outbox"], ts_ms: ["i64", "5"] });
const change = (op: string, before: CaseValue, after: CaseValue): CaseValue =>
  object({ before, after, source: src, op: ["s", op], ts_ms: ["i64", "1600000000000"] });
const rec = (value: CaseValue, schema: CaseSchema | null = env(row(base)), more: Partial<CaseRecord> = {}): CaseRecord => ({
  topic: "s.public.outbox",
  partition: null,
  keySchema: { type: "struct", optional: false, name: "s.public.outbox.Key", fields: [["id", f("string")]] },
  key: object({ id: ["s", "e1"] }),
  valueSchema: value === null ? null : schema,
  value,
  headers: [],
  timestampMs: null,
  offset: null,
  ...more,
});
type Named = readonly [name: string, asked: ConnectCase];
const asked = (name: string, config: Config, record: CaseRecord): ConnectCase => ({
  kind: "transform",
  steps: [{ class: name, config }],
  record,
});
const c = change("c", null, rowValue());
const ex = (payload: string): Named => [
  `expand ${payload}`,
  asked(ER, { "table.expand.json.payload": "true" }, rec(change("c", null, rowValue({ payload: ["s", payload] })))),
];
const drop = (config: Config, names: CaseValue): ConnectCase =>
  asked(NS, config, rec(c, env(row(base)), { headers: [["unchanged", arr, names]] }));

/** What Debezium's transforms and ours are asked, each by its name. */
export const debeziumCases: readonly Named[] = [
  ["plain", asked(ER, {}, rec(c))],
  ["headers kept", asked(ER, {}, rec(c, env(row(base)), { headers: [["h", f("string"), ["s", "x"]]], partition: 4, timestampMs: 9 }))],
  ["snapshot r", asked(ER, {}, rec(change("r", null, rowValue())))],
  ["update", asked(ER, {}, rec(change("u", rowValue(), rowValue())))],
  ["update fatal", asked(ER, { "table.op.invalid.behavior": "fatal" }, rec(change("u", rowValue(), rowValue())))],
  ["delete", asked(ER, {}, rec(change("d", rowValue(), null)))],
  ["truncate", asked(ER, {}, rec(change("t", null, null)))],
  ["message m", asked(ER, {}, rec(change("m", null, rowValue())))],
  ["tombstone", asked(ER, {}, rec(null))],
  [
    "heartbeat",
    asked(
      ER,
      {},
      rec(object({ ts_ms: ["i64", "5"] }), {
        type: "struct",
        optional: false,
        name: "io.debezium.connector.common.Heartbeat",
        fields: [["ts_ms", f("int64")]],
      }),
    ),
  ],
  [
    "placements",
    asked(ER, { "table.fields.additional.placement": "type:header:eventType,n:envelope,at:envelope:when,n:partition" }, rec(c)),
  ],
  ["placement header no alias", asked(ER, { "table.fields.additional.placement": "type:header" }, rec(c))],
  [
    "placement null",
    asked(ER, { "table.fields.additional.placement": "n:header,n:envelope:m" }, rec(change("c", null, rowValue({ n: null })))),
  ],
  [
    "placement null partition",
    asked(ER, { "table.fields.additional.placement": "n:partition" }, rec(change("c", null, rowValue({ n: null })))),
  ],
  ["placement unknown", asked(ER, { "table.fields.additional.placement": "zzz:header" }, rec(c))],
  ["placement bad", asked(ER, { "table.fields.additional.placement": "type:what" }, rec(c))],
  ["placement bad2", asked(ER, { "table.fields.additional.placement": "type" }, rec(c))],
  ["ts field", asked(ER, { "table.field.event.timestamp": "at" }, rec(c))],
  ["ts field null", asked(ER, { "table.field.event.timestamp": "at" }, rec(change("c", null, rowValue({ at: null }))))],
  ["ts unknown", asked(ER, { "table.field.event.timestamp": "zz" }, rec(c))],
  ["ts string", asked(ER, { "table.field.event.timestamp": "type" }, rec(c))],
  ["version", asked(ER, { "table.field.event.schema.version": "n" }, rec(c))],
  ["version env", asked(ER, { "table.field.event.schema.version": "n", "table.fields.additional.placement": "type:envelope" }, rec(c))],
  [
    "version null",
    asked(
      ER,
      { "table.field.event.schema.version": "n", "table.fields.additional.placement": "type:envelope" },
      rec(change("c", null, rowValue({ n: null }))),
    ),
  ],
  ["key other", asked(ER, { "table.field.event.key": "n" }, rec(c))],
  ["key null", asked(ER, { "table.field.event.key": "n" }, rec(change("c", null, rowValue({ n: null }))))],
  ["key unknown", asked(ER, { "table.field.event.key": "zz" }, rec(c))],
  ["id unknown", asked(ER, { "table.field.event.id": "zz" }, rec(c))],
  ["payload unknown", asked(ER, { "table.field.event.payload": "zz" }, rec(c))],
  ["route other", asked(ER, { "route.by.field": "type", "route.topic.replacement": "ev.${routedByValue}" }, rec(c))],
  ["route null", asked(ER, { "route.by.field": "n" }, rec(c))],
  ["route unknown", asked(ER, { "route.by.field": "zz" }, rec(c))],
  ["route regex", asked(ER, { "route.topic.regex": "(?<a>O)(.*)", "route.topic.replacement": "x.${a}-$2" }, rec(c))],
  ["route regex no match", asked(ER, { "route.topic.regex": "zzz", "route.topic.replacement": "x" }, rec(c))],
  ["payload null", asked(ER, {}, rec(change("c", null, rowValue({ payload: null }))))],
  ["payload null tomb", asked(ER, { "route.tombstone.on.empty.payload": "true" }, rec(change("c", null, rowValue({ payload: null }))))],
  [
    "payload empty tomb",
    asked(ER, { "route.tombstone.on.empty.payload": "true" }, rec(change("c", null, rowValue({ payload: ["s", ""] })))),
  ],
  [
    "payload spaces tomb",
    asked(ER, { "route.tombstone.on.empty.payload": "true" }, rec(change("c", null, rowValue({ payload: ["s", "  "] })))),
  ],
  [
    "tomb envelope",
    asked(
      ER,
      { "route.tombstone.on.empty.payload": "true", "table.fields.additional.placement": "type:envelope" },
      rec(change("c", null, rowValue({ payload: null }))),
    ),
  ],
  ["expand", asked(ER, { "table.expand.json.payload": "true" }, rec(c))],
  ["expand env", asked(ER, { "table.expand.json.payload": "true", "table.fields.additional.placement": "type:envelope" }, rec(c))],
  ["expand bytes null", asked(ER, { "table.expand.json.payload": "true", "table.json.payload.null.behavior": "optional_bytes" }, rec(c))],
  ...[
    "[1,2]",
    '[{"a":1},{"b":2}]',
    "[]",
    "{}",
    "5",
    '"x"',
    "not json",
    '{"a":[]}',
    '{"a":[1,"x"]}',
    '{"a":[1,2.5]}',
    '{"a":[null]}',
    '{"a":12345678901}',
    '{"a":12345678901234567890}',
    "[[1],[2]]",
    ' {"a":1}',
    '{"a":[{"x":1},{"x":null,"y":2}]}',
    '{"a":1} x',
    '{"a":null}',
    '{"a":{}}',
    '{"a":1e3}',
    '{"a b":1}',
  ].map(ex),
  ["LR plain", asked(LR, { "topic.regex": "(.*)outbox", "topic.replacement": "$1all" }, rec(c))],
  ["LR no match", asked(LR, { "topic.regex": "zz", "topic.replacement": "$1all" }, rec(c))],
  ["LR find not match", asked(LR, { "topic.regex": "public", "topic.replacement": "x" }, rec(c))],
  [
    "LR key regex",
    asked(
      LR,
      {
        "topic.regex": "(.*)outbox",
        "topic.replacement": "$1all",
        "key.field.name": "t",
        "key.field.regex": "(.*)\\.outbox",
        "key.field.replacement": "$1!",
      },
      rec(c),
    ),
  ],
  [
    "LR key regex no match",
    asked(
      LR,
      {
        "topic.regex": "(.*)outbox",
        "topic.replacement": "$1all",
        "key.field.name": "t",
        "key.field.regex": "zzz",
        "key.field.replacement": "$1!",
      },
      rec(c),
    ),
  ],
  ["LR not unique", asked(LR, { "topic.regex": "(.*)outbox", "topic.replacement": "$1all", "key.enforce.uniqueness": "false" }, rec(c))],
  ["LR tombstone", asked(LR, { "topic.regex": "(.*)outbox", "topic.replacement": "$1all" }, rec(null))],
  [
    "LR no key",
    asked(LR, { "topic.regex": "(.*)outbox", "topic.replacement": "$1all" }, rec(c, env(row(base)), { keySchema: null, key: null })),
  ],
  [
    "LR not envelope",
    asked(
      LR,
      { "topic.regex": "(.*)outbox", "topic.replacement": "$1all" },
      rec(object({ ts_ms: ["i64", "5"] }), { type: "struct", optional: false, name: "x.y.Value", fields: [["ts_ms", f("int64")]] }),
    ),
  ],
  ["LR empty topic", asked(LR, { "topic.regex": ".*", "topic.replacement": "" }, rec(c))],
  ["LR bad regex", asked(LR, { "topic.regex": "(", "topic.replacement": "" }, rec(c))],
  ["LR regex alone", asked(LR, { "topic.regex": "(.*)outbox", "topic.replacement": "$1all", "key.field.regex": "a" }, rec(c))],
  ["LR version", asked(LR, { "topic.regex": "(.*)outbox", "topic.replacement": "$1all" }, rec(c, env(row(base), 1)))],
  ["LR delete", asked(LR, { "topic.regex": "(.*)outbox", "topic.replacement": "$1all" }, rec(change("d", rowValue(), null)))],

  [
    "topic vs schema",
    asked(ER, { "table.fields.additional.placement": "type:envelope" }, rec(c, env(row(base)), { topic: "other.topic" })),
  ],
  [
    "version field string",
    asked(ER, { "table.field.event.schema.version": "type", "table.fields.additional.placement": "n:envelope" }, rec(c)),
  ],
  [
    "envelope regex",
    asked(
      ER,
      { "route.topic.regex": "O(.*)", "route.topic.replacement": "x$1", "table.fields.additional.placement": "n:envelope" },
      rec(c),
    ),
  ],
  ...["io.debezium.time.Timestamp", "io.debezium.time.MicroTimestamp", "io.debezium.time.NanoTimestamp", "x.Y"].map(
    (n): Named => [
      "ts " + n,
      asked(ER, { "table.field.event.timestamp": "t" }, rec(change("c", null, rowValue({ t: ["i64", "1700000000001500000"] })), timed(n))),
    ],
  ),
  [
    "ts Connect Timestamp",
    asked(
      ER,
      { "table.field.event.timestamp": "t" },
      rec(change("c", null, rowValue({ t: ["date", 1700000000001] })), timed("org.apache.kafka.connect.data.Timestamp")),
    ),
  ],
  [
    "payload bytes",
    asked(
      ER,
      { "table.expand.json.payload": "true" },
      rec(change("c", null, rowValue({ payload: ["b", "e30="] })), env(row(withPayload(f("bytes", true))))),
    ),
  ],
  [
    "payload bytes empty",
    asked(
      ER,
      { "route.tombstone.on.empty.payload": "true" },
      rec(change("c", null, rowValue({ payload: ["b", ""] })), env(row(withPayload(f("bytes", true))))),
    ),
  ],
  [
    "payload struct",
    asked(
      ER,
      {},
      rec(
        change("c", null, rowValue({ payload: object({ z: ["s", "q"] }) })),
        env(row(withPayload({ type: "struct", optional: true, fields: [["z", f("string")]] }))),
      ),
    ),
  ],
  ["op null?", asked(ER, {}, rec(change("x", null, rowValue())))],
  ["schemaless", asked(ER, {}, rec(["o", [["a", ["s", "x"]]]], null))],
  ["ts_ms null", asked(ER, {}, rec(object({ before: null, after: rowValue(), source: src, op: ["s", "c"], ts_ms: null })))],
  ["two placements same", asked(ER, { "table.fields.additional.placement": "n:envelope,n:envelope" }, rec(c))],
  ["placement payload", asked(ER, { "table.fields.additional.placement": "payload:envelope" }, rec(c))],
  ["placement id header", asked(ER, { "table.fields.additional.placement": "id:header" }, rec(c))],
  ["placement partition string", asked(ER, { "table.fields.additional.placement": "type:partition" }, rec(c))],
  ["placement partition long", asked(ER, { "table.fields.additional.placement": "at:partition" }, rec(c))],
  ["placement spaces", asked(ER, { "table.fields.additional.placement": " type : header : x , n:envelope" }, rec(c))],
  ["placement Upper", asked(ER, { "table.fields.additional.placement": "type:HEADER" }, rec(c))],
  ["bad behavior", asked(ER, { "table.op.invalid.behavior": "zz" }, rec(c))],
  ["truncate fatal", asked(ER, { "table.op.invalid.behavior": "fatal" }, rec(change("t", null, null)))],
  ["update fatal2 delete", asked(ER, { "table.op.invalid.behavior": "fatal" }, rec(change("d", rowValue(), null)))],
  ...[
    '{"a":[1,null]}',
    '{"a":[1,12345678901]}',
    '{"a":[1.5,2]}',
    '{"a":[[],[1]]}',
    '{"a":[{}]}',
    '{"a":[{"x":1},{"x":"y"}]}',
    '{"a":[true,false]}',
    '{"a":-5}',
    '{"a":2147483648}',
    '{"a":1.0}',
    '{"a":[{"x":[1]},{"x":[2]}]}',
    '{"a":{"b":{"c":[{"d":1}]}}}',
    "",
    " ",
    "{",
    '{"a":1,"a":2}',
    '{"a":[null,1]}',
    '{"a":["x",null]}',
    '{"a":[{"x":{"p":1}},{"x":{"q":2}}]}',
    '[{"a":1}]',
    '{"a":1e400}',
    '{"":1}',
    '{"a":9223372036854775808}',
    '{"a":0.1234567890123456789}',
    '{"a":["x",[1]]}',
    '{"a":[{"x":1},5]}',
  ].map(ex),
  [
    "LR env name",
    asked(
      LR,
      { "topic.regex": "(.*)outbox", "topic.replacement": "$1all" },
      rec(
        c,
        { ...env(row(base), 2), name: "foo.Envelope", doc: "d", parameters: { a: "b" } },
        { partition: 3, headers: [["h", f("string"), ["s", "x"]]], timestampMs: 7 },
      ),
    ),
  ],
  [
    "LR value name",
    asked(
      LR,
      { "topic.regex": "(.*)outbox", "topic.replacement": "$1all" },
      rec(c, env({ ...row(base), version: 3, doc: "zz", name: "other" })),
    ),
  ],
  ["LR odd topic", asked(LR, { "topic.regex": "(.*)outbox", "topic.replacement": "$1a-l 1" }, rec(c))],
  [
    "LR key scalar",
    asked(
      LR,
      { "topic.regex": "(.*)outbox", "topic.replacement": "$1all" },
      rec(c, env(row(base)), { keySchema: f("string"), key: ["s", "k"] }),
    ),
  ],
  ["LR key dup", asked(LR, { "topic.regex": "(.*)outbox", "topic.replacement": "$1all", "key.field.name": "id" }, rec(c))],
  [
    "LR name dup replacement",
    asked(LR, { "topic.regex": "(.*)outbox", "topic.replacement": "$1all", "key.field.replacement": "zz" }, rec(c)),
  ],
  ["LR schemaless", asked(LR, { "topic.regex": "(.*)outbox", "topic.replacement": "$1all" }, rec(["o", [["a", ["s", "x"]]]], null))],
  [
    "LR schemaless key",
    asked(
      LR,
      { "topic.regex": "(.*)outbox", "topic.replacement": "$1all" },
      rec(c, env(row(base)), { keySchema: null, key: ["o", [["a", ["s", "x"]]]] }),
    ),
  ],
  ["LR strategy", asked(LR, { "topic.regex": "(.*)outbox", "topic.replacement": "$1all", "schema.name.adjustment.mode": "avro" }, rec(c))],
  ["NS drop", drop({ "drop.fields.header.name": "unchanged" }, list(["payload", "n", "type", "zz"]))],
  [
    "NS drop incompatible",
    drop({ "drop.fields.header.name": "unchanged", "drop.fields.keep.schema.compatible": "false" }, list(["payload", "type"])),
  ],
  [
    "NS drop key",
    drop(
      { "drop.fields.header.name": "unchanged", "drop.fields.from.key": "true", "drop.fields.keep.schema.compatible": "false" },
      list(["id", "n"]),
    ),
  ],
  ["NS drop key compat", drop({ "drop.fields.header.name": "unchanged", "drop.fields.from.key": "true" }, list(["id", "n"]))],
  ["NS drop no header", drop({ "drop.fields.header.name": "nope" }, list(["id"]))],
  ["NS drop wrong header", drop({ "drop.fields.header.name": "unchanged" }, null)],
  [
    "NS drop string header",
    asked(NS, { "drop.fields.header.name": "h" }, rec(c, env(row(base)), { headers: [["h", f("string"), ["s", "n"]]] })),
  ],
  ["NS drop empty", drop({ "drop.fields.header.name": "unchanged" }, list([]))],
  [
    "NS drop two headers",
    asked(
      NS,
      { "drop.fields.header.name": "h" },
      rec(c, env(row(base)), {
        headers: [
          ["h", arr, list(["n"])],
          ["h", arr, list(["at"])],
        ],
      }),
    ),
  ],
  [
    "NS drop delete rewrite",
    asked(
      NS,
      { "drop.fields.header.name": "unchanged", "delete.tombstone.handling.mode": "rewrite" },
      rec(change("d", rowValue(), null), env(row(base)), { headers: [["unchanged", arr, list(["n"])]] }),
    ),
  ],
  [
    "NS drop delete tomb",
    asked(
      NS,
      {
        "drop.fields.header.name": "unchanged",
        "delete.tombstone.handling.mode": "delete-to-tombstone",
        "drop.fields.from.key": "true",
        "drop.fields.keep.schema.compatible": "false",
      },
      rec(change("d", rowValue(), null), env(row(base)), { headers: [["unchanged", arr, list(["id"])]] }),
    ),
  ],
  [
    "NS drop add",
    asked(
      NS,
      { "drop.fields.header.name": "unchanged", "add.fields": "op,ts_ms", "drop.fields.keep.schema.compatible": "false" },
      rec(c, env(row(base)), { headers: [["unchanged", arr, list(["n", "__op"])]] }),
    ),
  ],
  ["NS plain", asked(NS, {}, rec(c))],
  ["NS add", asked(NS, { "add.fields": "op,table,source.ts_ms,ts_ms,nothing", "add.headers": "op,table" }, rec(c))],
  ["NS rewrite", asked(NS, { "delete.tombstone.handling.mode": "rewrite", "add.fields": "op" }, rec(change("d", rowValue(), null)))],
  ["NS route", asked(NS, { "route.by.field": "type" }, rec(c))],
  ["NS truncate, rewritten", asked(NS, { "delete.tombstone.handling.mode": "rewrite" }, rec(change("t", null, null)))],
  ["NS truncate", asked(NS, {}, rec(change("t", null, null)))],
  ["NS add headers that are not there", asked(NS, { "add.headers": "op,nothing,source.zz" }, rec(c))],
  ["NS add under another name", asked(NS, { "add.fields": "op:operation,source.table:t", "add.fields.prefix": "x_" }, rec(c))],
  [
    "NS delete to tombstone",
    asked(NS, { "delete.tombstone.handling.mode": "delete-to-tombstone", "add.headers": "op" }, rec(change("d", rowValue(), null))),
  ],
  ["NS tombstone", asked(NS, {}, rec(null))],
  ["NS tombstone dropped", asked(NS, { "delete.tombstone.handling.mode": "drop" }, rec(null))],
  ["NS rewrite of an insert", asked(NS, { "delete.tombstone.handling.mode": "rewrite" }, rec(c))],
  ...["", "drop", "tombstone", "rewrite", "rewrite-with-tombstone", "delete-to-tombstone"].flatMap((mode): readonly Named[] => {
    const config: Config = mode === "" ? {} : { "delete.tombstone.handling.mode": mode };
    return [
      [`NS ${mode}, a deletion`, asked(NS, config, rec(change("d", rowValue(), null)))],
      [`NS ${mode}, a tombstone`, asked(NS, config, rec(null))],
    ];
  }),
];
