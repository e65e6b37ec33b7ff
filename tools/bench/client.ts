/**
 * What the client must reach, side by side with its peers: each in a process of its own, in turns, on Ottla's broker and on Apache Kafka.
 *
 *   npm run bench -- client --help
 */
import { parseArgs } from "node:util";
import { consumePart } from "./client/consume.ts";
import { runGrowth } from "./client/growth.ts";
import { handlePart } from "./client/handle.ts";
import { latencyPart } from "./client/latency.ts";
import { memoryPart } from "./client/memory.ts";
import { type ClientBenchPart, runPart } from "./client/part.ts";
import { Peers, peerNames } from "./client/peers.ts";
import { producePart } from "./client/produce.ts";
import { transactionsPart } from "./client/transactions.ts";
import { choose } from "./measure/choose.ts";
import { writeReportSection } from "./measure/report.ts";

const parts: Readonly<Record<string, ClientBenchPart>> = {
  consume: consumePart,
  produce: producePart,
  latency: latencyPart,
  transactions: transactionsPart,
  handle: handlePart,
  memory: memoryPart,
};

const GROWTH = "growth";
const GROWTH_TITLE = "The client's memory over a long time";

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    only: { type: "string", default: Object.keys(parts).join(",") },
    rounds: { type: "string", default: "3" },
    target: { type: "string", default: "ottla,kafka" },
    peers: { type: "string", default: peerNames.join(",") },
    before: { type: "string" },
    workload: { type: "string", default: "" },
    minutes: { type: "string", default: "10" },
    quick: { type: "boolean", default: false },
    "no-report": { type: "boolean", default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench -- client [options]: Ottla's client beside kafkajs, @platformatic/kafka, @confluentinc/kafka-javascript and Java.

  --only NAMES       parts to run, with commas between them (all)
  --rounds N         rounds of each, in alternating order (3)
  --target NAMES     the brokers: ottla,kafka or one of them
  --peers NAMES      ${peerNames.join(",")} or some of them
  --minutes N        how long growth takes (10)
  --before FOLDER    another checkout of ours, whose client is measured as well
  --workload TEXT    consume, produce, handle: only the workloads whose name contains TEXT, such as "1 KB"
  --quick            small sizes, one round: shows that it works, gives no figures to quote
  --no-report        does not write docs/benchmarks.md (nor do --quick, --before and some of the peers)

Parts:
${Object.entries(parts)
  .map(([name, part]) => `  ${name.padEnd(12)} ${part.title}`)
  .join("\n")}
  ${GROWTH.padEnd(12)} ${GROWTH_TITLE} (ours alone; only when it is asked for)
`);
  process.exit(0);
}

const brokers = choose("target", values.target, ["ottla", "kafka"] as const);
const wanted = choose("peers", values.peers, peerNames);
const chosen = choose("only", values.only, [...Object.keys(parts), GROWTH]);
// Growth is ours alone: nobody else need be installed for it.
const peers = await Peers.open(chosen.every((name) => name === GROWTH) ? [] : wanted, values.before);
// A table that is read later must have all of them in it.
const isQuotable = !values.quick && values.before === undefined && wanted.length === peerNames.length && !values["no-report"];

for (const name of chosen) {
  if (name === GROWTH) {
    const body = await runGrowth(Number(values.minutes));
    process.stdout.write(`\n${GROWTH_TITLE}\n\n${body}\n`);
    const command = `npm run bench -- client --only growth --minutes ${values.minutes}`;
    if (!values.quick && !values["no-report"]) writeReportSection({ id: "client-growth", title: GROWTH_TITLE, command, body });
    continue;
  }
  for (const kind of brokers) {
    const part = parts[name]!;
    const { workload } = values;
    const title = `${part.title}${workload === "" ? "" : `, ${workload}`}, on ${kind === "ottla" ? "Ottla's broker" : "Apache Kafka"}`;
    process.stderr.write(`\n${title}\n`);
    const rounds = values.quick ? 1 : Number(values.rounds);
    const body = await runPart(part, kind, { quick: values.quick, rounds, peers, workload });
    process.stdout.write(`\n${title}\n\n${body}\n`);
    if (!isQuotable) continue;
    const of = workload === "" ? "" : ` --workload "${workload}"`;
    const id = ["client", name, kind, ...(workload === "" ? [] : [workload.replace(/\W+/g, "-")])].join("-");
    writeReportSection({ id, title, command: `npm run bench -- client --only ${name} --target ${kind}${of} --rounds ${rounds}`, body });
  }
}
