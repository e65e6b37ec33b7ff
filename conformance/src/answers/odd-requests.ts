import type { Probe } from "./probe.ts";

/** A request, or a few, that an old or odd client might send. */
export interface OddRequest {
  readonly name: string;
  /** Sends them and returns what is to be the same with Apache Kafka. */
  ask(probe: Probe): Promise<unknown>;
  /** Why ours answers otherwise on purpose; then the answers must differ. */
  readonly differs?: string;
}

/** The ends of int64 and of what a JavaScript number counts exactly. */
export const int64Extremes: readonly (readonly [string, number])[] = [
  ["Long.MIN_VALUE", -(2 ** 63)],
  ["-2^53", -(2 ** 53)],
  ["-(2^53 - 1)", -(2 ** 53 - 1)],
  ["-7", -7],
  ["-1", -1],
  ["0", 0],
  ["1", 1],
  ["2^53 - 1", 2 ** 53 - 1],
  ["2^53", 2 ** 53],
  ["2^62", 2 ** 62],
  ["Long.MAX_VALUE", 2 ** 63],
];

export const int32Extremes: readonly number[] = [-(2 ** 31), -2, -1, 0, 1, 2 ** 31 - 1];
