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
