// Requests that take long: others are answered meanwhile, and changes still come one after the other.
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadFormats } from "../formats/load-formats.ts";
import { MemoryLog } from "../service/memory-log.ts";
import { Registry } from "../service/registry.ts";
import { registryApi } from "./registry-api.ts";

const headers = { "content-type": "application/vnd.schemaregistry.v1+json" };
const object = (number: number, properties: number): string =>
  JSON.stringify({
    type: "object",
    title: `number ${number}`,
    properties: Object.fromEntries(Array.from({ length: properties }, (_each, at) => [`p${at}`, { type: "string" }])),
    additionalProperties: false,
  });

async function scene(): Promise<{
  readonly ask: (path: string, body?: object) => Promise<[number, unknown]>;
  readonly stop: () => Promise<void>;
}> {
  const registry = await Registry.start({ log: new MemoryLog(), formats: await loadFormats() });
  const api = registryApi({ registry });
  return {
    async ask(path, body) {
      const method = body === undefined ? "GET" : "POST";
      const response = await api.request(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
      return [response.status, JSON.parse(await response.text())];
    },
    stop: () => registry.stop(),
  };
}

test("while a schema is compared with many versions, others are answered, and changes that came later wait for it", async () => {
  const { ask, stop } = await scene();
  await ask("/subjects/s/versions", { schemaType: "JSON", schema: object(0, 150) });
  await ask("/subjects/other/versions", { schema: '"int"' });
  for (let n = 1; n < 40; n++) await ask("/subjects/s/versions", { schemaType: "JSON", schema: object(n, 150) });
  const ended: string[] = [];
  const note = async <T>(name: string, act: Promise<T>): Promise<T> => {
    const result = await act;
    ended.push(name);
    return result;
  };
  const [first, second, read] = await Promise.all([
    note("first", ask("/subjects/s/versions", { schemaType: "JSON", schema: object(100, 151) })),
    note("second", ask("/subjects/s/versions", { schemaType: "JSON", schema: object(101, 152) })),
    note("read", ask("/subjects/other/versions")),
  ]);
  assert.deepEqual([first[0], second[0], read], [200, 200, [200, [1]]]);
  assert.deepEqual([(first[1] as { version: number }).version, (second[1] as { version: number }).version], [41, 42]);
  assert.equal(ended[0], "read");
  assert.deepEqual(ended.slice(1), ["first", "second"]);
  await stop();
});

test("lists of schemas come in pieces and are whole, pages too", async () => {
  const { ask, stop } = await scene();
  const large = object(0, 3_000);
  for (const subject of ["a", "b", "c"]) await ask(`/subjects/${subject}/versions`, { schemaType: "JSON", schema: large });
  const subjects = async (query: string): Promise<unknown> =>
    ((await ask(`/schemas${query}`))[1] as { subject: string; schema: string }[]).map(({ subject, schema }) => [subject, schema.length]);
  assert.deepEqual(await subjects(""), [
    ["a", large.length],
    ["b", large.length],
    ["c", large.length],
  ]);
  assert.deepEqual(await subjects("?offset=1&limit=1"), [["b", large.length]]);
  assert.deepEqual(await subjects("?offset=3"), []);
  assert.deepEqual(await subjects("?subjectPrefix=:.other:"), []);
  await stop();
});

test("a schema brings so much metadata and no more", async () => {
  const { ask, stop } = await scene();
  const properties = (count: number): object => Object.fromEntries(Array.from({ length: count }, (_each, at) => [`p${at}`, "x"]));
  const register = async (count: number): Promise<number> =>
    (await ask("/subjects/s/versions", { schema: '"int"', metadata: { properties: properties(count), sensitive: ["p0"] } }))[0];
  assert.deepEqual([await register(4_999), await register(5_000)], [200, 422]);
  await stop();
});

test("what is no UTF-8 is refused, in a body and in a path", async () => {
  const registry = await Registry.start({ log: new MemoryLog(), formats: await loadFormats() });
  const api = registryApi({ registry });
  const post = async (path: string, body: Uint8Array<ArrayBuffer>): Promise<[number, unknown]> => {
    const response = await api.request(path, { method: "POST", headers, body });
    return [response.status, ((await response.json()) as { error_code: unknown }).error_code];
  };
  const good = new Uint8Array(Buffer.from('{"schema":"\\"int\\""}'));
  const bad = new Uint8Array([...good.slice(0, -1), 0x2c, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]);
  for (const path of ["/subjects/a/versions", "/subjects/a", "/compatibility/subjects/a/versions"])
    assert.deepEqual(await post(path, bad), [400, 400], path);
  for (const name of ["%ff", "%e0%80", "%"]) assert.deepEqual(await post(`/subjects/${name}/versions`, good), [400, 400], name);
  assert.equal((await post("/subjects/%E2%82%AC/versions", good))[0], 200);
  assert.deepEqual([...registry.state.sortedSubjects()], ["€"]);
  await registry.stop();
});
