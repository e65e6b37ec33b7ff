/** What some simulated days came to. */
export interface Tally {
  readonly records: number;
  /** Processes that ended. */
  readonly incidents: number;
  /** Seeds of days on which a promise was broken. */
  readonly broken: readonly number[];
}

const MACHINE_READABLE = "OTTLA_TALLY";

/** The last line of a run; to a process that asked for it, as JSON. */
export function tellTally(tally: Tally, run: { readonly first: number; readonly count: number; readonly seconds: number }): void {
  if (process.env[MACHINE_READABLE] !== undefined) {
    console.log(`${MACHINE_READABLE} ${JSON.stringify(tally)}`);
    return;
  }
  const { records, incidents, broken } = tally;
  if (broken.length > 0) {
    console.log(`${broken.length} seeds broke a promise: ${broken.join(" ")}`);
    return;
  }
  const told = `${records} records, ${incidents} processes ended, no promise broken`;
  const pace = `${run.seconds.toFixed(1)} s, ${Math.round((run.count / run.seconds) * 60)} seeds a minute`;
  console.log(`${run.count} seeds from ${run.first}, ${told}; ${pace}`);
}

/** The environment of a process whose last line {@link readTally} reads. */
export function askForTally(): NodeJS.ProcessEnv {
  return { ...process.env, [MACHINE_READABLE]: "1" };
}

/** Undefined: this is another line. */
export function readTally(line: string): Tally | undefined {
  return line.startsWith(`${MACHINE_READABLE} `) ? (JSON.parse(line.slice(MACHINE_READABLE.length + 1)) as Tally) : undefined;
}
