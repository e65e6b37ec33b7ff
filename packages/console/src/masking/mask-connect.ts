import { failureReason } from "../services/failure-reason.ts";

/** What stands for something hidden. */
export const MASKED = "•••";
/** What a line says of where, and how much: never of what. */
const TELLING_PLACES: ReadonlySet<string> = new Set([
  "connector",
  "stage",
  "topic",
  "logger",
  "code",
  "errorCode",
  "workerId",
  "worker_id",
]);

/**
 * A failure of a connector to whom masking rules hide something: its kind and its place. What went wrong is told with the first bytes of a record, or with a value of a field, and no rule can say where in the text they are.
 */
export function maskedTrace(trace: string): string {
  const { what: _, ...place } = failureReason(trace);
  const [kind = "Error"] = /^[\w.$]*(?:Error|Exception)\b/.exec(trace) ?? [];
  const where = Object.entries(place).map(([name, value]) => (name === "stage" ? value : `${name} ${value}`));
  return `${[kind, ...(where.length > 0 ? [where.join(", ")] : []), MASKED].join(": ")}`;
}

/** Fields of a log line, as those who may not see records see them. */
export function maskedFields(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => {
      const isShown = typeof value === "number" || typeof value === "boolean" || value === null || TELLING_PLACES.has(name);
      return [name, isShown ? value : MASKED];
    }),
  );
}

/** Where a source is, as those who may not see records see it: a key, a time or an id of the last record stands in it. What its partitions are called, and offsets in topics, are no part of a record. */
export function maskedOffsets(offsets: readonly object[]): readonly object[] {
  return offsets.map((each) => {
    const { partition, offset } = each as { readonly partition?: unknown; readonly offset?: unknown };
    return { partition, offset: isOfTopic(partition) ? offset : maskedPlace(offset) };
  });
}

function isOfTopic(partition: unknown): boolean {
  return typeof partition === "object" && partition !== null && "kafka_topic" in partition;
}

function maskedPlace(offset: unknown): unknown {
  if (typeof offset !== "object" || offset === null) return offset === null ? null : MASKED;
  return Object.fromEntries(Object.keys(offset).map((name) => [name, MASKED]));
}
