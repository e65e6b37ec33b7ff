import assert from "node:assert/strict";
import { test } from "node:test";
import { avroFormat } from "../formats/avro/avro-format.ts";
import { loadFormats } from "../formats/load-formats.ts";
import type { SchemaFormats } from "../subjects/schema-reader.ts";
import { MemoryLog } from "../service/memory-log.ts";
import { Registry } from "../service/registry.ts";
import { registryApi } from "./registry-api.ts";

const INT = '{"schema":"\\"int\\""}';
const LONG = '{"schema":"\\"long\\""}';
const STRING = '{"schema":"\\"string\\""}';

/** Calls in their order, and what each answers: `METHOD path [body]` → status and body, a GUID as GUID. */
type Call = readonly [call: string, status: number, answer: unknown];

async function runCalls(calls: readonly Call[], formats: SchemaFormats = { AVRO: avroFormat }): Promise<void> {
  const registry = await Registry.start({ log: new MemoryLog(), formats });
  const api = registryApi({ registry });
  try {
    for (const [call, status, answer] of calls) {
      const [, method = "", path = "", body] = /^(\w+) (\S+) ?(.*)$/su.exec(call) ?? [];
      const hasBody = body !== "" && body !== undefined;
      const response = await api.request(path, {
        method,
        ...(hasBody && { body, headers: { "content-type": "application/vnd.schemaregistry.v1+json" } }),
      });
      assert.equal(response.headers.get("content-type"), "application/vnd.schemaregistry.v1+json", call);
      const text = (await response.text()).replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, "GUID");
      const told = JSON.parse(text) as { error_code?: number };
      assert.deepEqual([call, response.status, told.error_code === undefined ? told : told.error_code], [call, status, answer]);
    }
  } finally {
    await registry.stop();
  }
}
const stored = (subject: string, version: number, id: number, schema: string): object => ({ subject, version, id, guid: "GUID", schema });

test("subjects and versions are registered, found, listed and deleted", () =>
  runCalls([
    ["GET /", 200, {}],
    ["GET /subjects", 200, []],
    ["GET /subjects/a/versions", 404, 40401],
    [`POST /subjects/a/versions ${INT}`, 200, stored("a", 1, 1, '"int"')],
    [`POST /subjects/a/versions ${INT}`, 200, stored("a", 1, 1, '"int"')],
    [`POST /subjects/a/versions ${LONG}`, 200, stored("a", 2, 2, '"long"')],
    [`POST /subjects/a/versions ${STRING}`, 409, 40901],
    [`POST /subjects/b%2Fc%3A/versions ${LONG}`, 200, stored("b/c:", 1, 2, '"long"')],
    [`POST /subjects/:.o:a/versions ${STRING}`, 200, stored(":.o:a", 1, 1, '"string"')],
    ["GET /subjects", 200, [":.o:a", "a", "b/c:"]],
    ["GET /subjects?subjectPrefix=:.o:", 200, [":.o:a"]],
    ["GET /subjects?subjectPrefix=b", 200, ["b/c:"]],
    ["GET /subjects?offset=1&limit=1", 200, ["a"]],
    ["GET /contexts", 200, [".", ".o"]],
    ["GET /subjects/a/versions", 200, [1, 2]],
    ["GET /subjects/a/versions/1", 200, stored("a", 1, 1, '"int"')],
    ["GET /subjects/a/versions/latest", 200, stored("a", 2, 2, '"long"')],
    ["GET /subjects/a/versions/-1/schema", 200, "long"],
    ["GET /subjects/b%2Fc%3A/versions/1/schema", 200, "long"],
    ["GET /subjects/a/versions/3", 404, 40402],
    ["GET /subjects/a/versions/0", 422, 42202],
    ["GET /subjects/nobody/versions/1", 404, 40401],
    [`POST /subjects/a ${LONG}`, 200, stored("a", 2, 2, '"long"')],
    [`POST /subjects/a ${STRING}`, 404, 40403],
    [`POST /subjects/nobody ${STRING}`, 404, 40401],
    ["DELETE /subjects/a/versions/2?permanent=true", 404, 40407],
    ["DELETE /subjects/a/versions/2", 200, 2],
    ["DELETE /subjects/a/versions/2", 404, 40406],
    ["GET /subjects/a/versions/latest", 200, stored("a", 1, 1, '"int"')],
    ["GET /subjects/a/versions?deleted=true", 200, [1, 2]],
    ["GET /subjects/a/versions?deletedOnly=true", 200, [2]],
    ["GET /subjects/a/versions?deletedAsNegative=true", 200, [1, -2]],
    [`POST /subjects/a?deleted=true ${LONG}`, 200, { ...stored("a", 2, 2, '"long"'), deleted: true }],
    ["DELETE /subjects/a/versions/2?permanent=true", 200, 2],
    ["DELETE /subjects/a?permanent=true", 404, 40405],
    ["DELETE /subjects/a", 200, [1]],
    ["DELETE /subjects/a", 404, 40404],
    ["GET /subjects", 200, [":.o:a", "b/c:"]],
    ["GET /subjects?deleted=true", 200, [":.o:a", "a", "b/c:"]],
    ["GET /subjects?deletedOnly=true", 200, ["a"]],
    ["DELETE /subjects/a?permanent=true", 200, [1]],
    ["DELETE /subjects/a", 404, 40401],
  ]));

test("schemas are found by id, by GUID and in lists", () =>
  runCalls([
    [
      `POST /subjects/a/versions {"schema":"\\"int\\"","metadata":{"properties":{"owner":"me"}},"ruleSet":{"domainRules":[{"name":"r"}]}}`,
      200,
      {
        ...stored("a", 1, 1, '"int"'),
        metadata: { properties: { owner: "me" } },
        ruleSet: { domainRules: [{ name: "r" }] },
      },
    ],
    [`POST /subjects/b/versions ${LONG}`, 200, stored("b", 1, 2, '"long"')],
    [`POST /subjects/c/versions ${LONG}`, 200, stored("c", 1, 2, '"long"')],
    [`POST /subjects/:.o:d/versions ${STRING}`, 200, stored(":.o:d", 1, 1, '"string"')],
    ["GET /schemas/ids/2", 200, { guid: "GUID", schema: '"long"' }],
    ["GET /schemas/ids/2?fetchMaxId=true", 200, { guid: "GUID", schema: '"long"', maxId: 2 }],
    ["GET /schemas/ids/2/schema", 200, "long"],
    ["GET /schemas/ids/2/subjects", 200, ["b", "c"]],
    [
      "GET /schemas/ids/2/versions",
      200,
      [
        { subject: "b", version: 1 },
        { subject: "c", version: 1 },
      ],
    ],
    ["GET /schemas/ids/1?subject=:.o:d", 200, { guid: "GUID", schema: '"string"' }],
    ["GET /schemas/ids/1?subject=:.o:", 200, { guid: "GUID", schema: '"string"' }],
    ["GET /schemas/ids/9", 404, 40403],
    ["GET /schemas/ids/x", 404, 40403],
    ["GET /schemas/guids/nothing", 404, 40403],
    ["GET /schemas/types", 200, ["AVRO"]],
    ["GET /schemas?subjectPrefix=b", 200, [stored("b", 1, 2, '"long"')]],
    ["GET /schemas?limit=0", 200, []],
    [
      "GET /subjects/a/metadata?key=owner&value=me",
      200,
      {
        ...stored("a", 1, 1, '"int"'),
        metadata: { properties: { owner: "me" } },
        ruleSet: { domainRules: [{ name: "r" }] },
      },
    ],
    ["GET /subjects/a/metadata?key=owner&value=you", 404, 40403],
    ["DELETE /subjects/b", 200, [1]],
    ["GET /schemas/ids/2/subjects", 200, ["c"]],
    ["GET /schemas/ids/2/subjects?deleted=true", 200, ["b", "c"]],
  ]));

test("references are answered, and keep what they refer to", () =>
  runCalls([
    [
      'POST /subjects/leaf/versions {"schema":"{\\"type\\":\\"fixed\\",\\"name\\":\\"L\\",\\"size\\":2}"}',
      200,
      stored("leaf", 1, 1, '{"type":"fixed","name":"L","size":2}'),
    ],
    [
      'POST /subjects/tree/versions {"schema":"[\\"L\\"]","references":[{"name":"L","subject":"leaf","version":-1}]}',
      200,
      {
        ...stored("tree", 1, 2, '["L"]'),
        references: [{ name: "L", subject: "leaf", version: 1 }],
      },
    ],
    ["GET /subjects/leaf/versions/1/referencedby", 200, [2]],
    ["DELETE /subjects/leaf/versions/1", 422, 42206],
    ['POST /subjects/x/versions {"schema":"[\\"L\\"]","references":[{"name":"L","subject":"none","version":1}]}', 422, 42201],
    ['POST /subjects/x/versions {"schema":"[\\"L\\"]","references":[1]}', 400, 400],
  ]));

test("whether a schema would fit is answered without registering it", () =>
  runCalls([
    [`POST /compatibility/subjects/a/versions/latest ${INT}`, 200, { is_compatible: true }],
    [`POST /compatibility/subjects/a/versions/1 ${INT}`, 404, 40402],
    [`POST /subjects/a/versions ${INT}`, 200, stored("a", 1, 1, '"int"')],
    [`POST /compatibility/subjects/a/versions/latest ${LONG}`, 200, { is_compatible: true }],
    [`POST /compatibility/subjects/a/versions ${STRING}`, 200, { is_compatible: false }],
    [
      `POST /compatibility/subjects/a/versions/1?verbose=true ${STRING}`,
      200,
      {
        is_compatible: false,
        messages: [
          "{errorType:'TYPE_MISMATCH', description:'A reader that expects string cannot read int.', additionalInfo:'/'}",
          "{oldSchemaVersion: 1}",
          "{oldSchema: '\"int\"'}",
          "{compatibility: 'BACKWARD'}",
          "{passesUnder: 'NONE'}",
        ],
      },
    ],
    [`POST /compatibility/subjects/a/versions/7 ${LONG}`, 404, 40402],
    ["GET /subjects/a/versions", 200, [1]],
  ]));

test("configs are put as compatibility and got as compatibilityLevel", () =>
  runCalls([
    ["GET /config", 200, { compatibilityLevel: "BACKWARD" }],
    ['PUT /config {"compatibility":"full"}', 200, { compatibility: "FULL" }],
    ["GET /config", 200, { compatibilityLevel: "FULL" }],
    ["GET /config/a", 404, 40408],
    ["GET /config/a?defaultToGlobal=true", 200, { compatibilityLevel: "FULL" }],
    ['PUT /config/a {"compatibility":"NONE","normalize":true}', 200, { normalize: true, compatibility: "NONE" }],
    ["GET /config/a", 200, { normalize: true, compatibilityLevel: "NONE" }],
    ['PUT /config/a {"compatibility":"SIDEWAYS"}', 422, 42203],
    ['PUT /config/a {"normalize":1}', 400, 400],
    ["DELETE /config/a", 200, { normalize: true, compatibilityLevel: "NONE" }],
    ["DELETE /config/a", 404, 40408],
    ["DELETE /config", 200, { compatibilityLevel: "FULL" }],
    ["GET /config", 200, { compatibilityLevel: "BACKWARD" }],
  ]));

test("modes are put, got and taken away; IMPORT brings ids", () =>
  runCalls([
    ["GET /mode", 200, { mode: "READWRITE" }],
    ["GET /mode/a", 404, 40409],
    ["GET /mode/a?defaultToGlobal=true", 200, { mode: "READWRITE" }],
    ['PUT /mode/a {"mode":"import"}', 200, { mode: "IMPORT" }],
    ['POST /subjects/a/versions {"schema":"\\"int\\"","id":70,"version":3}', 200, stored("a", 3, 70, '"int"')],
    ['POST /subjects/a/versions {"schema":"\\"long\\"","id":70}', 422, 42207],
    ['PUT /mode/a {"mode":"READONLY"}', 200, { mode: "READONLY" }],
    [`POST /subjects/a/versions ${LONG}`, 422, 42205],
    ["DELETE /subjects/a", 422, 42205],
    ['PUT /mode/a {"mode":"IMPORT"}', 422, 42205],
    ['PUT /mode/a?force=true {"mode":"IMPORT"}', 200, { mode: "IMPORT" }],
    ['PUT /mode/a {"mode":"ODD"}', 422, 42204],
    ["DELETE /mode/a", 200, { mode: "IMPORT" }],
    ["DELETE /mode/a", 404, 40409],
  ]));

test("what is no request is told so", () =>
  runCalls([
    ["POST /subjects/a/versions {", 400, 400],
    ["POST /subjects/a/versions []", 400, 400],
    ['POST /subjects/a/versions {"schema":1}', 400, 400],
    ["POST /subjects/a/versions {}", 422, 42201],
    ['POST /subjects/a/versions {"schema":"nothing"}', 422, 42201],
    ['POST /subjects/a/versions {"schema":"\\"int\\"","schemaType":"XML"}', 422, 42201],
    ['POST /subjects/a/versions {"schema":"\\"int\\"","schemaType":"JSON"}', 422, 42201],
    ["GET /nowhere", 404, 404],
    ["GET /v1/metadata/id", 200, { scope: { path: [], clusters: { "schema-registry-cluster": "schema-registry" } } }],
  ]));

test("all three formats are taken; the policy LENIENT takes a property added to an open model", async () => {
  const json = (properties: string): string =>
    `{"schemaType":"JSON","schema":"{\\"type\\":\\"object\\",\\"properties\\":{${properties}}}"}`;
  const [a, ab] = ['\\"a\\":{}', '\\"a\\":{},\\"b\\":{\\"type\\":\\"string\\"}'];
  const proto = (type: string): string => `{"schemaType":"PROTOBUF","schema":"syntax=\\"proto3\\"; message M { ${type} x = 1; }"}`;
  const printed = 'syntax = "proto3";\n\nmessage M {\n  string x = 1;\n}\n';
  await runCalls(
    [
      [
        `POST /subjects/j/versions ${json(a)}`,
        200,
        { ...stored("j", 1, 1, '{"type":"object","properties":{"a":{}}}'), schemaType: "JSON" },
      ],
      [`POST /subjects/j/versions ${json(ab)}`, 409, 40901],
      [`POST /compatibility/subjects/j/versions ${json(ab)}`, 200, { is_compatible: false }],
      ['PUT /config/j {"compatibilityPolicy":"LENIENT"}', 200, { compatibilityPolicy: "LENIENT" }],
      [`POST /compatibility/subjects/j/versions ${json(ab)}`, 200, { is_compatible: true }],
      [
        `POST /subjects/j/versions ${json(ab)}`,
        200,
        { ...stored("j", 2, 2, '{"type":"object","properties":{"a":{},"b":{"type":"string"}}}'), schemaType: "JSON" },
      ],
      [`POST /subjects/j/versions ${INT}`, 409, 40901],
      [`POST /subjects/p/versions ${proto("string")}`, 200, { ...stored("p", 1, 3, printed), schemaType: "PROTOBUF" }],
      [`POST /subjects/p/versions ${proto("int32")}`, 409, 40901],
      ["GET /schemas/types", 200, ["JSON", "PROTOBUF", "AVRO"]],
    ],
    await loadFormats(),
  );
});

test("media types, sizes and a registry that failed", async () => {
  const registry = await Registry.start({ log: new MemoryLog(), formats: { AVRO: avroFormat } });
  const api = registryApi({ registry, maxBodyBytes: 100 });
  const post = (body: string, headers: Record<string, string>): Promise<Response> =>
    Promise.resolve(api.request("/subjects/a/versions", { method: "POST", body, headers }));
  assert.equal((await post(INT, { "content-type": "text/csv" })).status, 415);
  assert.equal((await post(INT, { "content-type": "application/json; charset=utf-8", accept: "application/xml" })).status, 406);
  assert.equal((await post(INT, { "content-type": "application/json", accept: "application/xml, */*;q=0.1" })).status, 200);
  const asked = async (accept: string): Promise<number> => (await api.request("/subjects", { headers: { accept } })).status;
  assert.deepEqual(
    await Promise.all(
      [
        "application/json;q=0",
        "*/*;q=0",
        "*/* ; Q=0.000",
        "application/json;q=0, application/*;q=0.1",
        "application/*;q=0, application/json;q=0.001",
        "application/*;q=0, text/plain;q=0, */*",
        "application/json;charset=utf-8;q=0.0, application/json",
        "application/json, application/json;charset=utf-8;q=0.0",
      ].map(asked),
    ),
    [406, 406, 406, 200, 200, 406, 200, 200],
  );
  assert.equal((await post(`{"schema":"${"x".repeat(200)}"}`, { "content-type": "application/json" })).status, 413);
  await registry.stop();
  const answer = await api.request("/subjects");
  assert.deepEqual([answer.status, ((await answer.json()) as { error_code: number }).error_code], [503, 50301]);
  assert.equal(answer.headers.get("retry-after"), "1");
});

test("a path that is there says to another method which ones it takes", async () => {
  const registry = await Registry.start({ log: new MemoryLog(), formats: { AVRO: avroFormat } });
  const api = registryApi({ registry });
  const allowed = async (method: string, path: string): Promise<unknown> => {
    const { status, headers } = await api.request(path, { method });
    return [status, headers.get("allow")];
  };
  assert.deepEqual(
    await Promise.all([
      allowed("PUT", "/subjects"),
      allowed("DELETE", "/subjects/a/versions"),
      allowed("POST", "/subjects/a/versions/1"),
      allowed("GET", "/compatibility/subjects/a/versions/latest"),
      allowed("POST", "/mode/a"),
      allowed("HEAD", "/subjects"),
      allowed("PUT", "/subjects/a/b/c/d"),
    ]),
    [
      [405, "GET, HEAD"],
      [405, "GET, HEAD, POST"],
      [405, "DELETE, GET, HEAD"],
      [405, "POST"],
      [405, "DELETE, GET, HEAD, PUT"],
      [200, null],
      [404, null],
    ],
  );
  await registry.stop();
});
