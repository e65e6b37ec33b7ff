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

const valueForm = oneOf("string", "bytes")
  .default("string")
  .doc("What a record's value is: a text, and bytes that are none are refused; or bytes.");

/** Settings of the lists' source. */
export const redisListConfig = {
  ...sharedConfig,
  "redis.list.name": list().with(high).doc("Lists to read from the left; one that is not there yet is waited for."),
  topic: str().default("${list}").with(high).doc("Where items go; ${list} is the list's name."),
  "redis.list.pending": str()
    .default("${list}:pending:${connector}")
    .doc(
      "The list that has what was taken and is not durable yet, with -0, -1 for the tasks behind it; beside it a key that ends in :done.",
    ),
  "redis.list.block": int().default(1000).range(1).with(low).doc("So many ms a request waits for items."),
  "redis.value": valueForm,
  "batch.size": int().default(500).range(1, 10_000).with(low).doc("The most items of one request."),
};

/** Settings of the source of messages. */
export const redisPubSubConfig = {
  ...sharedConfig,
  "redis.channels": list().default([]).with(high).doc("Channels to listen to."),
  "redis.patterns": list().default([]).with(high).doc("Patterns of channels, as PSUBSCRIBE has them."),
  topic: str().default("${channel}").with(high).doc("Where messages go; ${channel} is the channel's name."),
  "redis.value": valueForm,
  "ottla.queue.size": int()
    .default(10_000)
    .range(1, 1_000_000)
    .with(low)
    .doc("So many messages wait for Kafka; what comes when they do is lost, told of and counted."),
};

/** Settings of the sink. */
export const redisSinkConfig = {
  ...sharedConfig,
  "redis.type": oneOf("STREAM", "STRING", "HASH", "LIST", "SET", "ZSET", "PUBSUB")
    .default("STREAM")
    .with(high)
    .doc("What a record becomes."),
  "redis.key": str()
    .optional()
    .doc("Key or channel: ${topic}, ${key}, ${partition}. Left out: ${topic}:${key} for STRING and HASH, ${topic} else."),
  "redis.member": str()
    .default("")
    .doc("SET and ZSET: the field of the value that is the member; empty: the record's key, or of a SET without a key the whole value."),
  "redis.score": str()
    .default("")
    .doc("ZSET: the field of the value that is the score, a number or a time; empty: the record's timestamp in ms."),
  "ottla.offsets.key": str()
    .default("ottla:offsets:${connector}")
    .with(low)
    .doc(
      "A hash that has how far each partition was written, changed in the same transaction: each record once. Empty: none, at least once.",
    ),
};

export type RedisSettings = ConfigValues<typeof sharedConfig>;
export type RedisStreamSettings = ConfigValues<typeof redisStreamConfig>;
export type RedisListSettings = ConfigValues<typeof redisListConfig>;
export type RedisSinkSettings = ConfigValues<typeof redisSinkConfig>;
