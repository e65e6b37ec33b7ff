/** `npm run example -- fraud | orders | iot | cdc-to-lake`: the systems of this folder, running, and the pipeline of `examples/connect/cdc-to-lake`. */
import { parseArgs } from "node:util";
import { check } from "./check.ts";
import { examples } from "./examples.ts";
import { show } from "./show.ts";
import { Cluster } from "./world.ts";

const HELP = `npm run example -- fraud | orders | iot [options]: a system of streams, with a broker and a generator of its own, and what it reaches.

  --seconds N               ends by itself; otherwise with Ctrl-C
  --rate N                  events a second (fraud 2000, orders 10000, iot as many as it carries)
  --workers N               threads of the application (otherwise one loop does all)
  --guarantee G             exactlyOnce (fraud and orders unless told) or atLeastOnce (iot)
  --bootstrap-server H:P    a cluster that is there, such as an Apache Kafka, in place of an ottla dev of its own
  --check                   writes a day with a known outcome, kills the application in the middle, and compares: status 1 when a record is missing, twice or wrong
  --kills N                 how often --check kills it (1)

npm run example -- cdc-to-lake: rows that change in PostgreSQL are asked for in Parquet a second later.
`;

/** Ends with a status, and whatever is open closed by then. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: "boolean", default: false },
      seconds: { type: "string" },
      rate: { type: "string" },
      guarantee: { type: "string" },
      workers: { type: "string" },
      "bootstrap-server": { type: "string" },
      check: { type: "boolean", default: false },
      kills: { type: "string", default: "1" },
    },
  });
  const [name = "", ...others] = positionals;
  if (name === "cdc-to-lake" && others.length === 0 && !values.help)
    return (await import("../../connect/cdc-to-lake/run.ts")).runCdcToLake();
  const example = Object.hasOwn(examples, name) ? examples[name] : undefined;
  const { guarantee } = values;
  if (values.help || example === undefined || others.length > 0) {
    (values.help ? process.stdout : process.stderr).write(HELP);
    return values.help ? 0 : 2;
  }
  if (guarantee !== undefined && guarantee !== "exactlyOnce" && guarantee !== "atLeastOnce")
    return refuse(`--guarantee is exactlyOnce or atLeastOnce, not ${guarantee}.`);
  const seconds = numberOf(values.seconds);
  const rate = numberOf(values.rate);
  const kills = numberOf(values.kills);
  const workers = numberOf(values.workers);
  if (![seconds, rate, kills, workers].every((each) => each === undefined || each > 0))
    return refuse("--seconds, --rate, --kills and --workers are numbers above 0.");

  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  let signals = 0;
  process.on("SIGINT", () => {
    // Who presses it again does not want to wait.
    if (++signals > 1) process.exit(130);
    stop();
  });
  process.once("SIGTERM", stop);
  await using cluster = await Cluster.open(values["bootstrap-server"]);
  if (values.check) {
    const tell = (what: string): void => void process.stdout.write(`${name}: ${what}\n`);
    const problems = await check(cluster, example, { name, kills: kills ?? 1, tell });
    for (const problem of problems) tell(problem);
    if (problems.length === 0) tell("exactly what it should be");
    return problems.length === 0 ? 0 : 1;
  }
  const timer = seconds === undefined ? undefined : setTimeout(stop, seconds * 1_000);
  try {
    await show(cluster, example, { name, guarantee, ratePerSecond: rate, workers, signal: stopping.signal });
  } finally {
    clearTimeout(timer);
  }
  return 0;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

function refuse(why: string): number {
  process.stderr.write(`${why}\n`);
  return 2;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
