/** A moment in the order in which clients saw things happen; later is larger. */
export type Tick = number;

/** What a client was told of something it asked for. `unknown`: no answer came, so that it may have happened, may happen later, or never. */
export type Outcome = "unknown" | "done" | "refused";

export type Isolation = "read_uncommitted" | "read_committed";

/** One record, sent once or more often. Its value is like no other's. */
export interface SentRecord {
  readonly value: string;
  readonly partition: string;
  readonly key?: string;
  /** Who sent it. The records of one producer to one partition stand in the history in the order in which they were sent. */
  readonly producer: string;
  /** The producer is idempotent: what it sends is stored once, in the order of sending. */
  readonly isIdempotent: boolean;
  readonly transaction?: SentTransaction;
  readonly begun: Tick;
  /** How often it was sent. */
  attempts: number;
  outcome: Outcome;
  ended?: Tick;
  /** Where it was stored, as far as that was told. */
  offset?: number;
}

/** A transaction. Its records and offsets name it. */
export interface SentTransaction {
  readonly id: string;
  readonly begun: Tick;
  /** When its end was first asked for; absent while it is open. */
  endAsked?: Tick;
  /** Committed or aborted: what its client was told. `unknown`: a commit was asked for and nothing came back; `open`: nobody asked to commit it. */
  outcome: "open" | "unknown" | "committed" | "aborted";
  /** When that was told. */
  ended?: Tick;
}

/** What one read of a partition gave. */
export interface Poll {
  /** One reader between two seeks: its positions only grow. */
  readonly reader: string;
  readonly partition: string;
  readonly isolation: Isolation;
  /** The position before it and after it. */
  readonly from: number;
  readonly next: number;
  readonly records: readonly SeenRecord[];
  readonly begun: Tick;
  readonly ended: Tick;
}

export interface SeenRecord {
  readonly offset: number;
  readonly value: string;
  readonly key?: string;
  /** Of its batch, where that is known. */
  readonly leaderEpoch?: number;
}

/** A group's position that was to be kept. */
export interface OffsetCommit {
  readonly group: string;
  readonly partition: string;
  readonly offset: number;
  readonly transaction?: SentTransaction;
  readonly begun: Tick;
  outcome: Outcome;
  ended?: Tick;
}

/** A group's position that was read; undefined: there is none. */
export interface OffsetFetch {
  readonly group: string;
  readonly partition: string;
  readonly offset: number | undefined;
  readonly begun: Tick;
  readonly ended: Tick;
}

/** `killed`: a process ended, what it had been sent will never be done. `power-lost`: beyond that, what was not synced may be gone. */
export interface Incident {
  readonly kind: "killed" | "power-lost";
  readonly at: Tick;
}

/** A partition as it is in the end, read whole. */
export interface FinalPartition {
  readonly partition: string;
  /** What lies before was removed on purpose. */
  readonly logStartOffset: number;
  readonly uncommitted: readonly SeenRecord[];
  readonly committed: readonly SeenRecord[];
  /** Where the log ends, and how far `read_committed` sees: less when a transaction is open. Undefined: as far as the log goes. */
  readonly end?: number;
  readonly lastStableOffset?: number;
}

/** What was promised of a partition. What nobody describes keeps everything but what power loss takes. */
export interface PartitionPromise {
  readonly partition: string;
  /** Acknowledged means on the disk. */
  readonly isSynced?: boolean;
  /** Of each key the last record is kept, others may go. */
  readonly isCompacted?: boolean;
}

/** All that clients did and were told. Partitions are names like `topic@1:0`; a topic made again has another name. */
export interface HistoryFacts {
  readonly sent: readonly SentRecord[];
  readonly transactions: readonly SentTransaction[];
  readonly polls: readonly Poll[];
  readonly commits: readonly OffsetCommit[];
  readonly offsetFetches: readonly OffsetFetch[];
  readonly incidents: readonly Incident[];
  readonly finals: readonly FinalPartition[];
  readonly promises: readonly PartitionPromise[];
  /** Whether committed offsets are on the disk when a commit is answered. */
  readonly areCommitsSynced: boolean;
}
