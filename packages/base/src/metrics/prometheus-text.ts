import type { Clock } from "../seams/clock.ts";
import { TimeSlice } from "../time-slice.ts";
import type { MetricFamily } from "./metric-family.ts";

/** Pieces of about this size are handed on. */
const PIECE_CHARS = 64 * 1024;

/** What a response with {@link prometheusText} says of itself. */
export const PROMETHEUS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * The Prometheus text format of families, in pieces of about 64 KiB; rests when its slice of time is over, so that a hundred thousand samples keep nobody waiting. Each
 * family comes whole, in the order given.
 */
export async function* prometheusText(clock: Clock, families: Iterable<MetricFamily>): AsyncGenerator<string, void> {
  const slice = new TimeSlice(clock);
  let piece = "";
  for (const { name, type, help, collect } of families) {
    let isBegun = false;
    const sink = (labels: string, value: number, suffix = ""): void => {
      if (!isBegun) piece += `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n# TYPE ${name} ${type}\n`;
      isBegun = true;
      piece += `${name}${suffix}${labels} ${numberText(value)}\n`;
    };
    for (const _ of collect(sink)) {
      if (piece.length >= PIECE_CHARS) {
        yield piece;
        piece = "";
      }
      if (slice.isOver) await slice.rest();
    }
  }
  if (piece !== "") yield piece;
}

function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
