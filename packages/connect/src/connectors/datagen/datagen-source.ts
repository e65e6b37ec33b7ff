import { pause } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { int, long, oneOf, str } from "../../plugin/config-shape.ts";
import { defineSource } from "../../plugin/define.ts";
import type { SourceEvent, SourcePlugin } from "../../plugin/source-plugin.ts";
import type { ConnectSchema } from "../../data/schema.ts";

const STRING: ConnectSchema = { type: "string", optional: false };
const INT64: ConnectSchema = { type: "int64", optional: false };
const DOUBLE: ConnectSchema = { type: "double", optional: false };
const TIMESTAMP: ConnectSchema = { type: "int64", optional: false, name: "org.apache.kafka.connect.data.Timestamp", version: 1 };

const structOf = (name: string, fields: Record<string, ConnectSchema>): ConnectSchema => ({
  type: "struct",
  optional: false,
  name,
  fields: Object.entries(fields).map(([field, schema]) => ({ name: field, schema })),
});

/** A record of a kind by its number alone, so that the same number is the same record again. */
interface Kind {
  readonly schema: ConnectSchema;
  key(number: number): string;
  value(number: number, timeMs: number): object;
}

const regions = ["north", "south", "east", "west"];
const pages = ["/", "/search", "/basket", "/help"];

const kinds: Readonly<Record<"orders" | "pageviews" | "users", Kind>> = {
  orders: {
    schema: structOf("orders", { order_id: INT64, customer: STRING, item: STRING, amount: DOUBLE, ordered_at: TIMESTAMP }),
    key: (number) => String(number),
    value: (number, timeMs) => ({
      order_id: BigInt(number),
      customer: `customer-${mixed(number, 1) % 1000}`,
      item: `item-${mixed(number, 2) % 100}`,
      amount: (mixed(number, 3) % 50_000) / 100,
      ordered_at: new Date(timeMs),
    }),
  },
  pageviews: {
    schema: structOf("pageviews", { view: INT64, user: STRING, page: STRING, viewed_at: TIMESTAMP }),
    key: (number) => `user-${mixed(number, 1) % 500}`,
    value: (number, timeMs) => ({
      view: BigInt(number),
      user: `user-${mixed(number, 1) % 500}`,
      page: pages[mixed(number, 2) % pages.length],
      viewed_at: new Date(timeMs),
    }),
  },
  users: {
    schema: structOf("users", { user: STRING, region: STRING, registered_at: TIMESTAMP }),
    key: (number) => `user-${number % 500}`,
    value: (number, timeMs) => ({
      user: `user-${number % 500}`,
      region: regions[mixed(number, 1) % regions.length],
      registered_at: new Date(timeMs),
    }),
  },
};

const config = {
  "kafka.topic": str().with({ importance: "high" }).doc("The topic to write to."),
  quickstart: oneOf("orders", "pageviews", "users").default("orders").with({ importance: "high" }).doc("What is made up."),
  "max.interval": long().default(500).range(0).doc("The pause between two records, in ms; 0: none."),
  iterations: long().default(-1).range(-1).doc("So many records in all; -1: without an end."),
  "batch.size": int().default(500).range(1).with({ importance: "low" }).doc("Records that are handed on at once where there is no pause."),
};

/** Made-up records for trying things out: the same number is the same record, whatever happens in between. */
export const datagenSource: SourcePlugin<typeof config> = defineSource({
  name: "datagen",
  aliases: ["io.confluent.kafka.connect.datagen.DatagenConnector"],
  version: "1.0.0",
  doc: "Makes up records.",
  config,
  exactlyOnce: true,
  async *read({ "kafka.topic": topic, quickstart, "max.interval": pauseMs, iterations, "batch.size": batchSize }, { offsets, signal }) {
    const { schema, key, value } = kinds[quickstart];
    const partition = { quickstart };
    let number = Number((await offsets.get(partition))?.["iteration"] ?? 0);
    const end = iterations < 0 ? Number.POSITIVE_INFINITY : iterations;
    while (number < end && !signal.aborted) {
      const batch: SourceEvent[] = [];
      const count = pauseMs > 0 ? 1 : Math.min(batchSize, end - number);
      for (let at = 0; at < count; at++) {
        const timeMs = systemClock.nowMs();
        const made = { topic, key: key(number), keySchema: STRING, value: value(number, timeMs), valueSchema: schema, timestampMs: timeMs };
        number++;
        batch.push({ ...made, partition, offset: { iteration: number } });
      }
      yield batch;
      if (pauseMs > 0) await pause(systemClock, pauseMs, signal);
    }
  },
});

/** A number that looks as if it came by chance, and is the same for the same arguments. */
function mixed(number: number, salt: number): number {
  let hash = Math.imul(number ^ (salt * 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
