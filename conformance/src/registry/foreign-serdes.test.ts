// npm run test:registry-clients: serialisers of Python, Go and Java, unchanged, against the registry of ottla dev; what each writes is read by all others. A language that is not on the machine is skipped with the reason.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  AvroDeserializer,
  AvroSerializer,
  JsonDeserializer,
  JsonSerializer,
  SchemaRegistryClient,
  SerdeType,
} from "@confluentinc/schemaregistry";
import { type RegistryUnderTest, startRegistry } from "../ottla/registry.ts";
import { type ForeignProgram, goProgram, javaProgram, pythonProgram } from "./foreign-programs.ts";
import { type LineProgram, startLineProgram } from "./line-program.ts";

const SCHEMA = JSON.stringify({
  type: "record",
  name: "Order",
  namespace: "shop",
  fields: [
    { name: "id", type: "string" },
    { name: "amount", type: "int", default: 0 },
  ],
});
const EVOLVED = JSON.stringify({
  type: "record",
  name: "Order",
  namespace: "shop",
  fields: [
    { name: "id", type: "string" },
    { name: "amount", type: "int", default: 0 },
    { name: "note", type: "string", default: "" },
  ],
});
const REFUSED = JSON.stringify({ type: "record", name: "Order", namespace: "shop", fields: [{ name: "id", type: "int" }] });
const JSON_SCHEMA = JSON.stringify({
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Order",
  type: "object",
  properties: { id: { type: "string" }, amount: { type: "integer" } },
});
const value = { id: "käse-1", amount: 42 };

let ottla: RegistryUnderTest;
let confluent: SchemaRegistryClient;
const programs: Record<"python" | "go" | "java", ForeignProgram> = { python: pythonProgram(), go: goProgram(), java: await javaProgram() };
const running = new Map<string, LineProgram>();
before(async () => {
  ottla = await startRegistry();
  confluent = new SchemaRegistryClient({ baseURLs: [ottla.registry] });
  for (const [name, program] of Object.entries(programs)) {
    if ("command" in program) running.set(name, startLineProgram(program.command, [...program.args, ottla.registry]));
  }
});
after(async () => {
  for (const program of running.values()) await program.stop();
  await confluent?.close();
  await ottla?.stop();
});

const skip = (...names: (keyof typeof programs)[]): string | false => {
  const reasons = names.flatMap((name) => {
    const program = programs[name];
    return "missing" in program ? [`${name} ${program.missing}`] : [];
  });
  return reasons.length === 0 ? false : reasons.join("; ");
};
async function ask(name: string, request: object): Promise<Record<string, unknown>> {
  const program = running.get(name);
  assert.ok(program !== undefined);
  return program.ask(request);
}
const write = async (name: string, topic: string, schema: string, written: object, format = "AVRO"): Promise<string> => {
  const answer = await ask(name, { do: "write", format, topic, schema, value: written });
  assert.equal(answer["error"], undefined, String(answer["error"]));
  return String(answer["bytes"]);
};
const read = async (name: string, topic: string, bytes: string, format = "AVRO"): Promise<unknown> => {
  const answer = await ask(name, { do: "read", format, topic, schema: format === "JSON" ? JSON_SCHEMA : SCHEMA, bytes });
  assert.equal(answer["error"], undefined, String(answer["error"]));
  return answer["value"];
};
const readHere = async (topic: string, bytes: string): Promise<unknown> => ({
  ...((await new AvroDeserializer(confluent, SerdeType.VALUE, {}).deserialize(topic, Buffer.from(bytes, "hex"))) as object),
});

for (const name of ["python", "go", "java"] as const) {
  test(`Avro that ${name} registered and wrote is read in TypeScript, and the other way`, { skip: skip(name) }, async () => {
    const theirs = await write(name, `of-${name}`, SCHEMA, value);
    assert.deepEqual(await readHere(`of-${name}`, theirs), value);
    await confluent.register(`for-${name}-value`, { schema: SCHEMA, schemaType: "AVRO" });
    const ours = await new AvroSerializer(confluent, SerdeType.VALUE, { useLatestVersion: true }).serialize(`for-${name}`, value);
    assert.deepEqual(await read(name, `for-${name}`, ours.toString("hex")), value);
    assert.equal(ours.toString("hex"), theirs, "one schema has one id, and one value one form");
  });

  test(`${name} evolves a schema and is refused what does not fit, with the reason`, { skip: skip(name) }, async () => {
    await write(name, `grows-${name}`, SCHEMA, value);
    await write(name, `grows-${name}`, EVOLVED, { ...value, note: "n" });
    assert.deepEqual(await confluent.getAllVersions(`grows-${name}-value`), [1, 2]);
    const refused = await ask(name, { do: "write", format: "AVRO", topic: `grows-${name}`, schema: REFUSED, value: { id: 1 } });
    assert.match(String(refused["error"]), /incompatible with those of the subject/);
  });
}

test("Avro that Python wrote is read by Go, and the other way", { skip: skip("python", "go") }, async () => {
  assert.deepEqual(await read("go", "between", await write("python", "between", SCHEMA, value)), value);
  assert.deepEqual(await read("python", "back", await write("go", "back", SCHEMA, value)), value);
});

test("Avro that Java wrote is read by Python and Go, and the other way", { skip: skip("python", "go", "java") }, async () => {
  for (const other of ["python", "go"]) {
    assert.deepEqual(await read(other, `java-${other}`, await write("java", `java-${other}`, SCHEMA, value)), value);
    assert.deepEqual(await read("java", `${other}-java`, await write(other, `${other}-java`, SCHEMA, value)), value);
  }
});

test("JSON that Python registered and wrote is read in TypeScript, and the other way", { skip: skip("python") }, async () => {
  const theirs = await write("python", "json-py", JSON_SCHEMA, value, "JSON");
  const reader = new JsonDeserializer(confluent, SerdeType.VALUE, {});
  assert.deepEqual(await reader.deserialize("json-py", Buffer.from(theirs, "hex")), value);
  await confluent.register("json-ts-value", { schema: JSON_SCHEMA, schemaType: "JSON" });
  const ours = await new JsonSerializer(confluent, SerdeType.VALUE, { useLatestVersion: true }).serialize("json-ts", value);
  assert.deepEqual(await read("python", "json-ts", ours.toString("hex"), "JSON"), value);
});

test("what a deserialiser has no schema for is told by the registry", { skip: skip("python", "go", "java") }, async () => {
  for (const name of ["python", "go", "java"]) {
    const answer = await ask(name, { do: "read", format: "AVRO", topic: "t", schema: SCHEMA, bytes: "000000ffff00" });
    assert.match(String(answer["error"]), /No schema has the id 65535/, name);
  }
});
