import type { Client } from "@ottla/client";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { makeTemporaryFolder, removeTemporaryFolder } from "@ottla/conformance/process/temporary-folder";
import { waitUntil } from "@ottla/conformance/process/wait-until";
import { type ShapeName, shapes } from "../streams-driver/shapes.ts";
import { type BenchApplication, Contestant, type Side } from "./contestant.ts";
import { committedRecords, countRecords } from "./input-topics.ts";

const LOOK_EVERY_MS = 20;
const TURN_MS = 600_000;

/** How an application went through its input, once it was warm. */
export interface Turn {
  readonly records: number;
  readonly seconds: number;
  /** Of the application's process, all its threads. */
  readonly cpuSeconds: number;
  /** What it wrote to `out`. */
  readonly written: number;
}

/** Which application is measured, and on what. */
export type TurnOptions = Pick<BenchApplication, "shape" | "isExact" | "stores" | "commitIntervalMs"> & {
  readonly bootstrap: string;
  readonly client: Client;
  /** Undefined: wherever the system likes. */
  readonly core: number | undefined;
  readonly nodeArguments?: readonly string[];
};

let turns = 0;

/**
 * Runs an application from the beginning of its input to the end. Counts from the commit with which three tenths of the input are done with to the one with which all is: what the group has committed is looked at from outside, so
 * that nothing in the application counts.
 */
export async function runTurn(side: Side, options: TurnOptions): Promise<Turn> {
  const { client, shape, bootstrap, core } = options;
  const records = await countRecords(client, shapes[shape].readsBoth ? ["left", "right"] : ["left"]);
  const before = await countRecords(client, ["out"]);
  const applicationId = `bench-${shape}-${side}-${process.pid}-${turns++}`;
  const folder = makeTemporaryFolder("streams-bench");
  const contestant = await Contestant.start(side, { ...options, applicationId, bootstrap, folder }, options.nodeArguments);
  try {
    if (core !== undefined) contestant.pinTo(core);
    await contestant.running();
    const usageAt = async (count: number) => {
      const done = await waitUntil(
        `${applicationId} has done with ${count} records`,
        async () => {
          const committed = await committedRecords(client, applicationId);
          return committed >= count ? committed : undefined;
        },
        { timeoutMs: TURN_MS, everyMs: LOOK_EVERY_MS },
      );
      return { done, atMs: performance.now(), cpuSeconds: readProcessUsage(contestant.pid).cpuSeconds };
    };
    const warm = await usageAt(Math.floor(records * 0.3));
    const end = await usageAt(records);
    return {
      records: end.done - warm.done,
      seconds: (end.atMs - warm.atMs) / 1000,
      cpuSeconds: end.cpuSeconds - warm.cpuSeconds,
      written: (await countRecords(client, ["out"])) - before,
    };
  } finally {
    await contestant.close();
    removeTemporaryFolder(folder);
  }
}

/** Names a shape and how it ran, as the row of a table. */
export function rowOf(shape: ShapeName, { isExact, stores }: Pick<TurnOptions, "isExact" | "stores">): string {
  return [shapes[shape].title, ...(stores === "disk" ? ["on disk"] : []), ...(isExact ? ["exactly once"] : [])].join(", ");
}
