// `scenario.mjs BOOTSTRAP REGISTRY`: a typed topic in each format, through a broker and a registry. Prints one line for each format; a failure ends it.
import { createClient } from "@ottla/client";
import { avro, createRegistryClient, jsonSchema, protobuf } from "@ottla/serdes";

const [bootstrap, url] = process.argv.slice(2);
const registry = createRegistryClient({ baseUrls: url });
const client = createClient({ bootstrapServers: bootstrap });
const version = process.versions.node;
const formats = {
  avro: avro({
    registry,
    schema: {
      type: "record",
      name: "Order",
      fields: [
        { name: "id", type: "string" },
        { name: "amount", type: "long" },
      ],
    },
  }),
  json: jsonSchema({
    registry,
    schema: {
      type: "object",
      properties: { id: { type: "string", pattern: "^(a|o)-" }, amount: { type: "integer" } },
      additionalProperties: false,
    },
  }),
  protobuf: protobuf({ registry, schema: 'syntax = "proto3"; message Order { string id = 1; int64 amount = 2; }' }),
};
for (const [format, value] of Object.entries(formats)) {
  const topic = client.topic(`${format}-on-${version}`, { value });
  const admin = client.admin();
  await admin.createTopics([{ name: topic.name, partitions: 1 }]);
  await admin.close();
  const producer = topic.producer();
  await producer.send({ value: { id: "o-1", amount: 2n ** 60n } });
  await producer.close();
  const consumer = topic.consumer({ autoOffsetReset: "earliest" });
  consumer.raw.assign([{ topic: topic.name, partition: 0 }]);
  for await (const record of consumer.records()) {
    const { id, amount } = record.value;
    if (id !== "o-1" || amount !== 2n ** 60n) throw new Error(`${format} read ${id} and ${amount}`);
    console.log(`${format} works`);
    break;
  }
  await consumer.close();
}
await client.close();
await registry.close();
