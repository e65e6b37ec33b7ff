import { type LagReport, partitionName, printNumber, printSeconds } from "@ottla/expert";
import { grouped } from "../../output.ts";
import { renderTable } from "../../table.ts";
import type { TextStyle } from "../../text-style.ts";

/** A group a row. */
export function groupTable(reports: readonly LagReport[], style: TextStyle): string {
  const columns = [
    { title: "group" },
    { title: "status" },
    { title: "state" },
    { title: "members", isNumeric: true },
    { title: "lag", isNumeric: true },
    { title: "time lag", isNumeric: true },
    { title: "in/s", isNumeric: true },
    { title: "out/s", isNumeric: true },
    { title: "drained in", isNumeric: true },
    { title: "loss in", isNumeric: true },
    { title: "worst" },
  ];
  const rows = reports.map((report) => [
    report.groupId,
    report.status,
    report.state,
    report.members,
    grouped(report.totalLag),
    seconds(report.timeLagMs === undefined ? undefined : report.timeLagMs / 1000),
    rate(report.producedPerS),
    rate(report.consumedPerS),
    seconds(report.drainS),
    seconds(report.lossS),
    report.totalLag > 0 ? report.worst : undefined,
  ]);
  return renderTable(columns, rows, style);
}

/** A partition a row. */
export function partitionTable({ partitions }: LagReport, style: TextStyle): string {
  const columns = [
    { title: "partition" },
    { title: "status" },
    { title: "committed", isNumeric: true },
    { title: "end", isNumeric: true },
    { title: "lag", isNumeric: true },
    { title: "time lag", isNumeric: true },
    { title: "in/s", isNumeric: true },
    { title: "out/s", isNumeric: true },
    { title: "member" },
  ];
  const rows = partitions.map((partition) => [
    partitionName(partition),
    partition.status,
    partition.committed,
    partition.highWatermark,
    partition.lag,
    seconds(partition.timeLagMs === undefined ? undefined : partition.timeLagMs / 1000),
    rate(partition.producedPerS),
    rate(partition.consumedPerS),
    partition.memberId,
  ]);
  return renderTable(columns, rows, style);
}

function seconds(value: number | null | undefined): string | undefined {
  return value === undefined ? undefined : printSeconds(value ?? Number.POSITIVE_INFINITY);
}

function rate(value: number | undefined): string | undefined {
  return value === undefined ? undefined : printNumber(value);
}

const SEVERITY = { ERR: 0, WARN: 1, UNKNOWN: 2, OK: 3, NOTFOUND: 4 } as const;

/** The group that is worst off first. */
export function worstFirst(reports: readonly LagReport[]): readonly LagReport[] {
  return reports.toSorted((a, b) => SEVERITY[a.status] - SEVERITY[b.status] || b.totalLag - a.totalLag || (a.groupId < b.groupId ? -1 : 1));
}
