import { formatNumber, formatSample, type Sample, summarize } from "./statistics.ts";

/** Who is measured: ours, Apache Kafka, another registry, or the bare Node loop that marks the limit. */
export type Contestant = "ottla" | "kafka" | "karapace" | "bare loop";

/** Whether more or less is better, and what the ratio of ours to the other must reach. */
export interface Goal {
  readonly than: Contestant;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** An absolute bound for ours instead of a ratio. */
  readonly below?: number;
}

/** Collects measurements by measure and contestant and prints them as one table of a report. */
export class Comparison {
  readonly #rows = new Map<string, { readonly goal: Goal | undefined; readonly values: Map<Contestant, number[]> }>();

  /** Adds one measurement. `measure` names the row and its unit, such as `1 KB, 1 partition, MB/s`. */
  add(measure: string, contestant: Contestant, value: number, goal?: Goal): void {
    const row = this.#rows.get(measure) ?? { goal, values: new Map<Contestant, number[]>() };
    this.#rows.set(measure, row);
    const values = row.values.get(contestant) ?? [];
    row.values.set(contestant, values);
    values.push(value);
    process.stderr.write(`  ${contestant.padEnd(9)} ${measure}: ${formatNumber(value)}\n`);
  }

  /** A Markdown table: median and spread of each, ratio of the medians, goal and whether it is met. */
  toMarkdown(contestants: readonly Contestant[]): string {
    const header = ["measure", ...contestants, "ratio", "goal"];
    const rows = [...this.#rows].map(([measure, { goal, values }]) => {
      const samples = contestants.map((each) => summarize(values.get(each) ?? []));
      const other = goal?.than ?? contestants.find((each) => each !== "ottla");
      const ours = samples[contestants.indexOf("ottla")];
      const theirs = other === undefined ? undefined : samples[contestants.indexOf(other)];
      const ratio = ours === undefined || theirs === undefined || theirs.median === 0 ? undefined : ours.median / theirs.median;
      return [measure, ...samples.map(formatSample), ratio === undefined ? "–" : formatNumber(ratio), describeGoal(goal, ratio, ours)];
    });
    return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  }
}

function describeGoal(goal: Goal | undefined, ratio: number | undefined, ours: Sample | undefined): string {
  if (goal === undefined) return "";
  const verdict = (met: boolean | undefined): string => (met === undefined ? "" : met ? ": met" : ": **missed**");
  if (goal.below !== undefined) return `< ${goal.below}${verdict(ours === undefined ? undefined : ours.median < goal.below)}`;
  if (goal.atLeast !== undefined)
    return `≥ ${formatNumber(goal.atLeast)} × ${goal.than}${verdict(ratio === undefined ? undefined : ratio >= goal.atLeast)}`;
  if (goal.atMost !== undefined)
    return `≤ ${formatNumber(goal.atMost)} × ${goal.than}${verdict(ratio === undefined ? undefined : ratio <= goal.atMost)}`;
  return "";
}
