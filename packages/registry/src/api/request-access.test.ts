import assert from "node:assert/strict";
import { before, test } from "node:test";
import { hashPassword } from "@ottla/base/node";
import { Logins, readAccessList } from "../access/index.ts";
import { avroFormat } from "../formats/avro/avro-format.ts";
import { MemoryLog } from "../service/memory-log.ts";
import { Registry } from "../service/registry.ts";
import { registryApi } from "./registry-api.ts";

const INT = '{"schema":"\\"int\\""}';
let logins: Logins;
before(async () => {
  const password = await hashPassword("pw");
  const user = (name: string, ...rules: object[]): object => ({ name, password, rules });
  logins = new Logins(
    readAccessList({
      users: [
        user("root", { allow: "admin", subjects: ["*"] }),
        user("writer", { allow: "write", subjects: ["a-"] }),
        user("reader", { allow: "read", subjects: ["a-"] }),
        user("team", { allow: "admin", subjects: [":.t:"] }),
      ],
    }),
  );
});

/** `user METHOD path [body]`: what may be done by whom. `-` logs in as nobody. */
const calls: readonly (readonly [call: string, status: number, answer: unknown])[] = [
  ["- GET /", 200, {}],
  ["- GET /subjects", 401, 401],
  ["- POST /subjects/a-1/versions", 401, 401],
  ['root PUT /config/secret {"compatibility":"NONE"}', 200, { compatibility: "NONE" }],
  [`root POST /subjects/secret/versions ${INT}`, 200, undefined],
  [`root POST /subjects/secret/versions {"schema":"\\"long\\""}`, 200, undefined],
  [`writer POST /subjects/a-1/versions ${INT}`, 200, undefined],
  [`writer POST /subjects/:.:a-2/versions ${INT}`, 200, undefined],
  [`writer POST /subjects/secret/versions ${INT}`, 403, 40301],
  [`writer POST /subjects/:.t:a-1/versions ${INT}`, 403, 40301],
  [`reader POST /subjects/a-1/versions ${INT}`, 403, 40301],
  [`reader POST /subjects/a-1 ${INT}`, 200, undefined],
  [`reader POST /compatibility/subjects/a-1/versions ${INT}`, 200, { is_compatible: true }],
  [`reader POST /compatibility/subjects/secret/versions/latest ${INT}`, 403, 40301],
  ["reader GET /subjects", 200, ["a-1", "a-2"]],
  ["reader GET /subjects/secret/versions", 403, 40301],
  ["reader GET /subjects/secret/versions/1/schema", 403, 40301],
  ["reader GET /subjects/secret/metadata", 403, 40301],
  ["reader GET /schemas/ids/1/subjects", 200, ["a-1", "a-2"]],
  ["reader GET /schemas/ids/2", 404, 40403],
  ["reader GET /schemas/ids/2/schema", 404, 40403],
  ["reader GET /schemas/ids/2/versions", 404, 40403],
  ["root GET /schemas/ids/2/schema", 200, "long"],
  ["reader GET /config", 200, { compatibilityLevel: "BACKWARD" }],
  ["reader GET /config/secret", 403, 40301],
  ["reader GET /mode/secret", 403, 40301],
  ['reader PUT /config {"compatibility":"NONE"}', 403, 40301],
  ['writer PUT /config/a-1 {"compatibility":"NONE"}', 403, 40301],
  ['writer PUT /mode {"mode":"READONLY"}', 403, 40301],
  ["writer DELETE /mode/a-1", 403, 40301],
  ['team PUT /config/:.t: {"compatibility":"NONE"}', 200, { compatibility: "NONE" }],
  [`team POST /subjects/:.t:x/versions ${INT}`, 200, undefined],
  ['team PUT /config/:.t:x {"alias":"secret"}', 200, { alias: "secret" }],
  ["team GET /subjects/:.t:x/versions/1", 403, 40301],
  ["team DELETE /contexts/.u", 403, 40301],
  ["team DELETE /contexts/u", 403, 40301],
  ["team DELETE /contexts/t", 422, 42211],
  ['writer POST /subjects/a-3/versions {"schema":"[\\"x\\"]","references":[{"name":"x","subject":"secret","version":1}]}', 403, 40301],
  ["writer DELETE /subjects/a-1/versions/1", 200, 1],
  ["writer DELETE /subjects/a-1/versions/1?permanent=true", 403, 40301],
  ["reader DELETE /subjects/a-2", 403, 40301],
  ["root DELETE /subjects/a-1/versions/1?permanent=true", 200, 1],
];

test("who may do what, by user and beginning of subjects; lists show what may be read", async () => {
  const registry = await Registry.start({ log: new MemoryLog(), formats: { AVRO: avroFormat } });
  const api = registryApi({ registry, logins });
  for (const [call, status, answer] of calls) {
    const [, user = "", method = "", path = "", body = ""] = /^(\S+) (\w+) (\S+) ?(.*)$/su.exec(call) ?? [];
    const headers = {
      ...(user !== "-" && { authorization: `Basic ${Buffer.from(`${user}:pw`).toString("base64")}` }),
      ...(body !== "" && { "content-type": "application/json" }),
    };
    const response = await api.request(path, { method, headers, ...(body !== "" && { body }) });
    const told = (await response.json()) as { error_code?: number };
    assert.equal(response.status, status, `${call}: ${JSON.stringify(told)}`);
    if (answer !== undefined) assert.deepEqual(told.error_code ?? told, answer, call);
    if (status === 401) assert.equal(response.headers.get("www-authenticate"), 'Basic realm="schema-registry"');
  }
  await registry.stop();
});

test("an alias that is set while a registration waits for its turn gives no right that its target's rules do not", async () => {
  const registry = await Registry.start({ log: new MemoryLog(), formats: { AVRO: avroFormat } });
  const api = registryApi({ registry, logins });
  const ask = (user: string, method: string, path: string, body: string): Promise<Response> | Response =>
    api.fetch(
      new Request(`http://registry${path}`, {
        method,
        headers: { authorization: `Basic ${Buffer.from(`${user}:pw`).toString("base64")}`, "content-type": "application/json" },
        body,
      }),
    );
  let letGo = (): void => {};
  // Nothing else is decided until this is.
  const busy = registry.change(async () => {
    await new Promise<void>((resolve) => (letGo = resolve));
    return { records: [], reply: undefined };
  });
  const change = registry.change.bind(registry);
  let waiting = 0;
  registry.change = (decide) => {
    waiting++;
    return change(decide);
  };
  const aliased = ask("team", "PUT", "/config/:.t:y", '{"alias":"secret"}');
  while (waiting < 1) await new Promise(setImmediate);
  const registered = ask("team", "POST", "/subjects/:.t:y/versions", INT);
  const tagged = ask("team", "POST", "/subjects/:.t:y/versions", '{"schema":"\\"long\\""}');
  // All of them have been let in.
  while (waiting < 3) await new Promise(setImmediate);
  letGo();
  await busy;
  assert.deepEqual([(await aliased).status, (await registered).status, (await tagged).status], [200, 403, 403]);
  assert.deepEqual(registry.state.versions("secret"), []);
  await registry.stop();
});
