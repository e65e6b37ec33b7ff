import { OttlaError } from "@ottla/base";
import type { Admin, OffsetSpec, TopicPartition } from "@ottla/client";
import { UsageError } from "./command.ts";

/** Where to begin: a place that the broker looks up, a number, or so many records before the end. */
export type StartPosition =
  | { readonly kind: "spec"; readonly spec: OffsetSpec }
  | { readonly kind: "offset"; readonly offset: number }
  | { readonly kind: "fromEnd"; readonly count: number };

/** `earliest`, `latest`, `42`, `-10`, or a time as ISO 8601 or `@` and milliseconds. Throws {@link UsageError}. */
export function parseStartPosition(text: string): StartPosition {
  if (text === "earliest" || text === "beginning") return { kind: "spec", spec: "earliest" };
  if (text === "latest" || text === "end") return { kind: "spec", spec: "latest" };
  if (/^-\d+$/.test(text)) return { kind: "fromEnd", count: -Number(text) };
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return { kind: "offset", offset: Number(text) };
  const timestamp = parseTime(text);
  if (timestamp !== undefined) return { kind: "spec", spec: { timestamp } };
  throw new UsageError(
    `The offset "${text}" is none; write earliest, latest, a number, -N for the last N, or a time such as 2026-01-31T12:00Z.`,
  );
}

/** Milliseconds since 1970 of an ISO 8601 time, or of `@` and milliseconds; undefined for other text. A time without zone is the machine's. */
export function parseTime(text: string): number | undefined {
  const milliseconds = /^@(\d{1,15})$/.exec(text)?.[1];
  if (milliseconds !== undefined) return Number(milliseconds);
  if (!/^\d{4}-\d\d-\d\d/.test(text)) return undefined;
  const time = Date.parse(text.replace(" ", "T"));
  return Number.isNaN(time) ? undefined : time;
}

/** The offset of each partition where reading begins. Behind the last record of a time is the end. */
export async function findStartOffsets(admin: Admin, partitions: readonly TopicPartition[], start: StartPosition): Promise<number[]> {
  const lookUp = async (spec: OffsetSpec): Promise<(number | undefined)[]> => {
    const found = await admin.listOffsets(partitions.map((partition) => ({ ...partition, spec })));
    return found.map(({ error, value }) => {
      if (error) throw error;
      return value.offset;
    });
  };
  if (start.kind === "offset") return partitions.map(() => start.offset);
  if (start.kind === "fromEnd") {
    const [starts, ends] = await Promise.all([lookUp("earliest"), lookUp("latest")]);
    return ends.map((end, i) => Math.max(starts[i] ?? 0, (end ?? 0) - start.count));
  }
  const found = await lookUp(start.spec);
  if (!found.includes(undefined)) return found as number[];
  const ends = await lookUp("latest");
  return found.map((offset, i) => offset ?? ends[i] ?? 0);
}

/** Throws when one of the partitions neither has its offset nor gives it to its next record. Errors: `NO_OFFSET`. */
export async function checkOffsetsThere(admin: Admin, partitions: readonly TopicPartition[], offsets: readonly number[]): Promise<void> {
  const starts = await findStartOffsets(admin, partitions, { kind: "spec", spec: "earliest" });
  const ends = await findStartOffsets(admin, partitions, { kind: "spec", spec: "latest" });
  for (const [i, { topic, partition }] of partitions.entries()) {
    const [offset, start, end] = [offsets[i]!, starts[i]!, ends[i]!];
    if (offset >= start && offset <= end) continue;
    throw new OttlaError(
      "NO_OFFSET",
      `The offset ${offset} is not in ${topic}-${partition}: its first is ${start}, and the next record gets ${end}; "ottla offsets list ${topic}" shows which there are.`,
    );
  }
}
