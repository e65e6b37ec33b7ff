import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJson } from "../json/parse-json.ts";
import type { JsonObject } from "../json/json-value.ts";
import type { RegistryRecord, SchemaVersion } from "../subjects/registry-record.ts";
import { RegistryState } from "../subjects/registry-state.ts";
import { claimRecord, TopicCodec, type TopicRecord } from "./topic-codec.ts";

const version = (more: Partial<SchemaVersion> = {}): SchemaVersion => ({
  subject: "orders-value",
  version: 2,
  id: 7,
  guid: "00000000-0000-0000-0000-000000000007",
  schemaType: "AVRO",
  schema: '{"type":"string"}',
  references: [],
  metadata: undefined,
  ruleSet: undefined,
  isDeleted: false,
  ...more,
});
const ruleSet = parseJson('{"domainRules":[{"name":"r","params":{"2":"x","1":9223372036854775807}}]}') as JsonObject;
const subject = "orders-value";
const changes: readonly [RegistryRecord, string, string | null][] = [
  [
    { type: "SCHEMA", subject, version: 2, value: version() },
    '{"keytype":"SCHEMA","subject":"orders-value","version":2,"magic":1}',
    '{"subject":"orders-value","version":2,"id":7,"guid":"00000000-0000-0000-0000-000000000007","schema":"{\\"type\\":\\"string\\"}","deleted":false}',
  ],
  [
    {
      type: "SCHEMA",
      subject,
      version: 2,
      value: version({
        schemaType: "PROTOBUF",
        schema: 'syntax = "proto3";',
        references: [{ name: "a.proto", subject: "a", version: 1 }],
        metadata: { tags: { f: ["PII"] }, properties: { owner: "me" }, sensitive: ["owner"] },
        ruleSet,
        isDeleted: true,
      }),
    },
    '{"keytype":"SCHEMA","subject":"orders-value","version":2,"magic":1}',
    '{"subject":"orders-value","version":2,"id":7,"guid":"00000000-0000-0000-0000-000000000007","schemaType":"PROTOBUF","references":[{"name":"a.proto","subject":"a","version":1}],"metadata":{"tags":{"f":["PII"]},"properties":{"owner":"me"},"sensitive":["owner"]},"ruleSet":{"domainRules":[{"name":"r","params":{"2":"x","1":9223372036854775807}}]},"schema":"syntax = \\"proto3\\";","deleted":true}',
  ],
  [{ type: "SCHEMA", subject, version: 2, value: null }, '{"keytype":"SCHEMA","subject":"orders-value","version":2,"magic":1}', null],
  [
    { type: "CONFIG", subject: null, value: { compatibilityLevel: "FULL", overrideRuleSet: ruleSet } },
    '{"keytype":"CONFIG","subject":null,"magic":0}',
    '{"compatibilityLevel":"FULL","overrideRuleSet":{"domainRules":[{"name":"r","params":{"2":"x","1":9223372036854775807}}]}}',
  ],
  [
    {
      type: "CONFIG",
      subject,
      value: {
        alias: "a",
        normalize: true,
        compatibilityGroup: "g",
        compatibilityPolicy: "LENIENT",
        defaultMetadata: { properties: { a: "b" } },
      },
    },
    '{"keytype":"CONFIG","subject":"orders-value","magic":0}',
    '{"alias":"a","normalize":true,"compatibilityGroup":"g","compatibilityPolicy":"LENIENT","defaultMetadata":{"properties":{"a":"b"}}}',
  ],
  [{ type: "CONFIG", subject, value: null }, '{"keytype":"CONFIG","subject":"orders-value","magic":0}', null],
  [{ type: "MODE", subject: null, value: "READONLY" }, '{"keytype":"MODE","subject":null,"magic":0}', '{"mode":"READONLY"}'],
  [
    { type: "MODE", subject, value: "IMPORT" },
    '{"keytype":"MODE","subject":"orders-value","magic":0}',
    '{"subject":"orders-value","mode":"IMPORT"}',
  ],
  [
    { type: "DELETE_SUBJECT", subject, version: 3 },
    '{"keytype":"DELETE_SUBJECT","subject":"orders-value","magic":0}',
    '{"subject":"orders-value","version":3}',
  ],
  [{ type: "CLEAR_SUBJECT", subject }, '{"keytype":"CLEAR_SUBJECT","subject":"orders-value","magic":0}', '{"subject":"orders-value"}'],
];
const bytes = (text: string | null): Buffer | null => (text === null ? null : Buffer.from(text));

test("every change is written as all registries write it, and read again", () => {
  const codec = new TopicCodec();
  for (const [record, key, value] of changes) {
    const written = codec.write(record);
    assert.deepEqual(
      written.map((each) => [each.key.toString(), each.value?.toString() ?? null]),
      [[key, value]],
    );
    assert.deepEqual(codec.read(bytes(key), bytes(value)), { kind: "change", record });
  }
  const claim = { id: "c", url: "http://a:1", topicId: "t" };
  const record = claimRecord(claim);
  assert.equal(String(record.key), '{"keytype":"NOOP","magic":0}');
  assert.deepEqual(codec.read(record.key, record.value), { kind: "claim", claim });
  for (const value of [null, "{}", "1", '{"claim":1,"url":"u","topicId":"t"}']) {
    assert.deepEqual(codec.read(record.key, value === null ? null : Buffer.from(value)), { kind: "claim", claim: undefined });
  }
});

test("what other registries write is read: other orders, other words, parts that are unknown", () => {
  const codec = new TopicCodec();
  const read = codec.read(
    bytes('{"magic":1,"version":2,"subject":"s","keytype":"SCHEMA"}'),
    bytes('{"deleted":false,"schema":"\\"int\\"","id":3,"version":2,"subject":"s","md5":"x","ts":1,"metadata":null,"references":[]}'),
  );
  assert.ok(read.kind === "change" && read.record.type === "SCHEMA");
  const { guid, ...value } = read.record.value as SchemaVersion;
  assert.match(guid, /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  const { guid: _guid, ...wanted } = version({ subject: "s", id: 3, schema: '"int"' });
  assert.deepEqual(value, wanted);
  assert.deepEqual(codec.read(bytes('{"keytype":"CONFIG","magic":0}'), bytes('{"compatibility":"full","x":1}')), {
    kind: "change",
    record: { type: "CONFIG", subject: null, value: { compatibilityLevel: "FULL" } },
  });
  for (const key of ['{"keytype":"ASSOC","x":1}', '{"keytype":"CONTEXT","tenant":"default","context":".c"}']) {
    assert.deepEqual(codec.read(bytes(key), null), { kind: "other" });
  }
});

test("references that others wrote without a context are of the context of who refers", () => {
  const codec = new TopicCodec();
  const state = new RegistryState();
  const put = (subject: string, id: number, schema: string, references: readonly object[] = []): void => {
    const key = Buffer.from(JSON.stringify({ keytype: "SCHEMA", subject, version: 1, magic: 1 }));
    const read = codec.read(key, Buffer.from(JSON.stringify({ subject, version: 1, id, references, schema, deleted: false })));
    assert.ok(read.kind === "change");
    state.apply(read.record);
  };
  put("city", 1, '{"type":"record","name":"City","fields":[]}');
  put(":.c:city", 1, '{"type":"record","name":"City","fields":[{"name":"a","type":"int"}]}');
  put(":.c:order", 2, '{"type":"array","items":"City"}', [{ name: "City", subject: "city", version: 1 }]);
  put(":.c:far", 3, '{"type":"map","values":"City"}', [{ name: "City", subject: ":.:city", version: 1 }]);
  assert.deepEqual(
    state.referrers(":.c:city", 1).map(({ subject }) => subject),
    [":.c:order"],
  );
  assert.deepEqual(
    state.referrers("city", 1).map(({ subject }) => subject),
    [":.c:far"],
  );
});

test("what is damaged is passed over with the reason", () => {
  const key = '{"keytype":"SCHEMA","subject":"s","version":1,"magic":1}';
  const damaged: [Buffer | null, Buffer | null, RegExp][] = [
    [null, null, /it has no key/],
    [Buffer.from([0xff]), null, /not valid/],
    [bytes("{"), null, /line 1, column 2/],
    [bytes("[]"), null, /the key is no JSON object/],
    [bytes("{}"), null, /the key has no "keytype"/],
    [bytes('{"keytype":"SCHEMA","subject":1,"version":1}'), null, /"subject" is no text/],
    [bytes('{"keytype":"SCHEMA","subject":"s","version":1e9}'), null, /"version" is no whole number/],
    [bytes(key), bytes("1"), /the value is no JSON object/],
    [bytes(key), Buffer.from([0x22, 0xff, 0x22]), /not valid/],
    [bytes(key), bytes('{"id":1}'), /"schema" is no text/],
    [bytes(key), bytes('{"schema":"x"}'), /"id" is no whole number/],
    [bytes(key), bytes('{"schema":"x","id":-1}'), /"id" is no whole number/],
    [bytes(key), bytes('{"schema":"x","id":1,"schemaType":"XML"}'), /"schemaType" is "XML"/],
    [bytes(key), bytes('{"schema":"x","id":1,"references":[1]}'), /what is no object/],
    [bytes('{"keytype":"MODE","subject":null,"magic":0}'), bytes('{"mode":"X"}'), /"mode" is none/],
    [bytes('{"keytype":"DELETE_SUBJECT","subject":"s","magic":0}'), bytes("{}"), /"version" is no whole number/],
  ];
  for (const [badKey, value, problem] of damaged) {
    const read = new TopicCodec().read(badKey, value);
    assert.ok(read.kind === "damaged", `${badKey} ${value}`);
    assert.match(read.problem, problem);
  }
});

test("a schema that was deleted for ever stays so, whatever form its key once had, also after compaction", () => {
  const foreign: TopicRecord = {
    key: Buffer.from('{"subject":"s","version":1,"magic":1,"keytype":"SCHEMA"}'),
    value: Buffer.from('{"subject":"s","version":1,"id":1,"schema":"\\"int\\"","deleted":true}'),
  };
  const topic: TopicRecord[] = [foreign];
  const codec = new TopicCodec();
  codec.read(foreign.key, foreign.value);
  topic.push(...codec.write({ type: "SCHEMA", subject: "s", version: 1, value: null }));
  // What compaction leaves when the time of deletions is over.
  const last = new Map(topic.map((record, index) => [record.key.toString(), index]));
  const left = topic.filter((record, index) => last.get(record.key.toString()) === index && record.value !== null);
  const state = new RegistryState();
  for (const record of left) {
    const read = new TopicCodec().read(record.key, record.value);
    if (read.kind === "change") state.apply(read.record);
  }
  assert.deepEqual([...state.subjects()], []);
});

test("a change under a key that has other forms is what is read again", () => {
  const codec = new TopicCodec();
  codec.read(bytes('{"subject":null,"keytype":"CONFIG","magic":0}'), bytes('{"compatibilityLevel":"NONE"}'));
  const state = new RegistryState();
  const written = codec.write({ type: "CONFIG", subject: null, value: { compatibilityLevel: "FULL" } });
  assert.equal(written.length, 2);
  for (const record of written) {
    const read = codec.read(record.key, record.value);
    if (read.kind === "change") state.apply(read.record);
  }
  assert.equal(state.ownConfig(null)?.compatibilityLevel, "FULL");
  assert.equal(codec.write({ type: "CONFIG", subject: null, value: null }).length, 1, "the other form is gone once that was read");
});
