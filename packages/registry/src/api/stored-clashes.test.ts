import assert from "node:assert/strict";
import { Worker } from "node:worker_threads";
import { after, test } from "node:test";
import { loadFormats } from "../formats/load-formats.ts";
import type { OffLoop } from "../off-loop/off-loop.ts";
import { SchemaJudge } from "../off-loop/schema-judge.ts";
import { MemoryLog } from "../service/memory-log.ts";
import { Registry } from "../service/registry.ts";
import { registryApi } from "./registry-api.ts";

const judge = new SchemaJudge({ makeThread: () => new Worker(new URL("../off-loop/testing/judge-entry.ts", import.meta.url)) });
after(() => judge.close());

const proto = (body: string, head = ""): string => `syntax = "proto3";\n${head}\n${body}`;
const CLASH = "int32 foo_bar = 1;\n  int32 fooBar = 2;";
/** What registries of others took: as they print it. */
const STORED: Readonly<Record<string, string>> = {
  fields: proto(`message M {\n  ${CLASH}\n}\n`),
  names: proto('message M {\n  int32 a = 1 [json_name = "[x]"];\n}\n'),
  constants: proto("message M {\n  int32 a = 1;\n}\nenum Kind {\n  KIND_A = 0;\n  A = 1;\n}\n"),
  large: proto(`message M {\n  ${CLASH}\n${Array.from({ length: 900 }, (_each, at) => `  string f${at} = ${at + 3};\n`).join("")}}\n`),
};

/** A topic in which another registry stored each text under the subject of its name. */
const topic = (): MemoryLog =>
  new MemoryLog(
    Object.entries(STORED).map(([subject, schema], offset) => ({
      offset,
      key: Buffer.from(JSON.stringify({ keytype: "SCHEMA", subject, version: 1, magic: 1 })),
      value: Buffer.from(JSON.stringify({ subject, version: 1, id: offset + 1, schemaType: "PROTOBUF", schema, deleted: false })),
    })),
  );

for (const [where, offLoop] of [
  ["here", undefined],
  ["off the loop", judge],
] as readonly (readonly [string, OffLoop | undefined])[]) {
  test(`a stored text whose names clash in JSON is found, shown, registered again, referred to and followed; read ${where}`, async () => {
    const registry = await Registry.start({ log: topic(), formats: await loadFormats(), offLoop });
    const api = registryApi({ registry });
    const ask = async (method: string, path: string, schema?: string, more: object = {}): Promise<unknown> => {
      const body = schema === undefined ? {} : { body: JSON.stringify({ schemaType: "PROTOBUF", schema, ...more }) };
      const response = await api.request(path, { method, headers: { "content-type": "application/vnd.schemaregistry.v1+json" }, ...body });
      const { error_code: code, message, ...told } = (await response.json()) as Record<string, unknown>;
      return code === undefined ? told : [code, message];
    };
    for (const [subject, schema] of Object.entries(STORED)) {
      const id = Object.keys(STORED).indexOf(subject) + 1;
      const found = (await ask("POST", `/subjects/${subject}`, schema)) as { id: number; version: number };
      assert.deepEqual([found.id, found.version], [id, 1], `${subject}: ${JSON.stringify(found)}`);
      assert.equal(((await ask("POST", `/subjects/${subject}?normalize=true`, schema)) as { id: number }).id, id, subject);
      const { schema: serialized } = (await ask("GET", `/schemas/ids/${id}?format=serialized`)) as { schema: string };
      assert.match(serialized ?? "", /^[\w+/=]+$/, subject);
      const again = (await ask("POST", `/subjects/${subject}/versions`, `// A comment.\n${schema}`)) as { id: number; version: number };
      assert.deepEqual([again.id, again.version], [id, 1], `${subject}: ${JSON.stringify(again)}`);
      const referring = proto("message N {\n  M m = 1;\n}\n", 'import "m.proto";');
      const references = [{ name: "m.proto", subject, version: 1 }];
      const made = (await ask("POST", `/subjects/of-${subject}/versions`, referring, { references })) as { version: number };
      assert.equal(made.version, 1, `${subject}: ${JSON.stringify(made)}`);
      assert.deepEqual(await ask("POST", `/compatibility/subjects/${subject}/versions`, schema), { is_compatible: true });
      // New text is held to the rule, whatever it follows.
      const refused = await ask(
        "POST",
        `/subjects/${subject}/versions`,
        schema.replace("message M {", "message M {\n  int32 more = 5000;"),
      );
      assert.ok(Array.isArray(refused) && refused[0] === 42201, subject);
      assert.ok(Array.isArray(await ask("POST", "/subjects/another/versions", schema)), subject);
      const mended = schema.replace("fooBar", "foo_two").replace("[x]", "x").replace("  A = 1", "  KIND_B = 1");
      const next = (await ask("POST", `/subjects/${subject}/versions`, mended)) as { version: number };
      // The name of a field is of no matter to the bytes.
      assert.equal(next.version, 2, `${subject}: ${JSON.stringify(next)}`);
    }
    await registry.stop();
  });
}
