import { createFileRegistry, createMutableRegistry, create, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import {
  AvroDeserializer,
  AvroSerializer,
  JsonDeserializer,
  JsonSerializer,
  ProtobufDeserializer,
  ProtobufSerializer,
  SchemaRegistryClient,
  SerdeType,
} from "@confluentinc/schemaregistry";
import kafkajsRegistry from "@kafkajs/confluent-schema-registry";

type Serdes = typeof import("@ottla/serdes");
const { SchemaRegistry } = kafkajsRegistry;

/** Who writes and reads values of one registered schema. */
export interface SerdePeer {
  readonly name: "ottla" | "confluent" | "kafkajs";
  write(value: object): Buffer | Promise<Buffer>;
  read(bytes: Buffer): unknown;
}

export type PeerFormat = "AVRO" | "JSON" | "PROTOBUF";

/** A schema that is registered under the topic's subject, and a value of it as all peers take it. */
export interface PeerCase {
  readonly topic: string;
  readonly format: PeerFormat;
  readonly schema: string;
  readonly value: object;
  /** Of Protobuf. */
  readonly message: string;
}

/** All peers over one registry, each with its schema at hand. `close` ends their connections. */
export async function openPeers(
  url: string,
  serdesModule: string,
  { format, message, schema, topic, value }: PeerCase,
): Promise<{ readonly peers: readonly SerdePeer[]; readonly close: () => Promise<void> }> {
  const serdes = (await import(serdesModule)) as Serdes;
  const registry = serdes.createRegistryClient({ baseUrls: url });
  const { id } = await registry.register(`${topic}-value`, { schemaType: format, schema });
  const confluent = new SchemaRegistryClient({ baseURLs: [url] });
  const kafkajs = new SchemaRegistry({ host: url });
  const make = { AVRO: serdes.avro, JSON: serdes.jsonSchema, PROTOBUF: serdes.protobuf }[format] as Serdes["avro"];
  const own = make<object>({ registry, schema, autoRegister: false, ...(format === "AVRO" && { int64: "number" as const }) });
  const context = { topic, field: "value" } as const;
  const ottla: SerdePeer = {
    name: "ottla",
    write: (given) => own.serialize(given, context) as Buffer | Promise<Buffer>,
    read: (bytes) => own.deserialize(bytes, context, []),
  };
  const theirs: SerdePeer =
    format === "PROTOBUF"
      ? await confluentProtobuf(confluent, {
          topic,
          message,
          descriptor: `${url}/subjects/${topic}-value/versions/latest?format=serialized`,
        })
      : confluentPeer(confluent, topic, format);
  const theirKafkajs: SerdePeer = {
    name: "kafkajs",
    // It takes no bigint.
    write: (given) => kafkajs.encode(id, "amount" in given ? { ...given, amount: Number(given.amount) } : given),
    read: (bytes) => kafkajs.decode(bytes),
  };
  const peers = [ottla, theirs, theirKafkajs];
  // Kafkajs learns the schema, and of Protobuf the message, from the registry.
  for (const peer of peers) await peer.read(await peer.write(value));
  return {
    peers,
    async close() {
      await registry.close();
      await confluent.close();
    },
  };
}

function confluentPeer(client: SchemaRegistryClient, topic: string, format: "AVRO" | "JSON"): SerdePeer {
  const choice = { useLatestVersion: true, autoRegisterSchemas: false };
  const [writer, reader] =
    format === "AVRO"
      ? [new AvroSerializer(client, SerdeType.VALUE, choice), new AvroDeserializer(client, SerdeType.VALUE, {})]
      : [
          new JsonSerializer(client, SerdeType.VALUE, { ...choice, validate: true }),
          new JsonDeserializer(client, SerdeType.VALUE, { validate: true }),
        ];
  return { name: "confluent", write: (value) => writer.serialize(topic, value), read: (bytes) => reader.deserialize(topic, bytes) };
}

async function confluentProtobuf(
  client: SchemaRegistryClient,
  { topic, message, descriptor }: { readonly topic: string; readonly message: string; readonly descriptor: string },
): Promise<SerdePeer> {
  const { schema } = (await (await fetch(descriptor)).json()) as { schema: string };
  const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(schema, "base64"));
  const desc = createFileRegistry(file, () => undefined).getMessage(message);
  if (desc === undefined) throw new Error(`The descriptor has no message ${message}.`);
  const writer = new ProtobufSerializer(client, SerdeType.VALUE, {
    useLatestVersion: true,
    autoRegisterSchemas: false,
    registry: createMutableRegistry(desc),
  });
  const reader = new ProtobufDeserializer(client, SerdeType.VALUE, {});
  return {
    name: "confluent",
    write: (value) => writer.serialize(topic, create(desc, value as never)),
    read: (bytes) => reader.deserialize(topic, bytes),
  };
}
