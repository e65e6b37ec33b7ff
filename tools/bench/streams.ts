/**
 * An application on a cluster beside Java's Kafka Streams: the same topologies over the same topics of the same broker, each in a process of its own, in turns.
 *
 *   npm run bench -- streams --help
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { createClient } from "@ottla/client";
import type { ClusterKind } from "@ottla/conformance/cluster";
import { KAFKA_VERSION } from "@ottla/conformance/kafka/jars";
import { startCluster } from "@ottla/conformance/target";
import { choose } from "./measure/choose.ts";
import { writeReportSection } from "./measure/report.ts";
import { pin, type Side } from "./streams/contestant.ts";
import type { StreamsBenchOptions, StreamsBenchPart } from "./streams/part.ts";
import { failoverPart } from "./streams/failover.ts";
import { latencyPart } from "./streams/latency.ts";
import { restorePart } from "./streams/restore.ts";
import { throughputPart } from "./streams/throughput.ts";
import { shapeNames } from "./streams-driver/shapes.ts";

const SIDES = ["ottla", "kafka"] as const;
const BROKER_CORE = 0;
const APPLICATION_CORE = 1;
const brokerConfig = {
  "group.initial.rebalance.delay.ms": "0",
  "offsets.topic.num.partitions": "1",
  "transaction.state.log.num.partitions": "1",
};
const parts: Readonly<Record<string, StreamsBenchPart>> = {
  throughput: throughputPart,
  restore: restorePart,
  latency: latencyPart,
  failover: failoverPart,
};

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    only: { type: "string", default: Object.keys(parts).join(",") },
    shapes: { type: "string", default: shapeNames.join(",") },
    guarantee: { type: "string", default: "atLeastOnce,exactlyOnce" },
    stores: { type: "string", default: "memory" },
    records: { type: "string" },
    rate: { type: "string" },
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

  --only NAMES        ${Object.keys(parts).join(",")} or some of them
  --shapes NAMES      ${shapeNames.join(",")} or some of them, where there is a choice
  --guarantee NAMES   atLeastOnce,exactlyOnce or one of them
  --stores NAMES      memory,disk or one of them: heap, or lmdb beside RocksDB (memory)
  --records N         in both input topics (4000000), or in the changelog (10000000)
  --rate N            records per second, where latency is measured (20000)
  --rounds N          of each, in alternating order (3)
  --target NAMES      the brokers: kafka,ottla or one of them
  --sides NAMES       ottla,kafka or one of them
  --free              both cores for all; otherwise the broker has one and the application the other
  --profile FOLDER    a profile of our process's time is written there; its figures are none to quote
  --report            writes docs/benchmarks.md
`);
  process.exit(0);
}

const options: StreamsBenchOptions = {
  rounds: Number(values.rounds),
  sides: choose<Side>("sides", values.sides, SIDES),
  shapes: choose("shapes", values.shapes, shapeNames),
  guarantees: choose("guarantee", values.guarantee, ["atLeastOnce", "exactlyOnce"]),
  stores: choose("stores", values.stores, ["memory", "disk"]),
  records: values.records === undefined ? undefined : Number(values.records),
  recordsPerSecond: values.rate === undefined ? undefined : Number(values.rate),
  applicationCore: values.free ? undefined : APPLICATION_CORE,
  nodeArguments: values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${resolve(values.profile)}`],
};
const chosen = choose("only", values.only, Object.keys(parts));

const given = process.argv.slice(2).filter((each) => each !== "--report");

for (const kind of choose<ClusterKind>("target", values.target, ["kafka", "ottla"])) {
  for (const name of chosen) {
    const body = await runOn(kind, parts[name]!);
    const title = `Streams beside Java's: ${parts[name]!.title}, on ${kind === "ottla" ? "Ottla's broker" : "Apache Kafka"}${values.free ? ", two cores for all" : ""}`;
    process.stdout.write(`\n${title}\n\n${body}\n`);
    if (!values.report || values.profile !== undefined) continue;
    const id = `streams-${name}-${kind}${values.free ? "-free" : ""}`;
    writeReportSection({ id, title, command: `npm run bench -- streams ${given.join(" ")}`, body });
  }
}

/** A broker of its own for each part. */
async function runOn(kind: ClusterKind, part: StreamsBenchPart): Promise<string> {
  const cluster = await startCluster(kind, { production: true, config: brokerConfig });
  const client = createClient({ bootstrapServers: cluster.bootstrap });
  try {
    if (!values.free) for (const pid of cluster.pids) pin(pid, BROKER_CORE);
    return await part.run(options, { cluster, client });
  } finally {
    await client.close();
    await cluster.stop();
  }
}
