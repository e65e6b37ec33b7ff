import type { BatchCase } from "./batch-case.ts";
import { namedDifferences } from "./named-differences.ts";
import type { Observation } from "./observe.ts";

/** A case in which the two brokers differ, field by field. */
export interface Difference {
  readonly batch: BatchCase;
  /** The name of what explains it; undefined: nothing does. */
  readonly named: string | undefined;
  readonly fields: readonly string[];
}

/** Undefined where both did the same. `areLogsApart`: the topics hold other records by now. */
export function compare(batch: BatchCase, kafka: Observation, ours: Observation, areLogsApart: boolean): Difference | undefined {
  const fields = differing("", comparable(kafka, areLogsApart), comparable(ours, areLogsApart));
  if (fields.length === 0) return undefined;
  const named = namedDifferences.find((difference) => difference.explains(kafka, ours, batch))?.name;
  return { batch, named, fields: named === undefined && ours.message !== null ? [...fields, `ours says: ${ours.message}`] : fields };
}

function comparable(observation: Observation, areLogsApart: boolean): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...observation };
  delete fields["message"];
  if (areLogsApart) delete fields["offsetOfMaxTimestamp"];
  return fields;
}

function differing(path: string, kafka: Record<string, unknown>, ours: Record<string, unknown>): string[] {
  return Object.keys({ ...kafka, ...ours }).flatMap((field) => {
    const [a, b] = [kafka[field], ours[field]];
    if (JSON.stringify(a) === JSON.stringify(b)) return [];
    if (isObject(a) && isObject(b)) return differing(`${path}${field}.`, a, b);
    return [`${path}${field}: Kafka ${brief(a)}, ours ${brief(b)}`];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function brief(value: unknown): string {
  return isObject(value) ? "a batch" : String(JSON.stringify(value)).slice(0, 120);
}
