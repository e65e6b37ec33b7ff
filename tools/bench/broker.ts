/**
 * What the broker must reach, side by side with Apache Kafka, in alternating runs on one machine.
 *
 *   npm run bench -- broker --help
 */
import { parseArgs } from "node:util";
import type { ClusterKind } from "@ottla/conformance/cluster";
import { compactionPart } from "./broker/compaction.ts";
import { connectionsPart } from "./broker/connections.ts";
import { creationPart } from "./broker/creation.ts";
import { groupsPart } from "./broker/groups.ts";
import { growthPart } from "./broker/growth.ts";
import { latencyPart } from "./broker/latency.ts";
import { limitsPart } from "./broker/limits.ts";
import { metricsPart } from "./broker/metrics.ts";
import { offsetsPart } from "./broker/offsets.ts";
import type { BenchPart } from "./broker/part.ts";
import { partitionsPart } from "./broker/partitions.ts";
import { quotasPart } from "./broker/quotas.ts";
import { securityPart } from "./broker/security.ts";
import { startPart } from "./broker/start.ts";
import { throughputPart } from "./broker/throughput.ts";
import { transactionsPart } from "./broker/transactions.ts";
import { choose } from "./measure/choose.ts";
import { writeReportSection } from "./measure/report.ts";

const parts: Readonly<Record<string, BenchPart>> = {
  start: startPart,
  throughput: throughputPart,
  latency: latencyPart,
  limits: limitsPart,
  creation: creationPart,
  partitions: partitionsPart,
  connections: connectionsPart,
  groups: groupsPart,
  offsets: offsetsPart,
  growth: growthPart,
  metrics: metricsPart,
  compaction: compactionPart,
  transactions: transactionsPart,
  security: securityPart,
  quotas: quotasPart,
};

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    only: { type: "string", default: Object.keys(parts).join(",") },
    rounds: { type: "string", default: "3" },
    target: { type: "string", default: "ottla,kafka" },
    workload: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
    "no-report": { type: "boolean", default: false },
  },
});

if (values.help) {
  process.stdout.write(`npm run bench -- broker [options]: Ottla's broker beside Apache Kafka, in alternating runs.

  --only NAMES       parts to run, with commas between them (all)
  --rounds N         alternating rounds of each (3)
  --target NAMES     ottla,kafka or one of them
  --workload TEXT    throughput, compaction, security, groups: only the workloads whose name contains TEXT, such as "1 KB, none, 12" or "steady"
  --quick            small sizes, one round: shows that it works, gives no figures to quote
  --no-report        does not write docs/benchmarks.md (nor do --quick, --workload and a single target)

Parts:
${Object.entries(parts)
  .map(([name, part]) => `  ${name.padEnd(12)} ${part.title}`)
  .join("\n")}
`);
  process.exit(0);
}

const contestants = choose<ClusterKind>("target", values.target, ["ottla", "kafka"]);

for (const name of choose("only", values.only, Object.keys(parts))) {
  const part = parts[name]!;
  process.stderr.write(`\n${part.title}\n`);
  const body = await part.run({
    quick: values.quick,
    rounds: values.quick ? 1 : Number(values.rounds),
    contestants,
    workload: values.workload,
  });
  if (body === "") throw new Error(`The part "${name}" has no workload whose name contains "${values.workload}".`);
  process.stdout.write(`\n${part.title}\n\n${body}\n`);
  const isComplete = !values.quick && contestants.length === 2 && values.workload === "";
  if (isComplete && !values["no-report"]) {
    writeReportSection({ id: `broker-${name}`, title: part.title, command: `npm run bench -- broker --only ${name}`, body });
  }
}
