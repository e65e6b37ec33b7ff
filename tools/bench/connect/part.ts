/** How a part measures. */
export interface ConnectBenchOptions {
  readonly rounds: number;
  /** One round of transforms. */
  readonly seconds: string;
  /** Writes docs/benchmarks.md. */
  readonly report: boolean;
}

/** A part of the benchmark; prints what it measured. */
export type ConnectBenchPart = (options: ConnectBenchOptions) => Promise<void>;
