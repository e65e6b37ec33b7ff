import { StreamsBuilder, serdes, TopologyTestDriver } from "@ottla/streams";
import type { NexmarkEvent } from "./events.ts";
import type { Result } from "./expected.ts";
import { type Query, RESULTS } from "./query.ts";
import { json, keyOf, topics } from "./topics.ts";

/** Asks a query of events in the test driver. */
export function runQuery<K, V>(query: Query<K, V>, events: Iterable<NexmarkEvent>): Result[] {
  const b = new StreamsBuilder();
  query.build(b);
  const driver = new TopologyTestDriver(b.build());
  try {
    const inputs = new Map(
      query.reads.map((kind) => [kind, driver.inputTopic<number, NexmarkEvent>(topics[kind], { key: serdes.long, value: json.event })]),
    );
    for (const { topic, ...record } of query.loads?.() ?? []) driver.pipeRaw(topic, record);
    for (const event of events) inputs.get(event.kind)?.pipeInput(keyOf(event), event, event.dateTime);
    const results = driver.outputTopic(RESULTS, { key: query.key, value: query.value }).readKeyValues();
    return query.result === "stream" ? results : lastOfEach(results);
  } finally {
    driver.close();
  }
}

/** What is not deleted in the end. Keys may be objects: they are the same when they read the same. */
function lastOfEach(results: readonly Result[]): Result[] {
  const last = new Map(results.map((result) => [JSON.stringify(result[0]), result]));
  return [...last.values()].filter(([, value]) => value !== null);
}
