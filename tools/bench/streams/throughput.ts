import type { Client } from "@ottla/client";
import { readFileSync } from "node:fs";
import { readProcessUsage } from "@ottla/conformance/process/process-usage";
import { makeTemporaryFolder, removeTemporaryFolder } from "@ottla/conformance/process/temporary-folder";
import { waitUntil } from "@ottla/conformance/process/wait-until";
import { Comparison } from "../measure/comparison.ts";
import { type ShapeName, shapes } from "../streams-driver/shapes.ts";
import { type BenchApplication, Contestant, type Side } from "./contestant.ts";
import { committedRecords, countRecords, fillInputs, PARTITIONS } from "./input-topics.ts";
import { bodyOf, sidesOf, type StreamsBenchPart } from "./part.ts";

const LOOK_EVERY_MS = 20;
const TURN_MS = 600_000;
const COMMIT_INTERVAL_MS = 100;
const RECORDS = 4_000_000;

/** How an application went through its input, once it was warm. */
interface Turn {
  readonly records: number;
  readonly seconds: number;
  /** Of the application's process, all its threads. */
  readonly cpuSeconds: number;
  /** So long others had its core. */
  readonly othersSeconds: number;
  /** What it wrote to `out`. */
  readonly written: number;
}

/** Which application is measured, and on what. */
type TurnOptions = Pick<BenchApplication, "shape" | "isExact" | "stores" | "commitIntervalMs"> & {
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
async function runTurn(side: Side, options: TurnOptions): Promise<Turn> {
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
      const busySeconds = core === undefined ? Number.NaN : readBusySeconds(core);
      return { done, atMs: performance.now(), cpuSeconds: readProcessUsage(contestant.pid).cpuSeconds, busySeconds };
    };
    const warm = await usageAt(Math.floor(records * 0.3));
    const end = await usageAt(records);
    return {
      records: end.done - warm.done,
      seconds: (end.atMs - warm.atMs) / 1000,
      cpuSeconds: end.cpuSeconds - warm.cpuSeconds,
      othersSeconds: end.busySeconds - warm.busySeconds - (end.cpuSeconds - warm.cpuSeconds),
      written: (await countRecords(client, ["out"])) - before,
    };
  } finally {
    await contestant.close();
    removeTemporaryFolder(folder);
  }
}

/** How long a core has done something, for whomever. Linux only. */
function readBusySeconds(core: number): number {
  const line = readFileSync("/proc/stat", "utf8")
    .split("\n")
    .find((each) => each.startsWith(`cpu${core} `));
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = (line ?? "").split(" ").slice(1).map(Number);
  return (user + nice + system + irq + softIrq + steal) / 100;
}

/** Names a shape and how it ran, as the row of a table. */
function rowOf(shape: ShapeName, { isExact, stores }: Pick<TurnOptions, "isExact" | "stores">): string {
  return [shapes[shape].title, ...(stores === "disk" ? ["on disk"] : []), ...(isExact ? ["exactly once"] : [])].join(", ");
}

/** How many records a core takes: both guarantees, all shapes. */
export const throughputPart: StreamsBenchPart = {
  title: "records per core",
  async run(options, { cluster, client }) {
    const { records = RECORDS, applicationCore } = options;
    const comparison = new Comparison();
    const written = new Map<ShapeName, number>();
    await fillInputs(client, records);
    const variants = options.shapes.flatMap((shape) =>
      options.guarantees.flatMap((guarantee) => options.stores.map((stores) => ({ shape, isExact: guarantee === "exactlyOnce", stores }))),
    );
    for (let round = 0; round < options.rounds; round++) {
      // Both guarantees come first in turn: what ran before has warmed the cluster up.
      for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
        const row = rowOf(variant.shape, variant);
        for (const side of sidesOf(options, round)) {
          const turn = await runTurn(side, {
            ...variant,
            commitIntervalMs: COMMIT_INTERVAL_MS,
            bootstrap: cluster.bootstrap,
            client,
            core: applicationCore,
            nodeArguments: options.nodeArguments,
          });
          const goal = { than: "kafka", atLeast: variant.shape === "filter-map" ? 1.5 : 1 } as const;
          comparison.add(`${row}: thousands of records per second of CPU`, side, turn.records / turn.cpuSeconds / 1000, goal);
          comparison.add(`${row}: thousands of records per second`, side, turn.records / turn.seconds / 1000);
          if (applicationCore !== undefined) {
            const ownSeconds = turn.seconds - Math.max(0, turn.othersSeconds);
            comparison.add(
              `${row}: thousands of records per second that others did not have its core`,
              side,
              turn.records / ownSeconds / 1000,
            );
          }
          checkWritten(`${row}, by ${side}`, variant.shape, written, turn.written);
        }
      }
    }
    const said = `${records / 1000} thousand records in two topics of ${PARTITIONS} partitions, text keys (a thousand) and values (20 to 99 letters), no cache, commits every ${COMMIT_INTERVAL_MS} ms; the first three tenths warm up and do not count. One thread of Java's, with the serial collector; ours in its one loop. CPU is that of the application's whole process, compilers and collectors included.`;
    return bodyOf(said, comparison);
  },
};

/**
 * Both sides write about as many records of one topic, or one of them does not do its work; a transaction's marker has a place of its own. What a join finds depends on which topic's records come first, so that its numbers part by
 * some hundredths.
 */
function checkWritten(what: string, shape: ShapeName, written: Map<ShapeName, number>, count: number): void {
  if (shapes[shape].readsBoth) return;
  const before = written.get(shape) ?? count;
  written.set(shape, before);
  if (Math.abs(count - before) > before * 0.02)
    throw new Error(`${what}: ${count} records were written, and ${before} in an earlier turn.`);
}
