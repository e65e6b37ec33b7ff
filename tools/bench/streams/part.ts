import type { Client } from "@ottla/client";
import type { RunningCluster } from "@ottla/conformance/cluster";
import type { Comparison, Contestant as Name } from "../measure/comparison.ts";
import type { ShapeName } from "../streams-driver/shapes.ts";
import type { Side } from "./contestant.ts";

/** How much is run. */
export interface StreamsBenchOptions {
  readonly rounds: number;
  readonly sides: readonly Side[];
  readonly shapes: readonly ShapeName[];
  readonly guarantees: readonly ("atLeastOnce" | "exactlyOnce")[];
  readonly stores: readonly ("memory" | "disk")[];
  /** Undefined: the part's own number. */
  readonly records: number | undefined;
  /** Of the parts under a steady load. Undefined: the part's own number. */
  readonly recordsPerSecond: number | undefined;
  /** Undefined: wherever the system likes. */
  readonly applicationCore: number | undefined;
  readonly nodeArguments: readonly string[];
}

/** Where it is run. */
interface Stage {
  readonly cluster: RunningCluster;
  readonly client: Client;
}

/** One selectable part of `npm run bench -- streams`: measures on one broker and gives the Markdown of its section. */
export interface StreamsBenchPart {
  readonly title: string;
  run(options: StreamsBenchOptions, stage: Stage): Promise<string>;
}

/** Every other time the other way round: a slow minute of the machine hits both. */
export function sidesOf({ sides }: StreamsBenchOptions, round: number): readonly Side[] {
  return round % 2 === 0 ? sides : sides.toReversed();
}

/** A table of both sides, with what has to be known about it. */
export function bodyOf(said: string, comparison: Comparison): string {
  const names: readonly Name[] = ["ottla", "kafka"];
  return `${said}\n\n${comparison.toMarkdown(names)}`;
}
