import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { askForTally, readTally, type Tally } from "./tally.ts";

/** Some seeds, over some processes. */
export interface SharedRun {
  readonly first: number;
  readonly count: number;
  readonly jobs: number;
  readonly keepsGoing: boolean;
  /** How many events of a day that fails are told. */
  readonly events: string;
  readonly isShort: boolean;
}

/** Lives so many days side by side, a row of seeds to a process, and passes on what they tell. */
export async function runInProcesses(script: string, { first, count, jobs, keepsGoing, events, isShort }: SharedRun): Promise<Tally> {
  const each = Math.ceil(count / jobs);
  const starts = Array.from({ length: jobs }, (_, i) => first + i * each).filter((from) => from < first + count);
  const tallies = await Promise.all(
    starts.map((from) => {
      const seeds = Math.min(each, first + count - from);
      const more = [...(keepsGoing ? ["--keep-going"] : []), ...(isShort ? ["--short"] : [])];
      return runProcess([...process.execArgv, script, "--seeds", String(seeds), "--from", String(from), "--events", events, ...more]);
    }),
  );
  return {
    records: tallies.reduce((sum, { records }) => sum + records, 0),
    incidents: tallies.reduce((sum, { incidents }) => sum + incidents, 0),
    broken: tallies.flatMap(({ broken }) => broken),
  };
}

async function runProcess(args: readonly string[]): Promise<Tally> {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], env: askForTally() });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let tally: Tally | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const read = readTally(line);
    if (read) tally = read;
    else console.log(line);
  }
  await ended;
  if (!tally) throw new Error(`A process that lived simulated days ended without a word (${args.join(" ")}).`);
  return tally;
}
