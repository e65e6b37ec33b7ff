/** A question to one partition of a store, in bytes: plain data, so that it can be asked of another thread or instance as well. Ranges have both ends inclusive; null: open. */
export type StoreQuery =
  | { readonly kind: "key"; readonly key: Uint8Array }
  | { readonly kind: "range"; readonly from: Uint8Array | null; readonly to: Uint8Array | null; readonly isReverse: boolean }
  | { readonly kind: "prefix"; readonly prefix: Uint8Array; readonly isReverse: boolean }
  | { readonly kind: "window"; readonly key: Uint8Array; readonly startMs: number }
  | { readonly kind: "windows"; readonly key: Uint8Array; readonly fromMs: number; readonly toMs: number; readonly isReverse: boolean }
  | { readonly kind: "allWindows"; readonly fromMs: number; readonly toMs: number; readonly isReverse: boolean }
  | { readonly kind: "session"; readonly key: Uint8Array; readonly startMs: number; readonly endMs: number }
  | {
      readonly kind: "sessions";
      readonly key: Uint8Array;
      readonly earliestEndMs: number;
      readonly latestStartMs: number;
      readonly isReverse: boolean;
    }
  | { readonly kind: "allSessions"; readonly fromEndMs: number; readonly toEndMs: number }
  | { readonly kind: "version"; readonly key: Uint8Array; readonly asOfMs: number | null }
  | { readonly kind: "versions"; readonly key: Uint8Array; readonly fromMs: number; readonly toMs: number; readonly isReverse: boolean };

/** Where a row stands in its store. */
export interface RowPlace {
  readonly key: Uint8Array;
  /** Start of the window or session, or since when a version was valid; −1 where there is none. */
  readonly startMs: number;
  /** End of the session, or when the next version took over; −1 where there is none. */
  readonly endMs: number;
}

/** An entry of a store. */
export interface StoredRow extends RowPlace {
  readonly value: Uint8Array;
  /** Of the record that wrote it; of a session its end. */
  readonly timestamp: number;
}

/** By topic and partition: everything before that offset is in what was answered. Inputs of the task, and the store's changelog as far as it is committed. */
export type Position = Readonly<Record<string, Readonly<Record<number, number>>>>;

/** Whose copy answered: the one that the task writes, one that follows its changelog, or one that every instance has. */
export type CopyRole = "active" | "standby" | "global";

/** What is asked of one partition. */
export interface PartitionAsk {
  readonly store: string;
  /** −1 of a global store. */
  readonly partition: number;
  readonly query: StoreQuery;
  /** Goes on behind this row. */
  readonly after: RowPlace | null;
  readonly rowsMax: number;
  /** Copies that are behind may answer. */
  readonly isStaleFine: boolean;
  /** The answer has to be as new. */
  readonly bound: Position | null;
}

/** Some rows of one partition, as of one moment. */
export interface PartitionPage {
  readonly rows: readonly StoredRow[];
  /** There is more behind this row; null: that was all. */
  readonly next: RowPlace | null;
  readonly position: Position;
  readonly role: CopyRole;
  /** Changelog records that the copy is behind; null: not known. */
  readonly lag: number | null;
}

/** Whether a copy of a partition (−1: of all of them) is as new in all that the bound says of that one: what it says of others is theirs. */
export function isUpTo(position: Position, bound: Position, ofPartition: number): boolean {
  return Object.entries(bound).every(([topic, partitions]) =>
    Object.entries(partitions).every(
      ([partition, offset]) =>
        (ofPartition !== -1 && Number(partition) !== ofPartition) || offset <= (position[topic]?.[Number(partition)] ?? -1),
    ),
  );
}
