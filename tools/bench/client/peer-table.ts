import { formatNumber, formatSample, summarize } from "../measure/statistics.ts";
import { type PeerName, scriptPeers } from "./peers.ts";

/** What ours must reach of the best of the other JavaScript clients and of Java. Absent: only shown. */
export interface PeerGoal {
  readonly ofBest?: number;
  readonly ofJava?: number;
}

interface Row {
  readonly isMoreBetter: boolean;
  readonly goal: PeerGoal;
  readonly values: Map<PeerName, number[]>;
}

const headings: Readonly<Record<PeerName, string>> = {
  ottla: "Ottla's client",
  before: "before",
  kafkajs: "kafkajs",
  platformatic: "platformatic",
  confluent: "confluent",
  java: "Java",
  bare: "bare sockets",
};

/** Collects what each client reached and prints one table, ratios first. */
export class PeerTable {
  readonly #rows = new Map<string, Row>();
  readonly #broker: string;

  constructor(broker: string) {
    this.#broker = broker;
  }

  /** More is better, unless `less` says otherwise. Goals are ratios ours ÷ theirs in either case. */
  add(measure: string, peer: PeerName, value: number | undefined, goal: PeerGoal = {}, better: "more" | "less" = "more"): void {
    if (value === undefined || Number.isNaN(value)) return;
    const row = this.#rows.get(measure) ?? { isMoreBetter: better === "more", goal, values: new Map<PeerName, number[]>() };
    this.#rows.set(measure, row);
    row.values.set(peer, [...(row.values.get(peer) ?? []), value]);
    process.stderr.write(`  ${this.#broker} ${peer.padEnd(12)} ${measure}: ${formatNumber(value)}\n`);
  }

  toMarkdown(peers: readonly PeerName[]): string {
    const others = peers.filter((peer) => peer !== "ottla");
    const header = [
      "measure",
      "÷ best JS",
      "÷ Java",
      ...(peers.includes("before") ? ["÷ before"] : []),
      "goal",
      headings.ottla,
      ...others.map((peer) => headings[peer]),
    ];
    const rows = [...this.#rows].map(([measure, row]) => {
      const ours = medianOf(row, "ottla");
      const ratio = (theirs: number | undefined): number | undefined => (ours === undefined || !theirs ? undefined : ours / theirs);
      const toBest = ratio(bestOf(row));
      const toJava = ratio(medianOf(row, "java"));
      const before = peers.includes("before") ? [printRatio(ratio(medianOf(row, "before")))] : [];
      const samples = ["ottla" as const, ...others].map((peer) => formatSample(summarize(row.values.get(peer) ?? [])));
      return [measure, printRatio(toBest), printRatio(toJava), ...before, printGoal(row, toBest, toJava), ...samples];
    });
    return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  }
}

const medianOf = (row: Row, peer: PeerName): number | undefined => summarize(row.values.get(peer) ?? [])?.median;
const printRatio = (ratio: number | undefined): string => (ratio === undefined ? "–" : formatNumber(ratio));

function bestOf(row: Row): number | undefined {
  const medians = scriptPeers.map((peer) => medianOf(row, peer)).filter((median) => median !== undefined);
  return medians.length === 0 ? undefined : row.isMoreBetter ? Math.max(...medians) : Math.min(...medians);
}

function printGoal({ goal, isMoreBetter }: Row, toBest: number | undefined, toJava: number | undefined): string {
  const judge = (bound: number | undefined, ratio: number | undefined, of: string): string[] => {
    if (bound === undefined) return [];
    const verdict = ratio === undefined ? "" : (isMoreBetter ? ratio >= bound : ratio <= bound) ? ": met" : ": **missed**";
    return [`${isMoreBetter ? "≥" : "≤"} ${formatNumber(bound)} × ${of}${verdict}`];
  };
  return [...judge(goal.ofBest, toBest, "best"), ...judge(goal.ofJava, toJava, "Java")].join("; ");
}
