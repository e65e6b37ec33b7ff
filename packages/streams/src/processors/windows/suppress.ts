import { StreamsError } from "../../streams-error.ts";
import type { TableSupplier } from "../tables/table-supplier.ts";

/** How long changes are held back, and in how much room. */
export interface SuppressOptions {
  readonly parent: TableSupplier;
  readonly storeName: string;
  /** Only final results of windows: changes wait for their window's end, and deletions are dropped. Else they wait for their record's time. */
  readonly untilWindowCloses: boolean;
  /** After the window's end (its grace), or after the record's time. */
  readonly waitMs: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly whenFull: "emit" | "shutdown";
}

/** A table whose changes are held back: of those of one key only the last is given on. */
export function suppress(options: SuppressOptions): TableSupplier {
  throw new StreamsError("STREAMS_TOPOLOGY", `${options.storeName}: changes cannot be held back yet.`);
}
