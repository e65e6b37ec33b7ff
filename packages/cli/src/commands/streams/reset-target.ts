import { OttlaError } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import type { TopicPartition } from "@ottla/client";
import { type ParsedOptions, UsageError } from "../../command.ts";
import { parseTime, type StartPosition } from "../../offset-positions.ts";

/** Where an application's input is to be read from. */
export type ResetTarget =
  | StartPosition
  | { readonly kind: "shift"; readonly by: number }
  /** Partitions that it does not name stay. */
  | { readonly kind: "plan"; readonly offsets: readonly (TopicPartition & { readonly offset: number })[] };

const CHOICES = ["to-earliest", "to-latest", "to-offset", "to-datetime", "by-duration", "shift-by", "from-file"] as const;
const DURATION = /^P(?!$)(?:(\d+)D)?(?:T(?!$)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const HAS_ZONE = /(?:Z|[+-]\d\d:?\d\d)$/;

/** Which one of the options says where to; the earliest unless told. `readText` reads a file. Throws {@link UsageError}. */
export function resetTarget(options: ParsedOptions, readText: (file: string) => string): ResetTarget {
  const given = CHOICES.filter((name) => options.has(name));
  if (given.length > 1) throw new UsageError(`Give one of ${given.map((name) => `--${name}`).join(" and ")}: each says where offsets go.`);
  const choice = given[0] ?? "to-earliest";
  switch (choice) {
    case "to-earliest":
      return { kind: "spec", spec: "earliest" };
    case "to-latest":
      return { kind: "spec", spec: "latest" };
    case "to-offset":
      return { kind: "offset", offset: options.integer("to-offset")! };
    case "shift-by":
      return { kind: "shift", by: options.integer("shift-by", -Number.MAX_SAFE_INTEGER)! };
    case "to-datetime":
      return { kind: "spec", spec: { timestamp: timeOf(options.text("to-datetime")!) } };
    case "by-duration":
      return { kind: "spec", spec: { timestamp: Math.max(0, systemClock.nowMs() - durationMs(options.text("by-duration")!)) } };
    case "from-file":
      return { kind: "plan", offsets: readPlan(options.text("from-file")!, readText) };
  }
}

/** Without a zone it is UTC, as in Kafka's tool. */
function timeOf(text: string): number {
  const isTime = text.includes("T");
  const time = parseTime(isTime && !HAS_ZONE.test(text) ? `${text}Z` : text);
  if (time !== undefined && time >= 0) return time;
  throw new UsageError(`--to-datetime is ${text}; write a time such as 2026-01-31T12:00:00.000.`);
}

function durationMs(text: string): number {
  const [, days = "0", hours = "0", minutes = "0", seconds = "0"] = DURATION.exec(text) ?? [];
  if (!DURATION.test(text)) throw new UsageError(`--by-duration is ${text}; write a duration such as P1DT2H30M5S.`);
  return Number(days) * 86_400_000 + Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000;
}

function readPlan(file: string, readText: (file: string) => string): readonly (TopicPartition & { readonly offset: number })[] {
  const lines = textOf(file, readText)
    .split(/\r?\n/)
    .map((text, index) => ({ text: text.trim(), number: index + 1 }))
    .filter(({ text }) => text !== "");
  if (lines.length === 0) throw new UsageError(`${file} has no line; each is to be topic,partition,offset.`);
  return lines.map(({ text, number }) => {
    const found = /^"?([\w.-]{1,249})"?\s*,\s*(\d{1,9})\s*,\s*(\d{1,16})$/.exec(text);
    const offset = Number(found?.[3]);
    if (found === null || !Number.isSafeInteger(offset))
      throw new OttlaError("BAD_PLAN", `Line ${number} of ${file} is none of topic,partition,offset: ${text.slice(0, 80)}`);
    return { topic: found[1]!, partition: Number(found[2]), offset };
  });
}

function textOf(file: string, readText: (file: string) => string): string {
  try {
    return readText(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "no reason given"}); check --from-file.`);
  }
}
