import type { Redis } from "ioredis";
import { ConnectError, RetriableError } from "../../connect-error.ts";
import type { SinkRecord } from "../../data/connect-record.ts";
import { DataError } from "../../data/data-error.ts";
import { defineSink } from "../../plugin/define.ts";
import type { SinkTask, SinkTaskContext, TopicPlace, WriteContext } from "../../plugin/sink-plugin.ts";
import { checkKeyTemplate, commandOfRecord, type RedisCommand } from "./commands-of-record.ts";
import { redisSinkConfig, type RedisSinkSettings } from "./redis-config.ts";
import { checkRedis, openRedis, readAddress, redisError } from "./redis-session.ts";

/** Records as entries, strings, hashes, list items, members of sets or messages of Redis: a batch and how far its partitions have come in one transaction, so that each record is written once. */
export const redisSink = defineSink({
  name: "redis-sink",
  aliases: ["com.redis.kafka.connect.RedisSinkConnector"],
  version: "0.1.0",
  doc: "Writes to Redis: streams, strings, hashes, lists, sets, sorted sets, pub/sub.",
  config: redisSinkConfig,
  async check(settings, context) {
    checkSink(settings);
    return checkRedis(settings, context);
  },
  async open(settings, context) {
    checkSink(settings);
    return new RedisWriting(settings, context);
  },
});

function checkSink(settings: RedisSinkSettings): void {
  readAddress(settings["redis.uri"]);
  if (settings["redis.key"] !== undefined) checkKeyTemplate(settings["redis.key"]);
}

class RedisWriting implements SinkTask {
  readonly #settings: RedisSinkSettings;
  readonly #offsetsKey: string;
  readonly #seek: SinkTaskContext["seek"];
  /** What this task saw written. */
  readonly #written = new Map<string, bigint>();
  #client: Redis | undefined;

  constructor(settings: RedisSinkSettings, { connector, seek }: SinkTaskContext) {
    this.#settings = settings;
    this.#offsetsKey = settings["ottla.offsets.key"].replaceAll("${connector}", connector);
    this.#seek = seek;
  }

  /** Reading goes on behind what Redis has, wherever Kafka's group is: a server that lost its last second gets it again. */
  async assigned(places: readonly TopicPlace[]): Promise<void> {
    this.#written.clear();
    if (this.#offsetsKey === "" || places.length === 0) return;
    try {
      const client = (this.#client ??= await openRedis(this.#settings));
      const found = await client.hmget(this.#offsetsKey, ...places.map(({ topic, partition }) => `${topic}-${partition}`));
      places.forEach((place, i) => {
        if (found[i] != null) this.#seek(place, BigInt(found[i]));
      });
    } catch (error) {
      throw this.#lost(error);
    }
  }

  async write(records: readonly SinkRecord[], { reportBad }: WriteContext): Promise<void> {
    if (records.length === 0) return;
    const bad = new Map<SinkRecord, unknown>();
    const wishes: { readonly record: SinkRecord; readonly command: RedisCommand | undefined }[] = [];
    for (const record of records) {
      try {
        wishes.push({ record, command: commandOfRecord(record, this.#settings) });
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        bad.set(record, error);
        wishes.push({ record, command: undefined });
      }
    }
    try {
      await this.#transact(wishes, bad);
    } catch (error) {
      throw this.#lost(error);
    }
    for (const [record, error] of bad) reportBad(record, error);
  }

  async close(): Promise<void> {
    this.#client?.disconnect();
    this.#client = undefined;
  }

  #lost(error: unknown): ConnectError {
    this.#client?.disconnect();
    this.#client = undefined;
    return redisError(error, this.#settings);
  }

  async #transact(
    wishes: readonly { readonly record: SinkRecord; readonly command: RedisCommand | undefined }[],
    bad: Map<SinkRecord, unknown>,
  ): Promise<void> {
    const client = (this.#client ??= await openRedis(this.#settings));
    const next = new Map<string, bigint>();
    if (this.#offsetsKey !== "") {
      const places = [...new Set(wishes.map(({ record }) => placeOf(record)))];
      // Whoever writes these partitions at the same time changes it, and then neither is written.
      await client.watch(this.#offsetsKey);
      const found = await client.hmget(this.#offsetsKey, ...places);
      places.forEach((place, i) => {
        const offset = BigInt(found[i] ?? 0);
        if (offset < (this.#written.get(place) ?? 0n))
          throw new ConnectError(
            "CONNECT_SINK",
            `Redis has forgotten records of ${place}: they were written up to offset ${this.#written.get(place)}, and ${this.#offsetsKey} says ${offset}. The task goes on there when it is started again; appendfsync always keeps what a crash takes otherwise.`,
          );
        next.set(place, offset);
      });
    }
    const fresh = wishes.filter(({ record }) => record.originalOffset >= (next.get(placeOf(record)) ?? 0n));
    const commands = fresh.flatMap(({ record, command }) => (command === undefined ? [] : [{ record, command }]));
    for (const { record } of fresh) next.set(placeOf(record), record.originalOffset + 1n);
    const multi = client.multi(commands.map(({ command }) => ["call", ...command]));
    if (this.#offsetsKey !== "" && fresh.length > 0)
      multi.hset(this.#offsetsKey, ...[...next].flatMap(([place, offset]) => [place, offset.toString()]));
    const answers = await multi.exec();
    if (answers === null) throw new RetriableError("Another task writes the same partitions; the batch is tried again.");
    // What one command breaks (another type at its key) undoes no other.
    commands.forEach(({ record }, i) => {
      const [error] = answers[i] ?? [];
      if (error != null) bad.set(record, new ConnectError("CONNECT_SINK", `Redis refuses the record: ${error.message}.`, { cause: error }));
    });
    const last = answers[commands.length]?.[0];
    if (last != null) throw last;
    if (this.#offsetsKey !== "") for (const [place, offset] of next) this.#written.set(place, offset);
  }
}

function placeOf({ originalTopic, originalPartition }: SinkRecord): string {
  return `${originalTopic}-${originalPartition}`;
}
