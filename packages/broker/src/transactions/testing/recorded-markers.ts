import { ErrorCode } from "@ottla/protocol";
import type { MarkerWriter, TransactionMarker } from "../../partitions/transaction-gate.ts";

export interface RecordedMarker extends TransactionMarker {
  readonly topic: string;
  readonly partition: number;
}

/** Takes markers and keeps them in memory. */
export class RecordedMarkers implements MarkerWriter {
  readonly written: RecordedMarker[] = [];
  /** Partitions ("t-0") that refuse markers, and with what. */
  readonly failures = new Map<string, number>();
  /** While set, markers wait for it before they are written. */
  gate: Promise<void> | undefined;

  async writeMarker(
    { topic, partition }: { readonly topic: string; readonly partition: number },
    marker: TransactionMarker,
  ): Promise<number> {
    await this.gate;
    const failure = this.failures.get(`${topic}-${partition}`);
    if (failure !== undefined) return failure;
    this.written.push({ ...marker, topic, partition });
    return ErrorCode.NONE;
  }
}
