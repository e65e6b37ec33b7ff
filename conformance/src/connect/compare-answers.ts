import type { ConnectAnswer, ConnectCase } from "./case.ts";

/** Undefined where both say the same: the same error or not, the same record, bytes, value and schema. What an error says is not compared. */
export function differenceOf(java: ConnectAnswer, ours: ConnectAnswer): string | undefined {
  if (java.error !== undefined || ours.error !== undefined) {
    if (java.error !== undefined && ours.error !== undefined) return undefined;
    return java.error === undefined ? "ours alone refuses" : "Java alone refuses";
  }
  const [theirs, mine] = [canonical(java), canonical(ours)];
  return theirs === mine ? undefined : "other results";
}

/** Properties in one order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** What a case is about, in a word or two. */
export function subjectOf(asked: ConnectCase): string {
  if (asked.kind === "transform") return asked.steps.length > 1 ? "a chain" : asked.steps[0]!.class.split(".").at(-1)!;
  return `${asked.kind} ${asked.class.split(".").at(-1)!}`;
}
