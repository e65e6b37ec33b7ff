import { type ConfigValues, int, list, oneOf, secret, str } from "../../plugin/config-shape.ts";

const high = { importance: "high" } as const;
const low = { importance: "low" } as const;

const sharedConfig = {
  "redis.uri": str().default("redis://127.0.0.1:6379").with(high).doc("redis://host:port/database, or rediss:// with TLS."),
  "redis.username": str().optional().doc("Login."),
  "redis.password": secret().optional().with(high).doc("Its password."),
  "redis.timeout": int().default(60).range(1).with(low).doc("Seconds that an answer may take."),
  "redis.reconnect.max.ms": int()
    .default(30_000)
    .range(0)
    .with(low)
    .doc("The longest pause before a lost server is tried again; it begins at 250 ms and doubles."),
};

/** Settings of the source, by the names that Redis's own connector has. */
export const redisStreamConfig = {
  ...sharedConfig,
  "redis.stream.name": list().with(high).doc("Streams to read; one that is not there yet is waited for."),
  topic: str().default("${stream}").with(high).doc("Where entries go; ${stream} is the stream's name."),
  "redis.stream.offset": str()
    .default("0-0")
    .doc("Where a consumer group that is made begins: 0-0 at the beginning, $ with what is new, or an entry's id."),
  "redis.stream.consumer.group": str().default("kafka-consumer-group").doc("The consumer group; it is made where it is not there."),
  "redis.stream.consumer.name": str().default("consumer").doc("The consumers' name; -0, -1 are the tasks'."),
  "redis.stream.block": int().default(1000).range(1).with(low).doc("So many ms a request waits for entries."),
  "batch.size": int().default(500).range(1, 100_000).with(low).doc("The most entries of one request."),
};

/** Settings of the sink. */
export const redisSinkConfig = {
  ...sharedConfig,
  "redis.type": oneOf("STREAM", "STRING", "HASH", "LIST", "PUBSUB").default("STREAM").with(high).doc("What a record becomes."),
  "redis.key": str()
    .optional()
    .doc("Key or channel: ${topic}, ${key}, ${partition}. Left out: ${topic}:${key} for STRING and HASH, ${topic} else."),
  "ottla.offsets.key": str()
    .default("ottla:offsets:${connector}")
    .with(low)
    .doc(
      "A hash that has how far each partition was written, changed in the same transaction: each record once. Empty: none, at least once.",
    ),
};

export type RedisSettings = ConfigValues<typeof sharedConfig>;
export type RedisStreamSettings = ConfigValues<typeof redisStreamConfig>;
export type RedisSinkSettings = ConfigValues<typeof redisSinkConfig>;
