import type { EmitStrategy, Windows } from "./windows.ts";

/** How a windowed stream is folded. */
export interface WindowAggregateOptions {
  readonly windows: Windows;
  /** A timestamped window store, or a session store. */
  readonly storeName: string;
  readonly emit: EmitStrategy;
  /** For reduce it gives null, and the aggregator then the value itself. */
  readonly initializer: () => unknown;
  readonly aggregator: (aggregate: unknown, value: unknown, key: unknown) => unknown;
  /** Sessions: puts two together. */
  readonly merger: ((a: unknown, b: unknown, key: unknown) => unknown) | undefined;
}
