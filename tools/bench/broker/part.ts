import type { ClusterKind } from "@ottla/conformance/cluster";

/** How much is run. */
export interface BenchOptions {
  /** Small sizes and one round: shows that it works, gives no figures to quote. */
  readonly quick: boolean;
  /** Alternating rounds per contestant. */
  readonly rounds: number;
  /** "ottla" and "kafka", or one of them alone. */
  readonly contestants: readonly ClusterKind[];
  /** Throughput, compaction, security and groups: only workloads whose name contains this. */
  readonly workload?: string;
}

/** One selectable part of `npm run bench -- broker`: measures and returns the Markdown of its section. */
export interface BenchPart {
  readonly title: string;
  run(options: BenchOptions): Promise<string>;
}

/** Whether `--workload` means this one; large and small letters are the same. */
export function names({ workload = "" }: Pick<BenchOptions, "workload">, name: string): boolean {
  return name.toLowerCase().includes(workload.toLowerCase());
}
