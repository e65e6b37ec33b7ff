import type {
  FinalPartition,
  HistoryFacts,
  Incident,
  Isolation,
  OffsetCommit,
  OffsetFetch,
  PartitionPromise,
  Poll,
  SeenRecord,
  SentRecord,
  SentTransaction,
  Tick,
} from "./history.ts";

/** Takes down what clients do, in the order in which it happens. */
export class HistoryRecorder implements HistoryFacts {
  readonly sent: SentRecord[] = [];
  readonly transactions: SentTransaction[] = [];
  readonly polls: Poll[] = [];
  readonly commits: OffsetCommit[] = [];
  readonly offsetFetches: OffsetFetch[] = [];
  readonly incidents: Incident[] = [];
  readonly finals: FinalPartition[] = [];
  readonly promises: PartitionPromise[] = [];
  areCommitsSynced = false;
  #tick: Tick = 0;

  /** The next moment. */
  tick(): Tick {
    return ++this.#tick;
  }

  /** Before it is sent for the first time. */
  send(record: Omit<SentRecord, "begun" | "attempts" | "outcome" | "ended" | "offset">): SentRecord {
    const sent: SentRecord = { ...record, begun: this.tick(), attempts: 0, outcome: "unknown" };
    this.sent.push(sent);
    return sent;
  }

  /** A producer was told that its record is stored. */
  acknowledge(record: SentRecord, offset: number | undefined): void {
    record.outcome = "done";
    record.ended = this.tick();
    if (offset !== undefined) record.offset = offset;
  }

  /** A producer was told that no attempt has stored its record, nor will. */
  refuse(record: SentRecord): void {
    record.outcome = "refused";
    record.ended = this.tick();
  }

  begin(id: string): SentTransaction {
    const transaction: SentTransaction = { id, begun: this.tick(), outcome: "open" };
    this.transactions.push(transaction);
    return transaction;
  }

  /** Before the end of a transaction is asked for. */
  askEnd(transaction: SentTransaction, isCommit: boolean): void {
    transaction.endAsked ??= this.tick();
    if (isCommit) transaction.outcome = "unknown";
  }

  /** The client was told how it ended. */
  endTransaction(transaction: SentTransaction, isCommit: boolean): void {
    transaction.outcome = isCommit ? "committed" : "aborted";
    transaction.ended = this.tick();
  }

  poll(
    read: { readonly reader: string; readonly partition: string; readonly isolation: Isolation; readonly begun: Tick },
    span: { readonly from: number; readonly next: number },
    records: readonly SeenRecord[],
  ): void {
    this.polls.push({ ...read, ...span, records, ended: this.tick() });
  }

  /** Before a commit is sent. */
  commit(asked: Pick<OffsetCommit, "group" | "partition" | "offset" | "transaction">): OffsetCommit {
    const commit: OffsetCommit = { ...asked, begun: this.tick(), outcome: "unknown" };
    this.commits.push(commit);
    return commit;
  }

  endCommit(commit: OffsetCommit, isDone: boolean): void {
    commit.outcome = isDone ? "done" : "refused";
    commit.ended = this.tick();
  }

  fetchOffset(fetched: Omit<OffsetFetch, "ended">): void {
    this.offsetFetches.push({ ...fetched, ended: this.tick() });
  }

  incident(kind: Incident["kind"]): void {
    this.incidents.push({ kind, at: this.tick() });
  }
}
