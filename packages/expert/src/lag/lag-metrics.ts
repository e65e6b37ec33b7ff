import { PARTITION_STATUSES } from "./evaluate-partition.ts";
import type { LagReport, PartitionReport } from "./lag-report.ts";

interface Metric<Source> {
  readonly name: string;
  readonly help: string;
  readonly value: (source: Source) => number | undefined;
}

const GROUP_METRICS: readonly Metric<LagReport>[] = [
  { name: "ottla_group_lag_records", help: "Records that the group has not read.", value: ({ totalLag }) => totalLag },
  { name: "ottla_group_members", help: "Members of the group.", value: ({ members }) => members },
  {
    name: "ottla_group_status",
    help: "Burrow's verdict: 0 NOTFOUND, 1 OK, 2 WARN, 3 ERR.",
    value: ({ status }) => (status === "UNKNOWN" ? undefined : ["NOTFOUND", "OK", "WARN", "ERR"].indexOf(status)),
  },
  {
    name: "ottla_group_lag_seconds",
    help: "Age of the oldest record that the group has not read.",
    value: ({ timeLagMs }) => inSeconds(timeLagMs),
  },
  { name: "ottla_group_drain_seconds", help: "Until the lag is gone at the rates seen.", value: ({ drainS }) => orInfinity(drainS) },
  {
    name: "ottla_group_loss_seconds",
    help: "Until retention takes records that were not read, at the rates seen.",
    value: ({ lossS }) => orInfinity(lossS),
  },
];

const PARTITION_METRICS: readonly Metric<PartitionReport>[] = [
  { name: "ottla_group_partition_lag_records", help: "Records of the partition that the group has not read.", value: ({ lag }) => lag },
  { name: "ottla_group_partition_committed_offset", help: "The group's committed offset.", value: ({ committed }) => committed },
  { name: "ottla_group_partition_end_offset", help: "Where the partition ends.", value: ({ highWatermark }) => highWatermark },
  {
    name: "ottla_group_partition_status",
    help: "Burrow's verdict: 1 OK, 2 WARN, 4 STOP, 5 STALL, 6 REWIND.",
    value: ({ status }) => (status === "UNKNOWN" ? undefined : PARTITION_STATUSES[status]),
  },
  {
    name: "ottla_group_partition_lag_seconds",
    help: "Age of the oldest record of the partition that the group has not read.",
    value: ({ timeLagMs }) => inSeconds(timeLagMs),
  },
];

/** The figures in Prometheus's text format (version 0.0.4), all gauges. What is not known has no sample. */
export function lagMetrics(reports: readonly LagReport[]): string {
  const groups = reports.map((report) => ({ source: report, labels: `group="${escaped(report.groupId)}"` }));
  const partitions = reports.flatMap((report) =>
    report.partitions.map((partition) => ({
      source: partition,
      labels: `group="${escaped(report.groupId)}",topic="${escaped(partition.topic)}",partition="${partition.partition}"`,
    })),
  );
  return [...GROUP_METRICS.map((metric) => family(metric, groups)), ...PARTITION_METRICS.map((metric) => family(metric, partitions))].join(
    "",
  );
}

function family<Source>(
  { name, help, value }: Metric<Source>,
  sources: readonly { readonly source: Source; readonly labels: string }[],
): string {
  const samples = sources.flatMap(({ source, labels }) => {
    const figure = value(source);
    return figure === undefined ? [] : [`${name}{${labels}} ${figure === Number.POSITIVE_INFINITY ? "+Inf" : figure}\n`];
  });
  return samples.length === 0 ? "" : `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${samples.join("")}`;
}

function inSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms / 1000;
}

function orInfinity(seconds: number | null | undefined): number | undefined {
  return seconds === null ? Number.POSITIVE_INFINITY : seconds;
}

/** As a label's value is written. */
function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
