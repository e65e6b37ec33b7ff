import { ConnectError } from "../../connect-error.ts";
import { defineSource } from "../../plugin/define.ts";
import type { SourceTaskContext } from "../../plugin/source-plugin.ts";
import { redisStreamConfig } from "./redis-config.ts";
import { checkRedis, readAddress } from "./redis-session.ts";
import { StreamReading, type StreamShare } from "./stream-reading.ts";

const readings = new WeakMap<SourceTaskContext<object>, StreamReading>();
const ENTRY_ID = /^\d+-\d+$/;

/**
 * Entries of Redis's streams as records, read as consumers of a group and acknowledged (XACK) when their records are durable. What a consumer gets comes in the order of ids, and its offset is the last one: an entry that is
 * given out again behind it is known, so that with transactions of the worker's nothing comes twice.
 */
export const redisStreamSource = defineSource({
  name: "redis-stream-source",
  aliases: ["com.redis.kafka.connect.RedisStreamSourceConnector"],
  version: "0.1.0",
  doc: "Reads streams of Redis by a consumer group.",
  config: redisStreamConfig,
  exactlyOnce: true,
  check: async (settings, context) => {
    readAddress(settings["redis.uri"]);
    if (settings["redis.stream.name"].length === 0)
      return [{ severity: "error", key: "redis.stream.name", message: "redis.stream.name names no stream." }];
    return checkRedis(settings, context);
  },
  split: async (_settings, maxTasks): Promise<readonly StreamShare[]> =>
    Array.from({ length: maxTasks }, (_, task) => ({ task, tasks: maxTasks })),
  async *read(settings, context: SourceTaskContext<StreamShare>) {
    const reading = new StreamReading(settings, context);
    readings.set(context, reading);
    yield* reading.read();
  },
  delivered(partition, offset, context) {
    readings.get(context)?.durable(partition, String(offset["id"]));
  },
  async checkOffsets(_settings, offsets) {
    for (const { partition, offset } of offsets) {
      if (typeof partition["stream"] !== "string" || typeof partition["consumer"] !== "string")
        throw new ConnectError("CONNECT_CONFIG", 'A partition of a Redis stream\'s source is {"consumer": "…", "stream": "…"}.');
      if (offset !== null && !ENTRY_ID.test(String(offset["id"])))
        throw new ConnectError("CONNECT_CONFIG", 'An offset of a Redis stream\'s source is {"id": "1700000000000-0"}, an entry\'s id.');
    }
  },
});
