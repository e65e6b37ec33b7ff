import type { Comparison } from "../measure/comparison.ts";

/** How a part measures. */
interface RegistryBenchOptions {
  readonly rounds: number;
  /** An interpreter that can import `karapace`; undefined: ours alone. */
  readonly karapace: string | undefined;
  readonly subjects: number;
}

/** A part of the benchmark: adds what it measured. */
export type RegistryBenchPart = (options: RegistryBenchOptions, comparison: Comparison) => Promise<void>;

/** Runs both, in turns, the other one first every second time. */
export async function inTurns(rounds: number, ours: () => Promise<void>, theirs: (() => Promise<void>) | undefined): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? [ours, theirs] : [theirs, ours];
    for (const run of order) await run?.();
  }
}
