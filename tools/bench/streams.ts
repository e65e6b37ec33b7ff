/**
 * An application on a cluster beside Java's Kafka Streams: the same topologies over the same topics of the same broker, each in a process of its own, in turns.
 *
 *   npm run bench -- streams --help
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { ClusterKind } from "@ottla/conformance/cluster";
import { KAFKA_VERSION } from "@ottla/conformance/kafka/jars";
import { startCluster } from "@ottla/conformance/target";
import { Comparison } from "./measure/comparison.ts";
import { writeReportSection } from "./measure/report.ts";
import { pin, type Side } from "./streams/contestant.ts";
import { clientOf, fillInputs, PARTITIONS } from "./streams/input-topics.ts";
import { rowOf, runTurn } from "./streams/throughput.ts";
import { type ShapeName, shapeNames } from "./streams-driver/shapes.ts";

const SIDES = ["ottla", "kafka"] as const;
const BROKER_CORE = 0;
const APPLICATION_CORE = 1;
const COMMIT_INTERVAL_MS = 100;

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    only: { type: "string", default: shapeNames.join(",") },
    guarantee: { type: "string", default: "atLeastOnce,exactlyOnce" },
    stores: { type: "string", default: "memory" },
    records: { type: "string", default: "2000000" },
    rounds: { type: "string", default: "3" },
    target: { type: "string", default: "kafka,ottla" },
    sides: { type: "string", default: SIDES.join(",") },
    free: { type: "boolean", default: false },
    profile: { type: "string" },
    report: { type: "boolean", default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench -- streams [options]: applications of ours and of Java's Kafka Streams ${KAFKA_VERSION} on one broker.

  --only NAMES        ${shapeNames.join(",")} or some of them
  --guarantee NAMES   atLeastOnce,exactlyOnce or one of them
  --stores NAMES      memory,disk or one of them: heap, or lmdb beside RocksDB (memory)
  --records N         in both input topics (2000000), of which the first three tenths do not count
  --rounds N          of each, in alternating order (3)
  --target NAMES      the brokers: kafka,ottla or one of them
  --sides NAMES       ottla,kafka or one of them
  --free              both cores for all; otherwise the broker has one and the application the other
  --profile FOLDER    a profile of our process's time is written there; its figures are none to quote
  --report            writes docs/benchmarks.md
`);
  process.exit(0);
}

function choose<Name extends string>(option: string, text: string, names: readonly Name[]): Name[] {
  return text.split(",").map((each) => {
    const name = names.find((one) => one === each);
    if (name !== undefined) return name;
    process.stderr.write(`--${option} takes ${names.join(", ")}, not "${each}".\n`);
    process.exit(2);
  });
}

const chosen = choose("only", values.only, shapeNames);
const guarantees = choose("guarantee", values.guarantee, ["atLeastOnce", "exactlyOnce"]);
const stores = choose("stores", values.stores, ["memory", "disk"]);
const sides = choose<Side>("sides", values.sides, SIDES);
const records = Number(values.records);
const rounds = Number(values.rounds);
const nodeArguments = values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${resolve(values.profile)}`];

for (const kind of choose<ClusterKind>("target", values.target, ["kafka", "ottla"])) {
  const body = await compareOn(kind);
  const title = `Streams beside Java's, on ${kind === "ottla" ? "Ottla's broker" : "Apache Kafka"}${values.free ? ", two cores for all" : ""}`;
  process.stdout.write(`\n${title}\n\n${body}\n`);
  if (!values.report || values.profile !== undefined) continue;
  const command = `npm run bench -- streams --target ${kind} --records ${records} --rounds ${rounds}${values.free ? " --free" : ""}`;
  writeReportSection({ id: `streams-${kind}${values.free ? "-free" : ""}`, title, command, body });
}

async function compareOn(kind: ClusterKind): Promise<string> {
  const config = {
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.num.partitions": "1",
  };
  const cluster = await startCluster(kind, { production: true, config });
  const client = clientOf(cluster.bootstrap);
  const comparison = new Comparison();
  const written = new Map<ShapeName, number>();
  try {
    await fillInputs(client, records);
    if (!values.free) for (const pid of cluster.pids) pin(pid, BROKER_CORE);
    for (let round = 0; round < rounds; round++) {
      for (const shape of chosen) {
        for (const guarantee of guarantees) {
          for (const place of stores) {
            const options = {
              shape,
              isExact: guarantee === "exactlyOnce",
              stores: place,
              commitIntervalMs: COMMIT_INTERVAL_MS,
              bootstrap: cluster.bootstrap,
              client,
              core: values.free ? undefined : APPLICATION_CORE,
              nodeArguments,
            };
            const row = rowOf(shape, options);
            for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
              const turn = await runTurn(side, options);
              const goal = { than: "kafka", atLeast: shape === "filter-map" ? 1.5 : 1 } as const;
              comparison.add(`${row}: thousands of records per second of CPU`, side, turn.records / turn.cpuSeconds / 1000, goal);
              comparison.add(`${row}: thousands of records per second`, side, turn.records / turn.seconds / 1000);
              checkWritten(`${row}, by ${side}`, shape, written, turn.written);
            }
          }
        }
      }
    }
  } finally {
    await client.close();
    await cluster.stop();
  }
  const said = `${records / 1000} thousand records in two topics of ${PARTITIONS} partitions, text keys (a thousand) and values (20 to 99 letters), no cache, commits every ${COMMIT_INTERVAL_MS} ms; the first three tenths warm up and do not count. One thread of Java's, with the serial collector; ours in its one loop. CPU is that of the application's whole process, compilers and collectors included.`;
  return `${said}\n\n${comparison.toMarkdown(["ottla", "kafka"])}`;
}

/**
 * Both sides write about as many records, or one of them does not do its work. Not the same number: a transaction's marker has a place of its own, and what a join finds depends on which topic's records come first.
 */
function checkWritten(what: string, shape: ShapeName, written: Map<ShapeName, number>, count: number): void {
  const before = written.get(shape) ?? count;
  written.set(shape, before);
  if (Math.abs(count - before) > before * 0.02)
    throw new Error(`${what}: ${count} records were written, and ${before} in an earlier turn.`);
}
