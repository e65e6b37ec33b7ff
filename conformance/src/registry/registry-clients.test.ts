// npm run test:registry-clients: two foreign clients of schema registries, unchanged, against the one that `ottla dev` serves. Run without the condition "source": a package below the first client's means something else by it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AvroDeserializer, AvroSerializer, Compatibility, SchemaRegistryClient, SerdeType } from "@confluentinc/schemaregistry";
import kafkajsRegistry from "@kafkajs/confluent-schema-registry";
import { Kafka, logLevel } from "kafkajs";
import { type RegistryUnderTest, startRegistry } from "../ottla/registry.ts";

const { SchemaRegistry, SchemaType, COMPATIBILITY } = kafkajsRegistry;
const order = (...more: object[]): string =>
  JSON.stringify({ type: "record", name: "Order", namespace: "shop", fields: [{ name: "id", type: "string" }, ...more] });
const amount = (more: object = { default: 0 }): object => ({ name: "amount", type: "int", ...more });

let ottla: RegistryUnderTest;
let confluent: SchemaRegistryClient;
before(async () => {
  ottla = await startRegistry();
  // A cache would answer for the registry.
  confluent = new SchemaRegistryClient({ baseURLs: [ottla.registry], cacheCapacity: 1 });
});
after(async () => {
  await confluent?.close();
  await ottla?.stop();
});
const kafkajs = (): InstanceType<typeof SchemaRegistry> => new SchemaRegistry({ host: ottla.registry, retry: { retries: 0 } });
const status = (wanted: number, errorCode: number) => (error: unknown) => {
  const { status: had, errorCode: code } = error as { status?: number; errorCode?: number };
  assert.deepEqual([had, code], [wanted, errorCode]);
  return true;
};

test("nothing is left behind by a registry that nobody writes to", async () => {
  assert.deepEqual(await confluent.getAllSubjects(), []);
  const admin = new Kafka({ brokers: [ottla.bootstrap], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const names = await admin.listTopics();
  await admin.disconnect();
  assert.ok(!names.includes("_schemas"), names.join());
});

test("@confluentinc/schemaregistry registers, looks up, evolves, is refused, and deletes", async () => {
  const subject = "orders-value";
  const id = await confluent.register(subject, { schemaType: "AVRO", schema: order() });
  assert.equal(await confluent.register(subject, { schemaType: "AVRO", schema: order() }), id);
  assert.equal((await confluent.getBySubjectAndId(subject, id)).schema, order());
  assert.equal(await confluent.getId(subject, { schemaType: "AVRO", schema: order() }), id);
  assert.equal(await confluent.testSubjectCompatibility(subject, { schema: order(amount({})) }), false);
  await assert.rejects(confluent.register(subject, { schema: order(amount({})) }), status(409, 40901));
  const second = await confluent.register(subject, { schema: order(amount()) });
  assert.ok(second > id);
  assert.deepEqual(await confluent.getAllVersions(subject), [1, 2]);
  const latest = await confluent.getLatestSchemaMetadata(subject);
  assert.deepEqual([latest.id, latest.version, latest.schema], [second, 2, order(amount())]);
  assert.equal(await confluent.getVersion(subject, { schema: order(amount()) }), 2);
  assert.equal(await confluent.deleteSubjectVersion(subject, 2), 2);
  await assert.rejects(confluent.getSchemaMetadata(subject, 2), status(404, 40402));
  assert.deepEqual(await confluent.deleteSubject(subject), [1]);
  // The latest that it has seen once a client keeps.
  const fresh = new SchemaRegistryClient({ baseURLs: [ottla.registry] });
  await assert.rejects(fresh.getLatestSchemaMetadata(subject), status(404, 40401));
  await fresh.close();
  assert.deepEqual(await confluent.deleteSubject(subject, true), [1, 2]);
  assert.ok(!(await confluent.getAllSubjects()).includes(subject));
});

test("@confluentinc/schemaregistry: references, contexts and configs", async () => {
  const currency = '{"type":"enum","name":"Currency","namespace":"shop","symbols":["CZK","EUR"]}';
  await confluent.register("currency", { schema: currency });
  const price = {
    schema: '{"type":"record","name":"Price","namespace":"shop","fields":[{"name":"currency","type":"shop.Currency"}]}',
    references: [{ name: "shop.Currency", subject: "currency", version: 1 }],
  };
  const id = await confluent.register("price-value", price);
  assert.deepEqual((await confluent.getBySubjectAndId("price-value", id)).references, price.references);
  await assert.rejects(confluent.deleteSubjectVersion("currency", 1), status(422, 42206));

  assert.equal(await confluent.register(":.other:orders-value", { schema: order() }), 1);
  assert.ok((await confluent.getAllSubjects()).includes(":.other:orders-value"));

  assert.equal(await confluent.updateCompatibility("price-value", Compatibility.FULL), Compatibility.FULL);
  assert.equal(await confluent.getCompatibility("price-value"), Compatibility.FULL);
  assert.equal(await confluent.getDefaultCompatibility(), Compatibility.BACKWARD);
  await assert.rejects(confluent.getCompatibility("currency"), status(404, 40408));
});

test("@kafkajs/confluent-schema-registry registers with a level, finds by id, subject and schema, and is refused", async () => {
  const registry = kafkajs();
  const { id } = await registry.register(
    { type: SchemaType.AVRO, schema: order() },
    { subject: "flights-value", compatibility: COMPATIBILITY.FULL },
  );
  assert.equal(await registry.getRegistryId("flights-value", 1), id);
  assert.equal(await registry.getLatestSchemaId("flights-value"), id);
  assert.equal(await registry.getRegistryIdBySchema("flights-value", { type: SchemaType.AVRO, schema: order() }), id);
  await assert.rejects(
    registry.register(
      { type: SchemaType.AVRO, schema: order(amount({})) },
      { subject: "flights-value", compatibility: COMPATIBILITY.FULL },
    ),
    {
      name: "ResponseError",
      status: 409,
    },
  );
});

test("what is written by one is read by the other", async () => {
  const registry = kafkajs();
  const value = { id: "o-1", amount: 42 };
  const { id } = await registry.register({ type: SchemaType.AVRO, schema: order(amount()) }, { subject: "shared-value" });
  const theirs = await registry.encode(id, value);
  const reader = new AvroDeserializer(confluent, SerdeType.VALUE, {});
  assert.deepEqual({ ...((await reader.deserialize("shared", theirs)) as object) }, value);
  const writer = new AvroSerializer(confluent, SerdeType.VALUE, { useLatestVersion: true });
  const ours = await writer.serialize("shared", value);
  assert.deepEqual(ours, theirs);
  assert.deepEqual({ ...((await kafkajs().decode(ours)) as object) }, value);
});
