import { StreamsError } from "../../streams-error.ts";
import type { OperatorSupplier } from "../operator.ts";

/** Which records of two streams meet: those of the right from `beforeMs` before to `afterMs` after one of the left. */
export interface JoinWindows {
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly graceMs: number;
}

/** How two streams are joined. */
export interface StreamStreamJoinOptions {
  readonly windows: JoinWindows;
  /** Window stores with duplicates, of plain values. */
  readonly leftStore: string;
  readonly rightStore: string;
  /** Records without a partner, of left and outer joins (`stores.unmatchedRecords`). */
  readonly unmatchedStore: string | undefined;
  readonly isLeft: boolean;
  readonly isOuter: boolean;
  readonly joiner: (left: unknown, right: unknown, key: unknown) => unknown;
}

/** The operators of a join of streams. Both sides of a task share one clock. */
export interface StreamStreamJoinOperators {
  readonly left: OperatorSupplier;
  readonly right: OperatorSupplier;
  /** In the place of both where a stream is joined with itself in one store. */
  readonly self: OperatorSupplier;
}

/** Puts records into the window store of their side and gives them on. */
export function joinWindow(storeName: string): OperatorSupplier {
  throw new StreamsError("STREAMS_TOPOLOGY", `${storeName}: streams cannot be joined with streams yet.`);
}

/** The sides of a join of streams. */
export function streamStreamJoin(options: StreamStreamJoinOptions): StreamStreamJoinOperators {
  throw new StreamsError("STREAMS_TOPOLOGY", `${options.leftStore}: streams cannot be joined with streams yet.`);
}
