import { serdes } from "@ottla/streams";
import { OutputReader } from "../streams/output-reader.ts";
import type { FoundAnswers } from "./answers.ts";
import { outputs } from "./topology.ts";

/** Topics whose values are counts as Java's `Long` has them. */
const longs = new Set<string>([outputs.counts, outputs.since, outputs.closed, outputs.suppressed]);

/** Begins to read all outputs, of which `found` is told as they come. */
export function readAnswers(bootstrap: string, partitionCount: number, found: FoundAnswers, isExact: boolean): OutputReader {
  const isolationLevel = isExact ? "read_committed" : "read_uncommitted";
  return new OutputReader({ bootstrap, topics: Object.values(outputs), partitionCount, isolationLevel }, (batch) => {
    const { topic } = batch;
    for (const { partition, offset, key, value } of batch) {
      const text = longs.has(topic) ? String(serdes.long.deserialize(topic, value!, [])) : String(value);
      found.take({ topic, key: String(key), value: text, at: `${partition}:${offset}` });
    }
  });
}
