import { TopologyTestDriver, type Topology } from "@ottla/streams";
import type { Input, Result } from "./live-example.ts";

const SHOWN_MAX = 5;

/** What the topology makes of the inputs in the driver, to these topics: the truth for a check. */
export function inDriver(topology: Topology, inputs: readonly Input[], topics: readonly string[]): Result[] {
  using driver = new TopologyTestDriver(topology);
  const results: Result[] = [];
  for (const { topic, key, value, timestamp } of inputs) {
    driver.pipeRaw(topic, { key: Buffer.from(key), value: Buffer.from(JSON.stringify(value)), timestamp });
    for (const produced of driver.takeProduced()) {
      if (!topics.includes(produced.topic) || produced.key === null || produced.value === null) continue;
      results.push({
        topic: produced.topic,
        key: Buffer.from(produced.key),
        value: valueOf(produced.value),
        timestamp: produced.timestamp ?? 0,
        readAtMs: 0,
      });
    }
  }
  return results;
}

/** JSON, or what it is in hex. */
export function valueOf(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  try {
    return JSON.parse(text.toString());
  } catch {
    return text.toString("hex");
  }
}

/** Each record as often as expected, in whatever order: partitions have none among them. */
export function differences(expected: readonly Result[], actual: readonly Result[]): string[] {
  const left = new Map<string, number>();
  for (const result of expected) left.set(textOf(result), (left.get(textOf(result)) ?? 0) + 1);
  for (const result of actual) left.set(textOf(result), (left.get(textOf(result)) ?? 0) - 1);
  const wrong = [...left].filter(([, count]) => count !== 0);
  const shown = wrong.slice(0, SHOWN_MAX).map(([text, count]) => `${Math.abs(count)} ${count > 0 ? "missing" : "too many"}: ${text}`);
  return wrong.length > SHOWN_MAX ? [...shown, `and ${wrong.length - SHOWN_MAX} others`] : shown;
}

const textOf = ({ topic, key, value, timestamp }: Result): string =>
  `${topic} ${JSON.stringify(key.toString("latin1"))} ${JSON.stringify(value)} @${timestamp}`;
