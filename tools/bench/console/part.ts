import type { openBrowser } from "@ottla/conformance/console/browser";
import type { Comparison } from "../measure/comparison.ts";
import type { LargeCluster } from "./large-cluster.ts";
import type { OwnConsole } from "./own-console.ts";

/** What a measurement of the console has. */
export interface ConsoleRound {
  readonly cluster: LargeCluster;
  readonly console: OwnConsole;
  readonly browser: Awaited<ReturnType<typeof openBrowser>>;
  readonly comparison: Comparison;
  readonly rounds: number;
}

/** One question; its answers are rows of the table. */
export type ConsoleBenchPart = (round: ConsoleRound) => Promise<void>;
