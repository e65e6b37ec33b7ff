import type { OperatorSupplier } from "../operator.ts";
import { JoinClocks } from "./join-clock.ts";
import { JoinWindowOperator } from "./join-window-operator.ts";
import type { StreamStreamJoinOptions } from "./join-windows.ts";
import { StreamJoinOperator } from "./stream-join-operator.ts";
import { StreamSelfJoinOperator } from "./stream-self-join-operator.ts";

/** The operators of a join of streams. Both sides of a task share one clock. */
export interface StreamStreamJoinOperators {
  readonly left: OperatorSupplier;
  readonly right: OperatorSupplier;
  /** In the place of both where a stream is joined with itself in one store. */
  readonly self: OperatorSupplier;
}

/** Puts records into the window store of their side and gives them on. */
export function joinWindow(storeName: string): OperatorSupplier {
  return () => new JoinWindowOperator(storeName);
}

/** The sides of a join of streams. */
export function streamStreamJoin(options: StreamStreamJoinOptions): StreamStreamJoinOperators {
  const clocks = new JoinClocks();
  return {
    left: () => new StreamJoinOperator(true, options, clocks),
    right: () => new StreamJoinOperator(false, options, clocks),
    self: () => new StreamSelfJoinOperator(options),
  };
}
