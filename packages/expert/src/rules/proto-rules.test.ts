import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFile } from "../lint/lint-file.ts";
import { jsonSchemaRules } from "./json-schema-rules.ts";
import { protoRules } from "./proto-rules.ts";

const rulesOf = async (path: string, text: string): Promise<readonly string[]> =>
  (await lintFile({ path, text })).findings.map(({ rule, line }) => `${rule}@${line}`);

for (const { id, name, examples } of protoRules)
  test(`${id} ${name} fires on Protobuf where it should, and not on what is right`, async () => {
    for (const { text, hits } of examples) {
      const found = await rulesOf("order.proto", text);
      assert.equal(found.filter((each) => each.startsWith(id)).length, hits, `${text} ${found.join(" ")}`);
    }
  });

for (const { id, name, examples } of jsonSchemaRules)
  test(`${id} ${name} fires on JSON Schema where it should, and not on what is right`, async () => {
    for (const { schema, hits } of examples) {
      const text = JSON.stringify({ $schema: "https://json-schema.org/draft/2020-12/schema", ...schema }, undefined, 1);
      const found = await rulesOf("order.schema.json", text);
      assert.equal(found.filter((each) => each.startsWith(id)).length, hits, `${text} ${found.join(" ")}`);
    }
  });

const ORDER = `syntax = "proto2"; // old
package shop.v1;
import "google/protobuf/timestamp.proto";
option (my.option) = { a: 1 b: { c: "}" } };

/** An order;
 *  as placed. */
message Order {
  option deprecated = false;
  reserved 2, 4 to 6, 100 to max; reserved "old_name", 'older';
  optional string id = 1 [deprecated = true, (x.y) = { z: ";" }];
  oneof how { string card = 3; Iban iban = 7; }
  map<string, Line> lines = 8;
  repeated group Item = 9 { required int32 count = 1; }
  // ottla: allow SCH-09 because it was never sent
  optional double price = 5;
  enum State { STATE_UNKNOWN = 0; STATE_PAID = 1 [(q) = 1]; reserved 3; }
  message Line { extensions 4 to 10; optional int32 event_version = 1; }
  extend Foreign { optional int32 bar = 126; }
}
message Iban {}
`;

test("a file with all that the grammar has is walked to its end, and findings have their lines", async () => {
  assert.deepEqual(await rulesOf("order.proto", ORDER), ["SCH-09@14", "SCH-06@16", "SCH-13@18", "SCH-15@21"]);
});

test("of calls only what breaks the wire is told", async () => {
  const text =
    'syntax = "proto3";\nservice S { rpc Get(Req) returns (Req) { option (x) = {a: "b"}; } }\nmessage Req { double price = 1; string a = 1; }\n';
  assert.deepEqual(await rulesOf("s.proto", text), ["SCH-09@3"]);
});

test("what is no Protobuf is said, half of one too, and nesting without end is no crash", async () => {
  for (const text of ['syntax = "proto3";\nmessage A { string', "message A { string a 1; }", "mess"]) {
    const { notChecked, findings } = await lintFile({ path: "a.proto", text });
    assert.equal(findings.length, 0);
    assert.match(notChecked[0]?.reason ?? "", /no Protobuf/, text);
  }
  const deep = `syntax = "proto3";${"message A {".repeat(5000)}${"}".repeat(5000)}`;
  assert.match((await lintFile({ path: "a.proto", text: deep })).notChecked[0]!.reason, /deep|depth/);
});

test("a JSON Schema of something else than records is passed over", async () => {
  const text = JSON.stringify({ $schema: "http://json-schema.org/draft-07/schema#", type: "object", properties: { a: {} } });
  assert.deepEqual(await rulesOf("config/settings.json", text), []);
  assert.deepEqual(await rulesOf("events/order.json", text), ["SCH-10@1", "SCH-19@1", "SCH-15@1"]);
});
