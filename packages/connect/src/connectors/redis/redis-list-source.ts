import { ConnectError } from "../../connect-error.ts";
import { defineSource } from "../../plugin/define.ts";
import type { SourceTaskContext } from "../../plugin/source-plugin.ts";
import { ListReading, type ListShare } from "./list-reading.ts";
import { redisListConfig } from "./redis-config.ts";
import { checkRedis, readAddress } from "./redis-session.ts";

const readings = new WeakMap<SourceTaskContext<object>, ListReading>();

/** Items of Redis's lists as records. An item is in Redis until its record is durable; with transactions of the worker's none comes twice. */
export const redisListSource = defineSource({
  name: "redis-list-source",
  version: "0.1.0",
  doc: "Takes items of Redis's lists, and lets go of each when its record is durable.",
  config: redisListConfig,
  exactlyOnce: true,
  check: async (settings, context) => {
    readAddress(settings["redis.uri"]);
    if (settings["redis.list.name"].length === 0)
      return [{ severity: "error", key: "redis.list.name", message: "redis.list.name names no list." }];
    return checkRedis(settings, context);
  },
  split: async (_settings, maxTasks): Promise<readonly ListShare[]> =>
    Array.from({ length: maxTasks }, (_, task) => ({ task, tasks: maxTasks })),
  async *read(settings, context: SourceTaskContext<ListShare>) {
    const reading = new ListReading(settings, context);
    readings.set(context, reading);
    yield* reading.read();
  },
  delivered(partition, offset, context) {
    readings.get(context)?.durable(partition, Number(offset["count"]));
  },
  async checkOffsets(_settings, offsets) {
    for (const { partition, offset } of offsets)
      if (
        typeof partition["list"] !== "string" ||
        typeof partition["pending"] !== "string" ||
        (offset !== null && !isCount(offset["count"]))
      )
        throw new ConnectError(
          "CONNECT_CONFIG",
          'Offsets of a Redis list\'s source are {"list": "…", "pending": "…"} and {"count": 7}, so many items as were durable.',
        );
  },
});

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(typeof value === "bigint" ? Number(value) : value) && Number(value) >= 0;
}
