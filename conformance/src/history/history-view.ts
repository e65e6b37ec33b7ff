import type { FinalPartition, HistoryFacts, PartitionPromise, SeenRecord, SentRecord, Tick } from "./history.ts";

/** Proof that a value stood at an offset at a time. */
export interface Evidence {
  readonly value: string;
  readonly offset: number;
  /** How many power losses had happened by then. */
  readonly era: number;
  readonly leaderEpoch: number | undefined;
  readonly isAcknowledged: boolean;
}

/** The log of a partition in the end, by offset and by value. */
export interface FinalLog {
  readonly final: FinalPartition;
  readonly byOffset: ReadonlyMap<number, SeenRecord>;
  readonly offsetsOf: ReadonlyMap<string, readonly number[]>;
  readonly committedOffsets: ReadonlySet<number>;
}

const NO_PROMISE: Omit<PartitionPromise, "partition"> = {};

/** A history, looked up by partition. */
export class HistoryView {
  readonly facts: HistoryFacts;
  readonly sentByValue: ReadonlyMap<string, SentRecord>;
  readonly logs: ReadonlyMap<string, FinalLog>;
  /** In the order in which it was seen. */
  readonly evidence: ReadonlyMap<string, readonly Evidence[]>;
  readonly #promises: ReadonlyMap<string, PartitionPromise>;
  readonly #powerLosses: readonly Tick[];

  constructor(facts: HistoryFacts) {
    this.facts = facts;
    this.sentByValue = new Map(facts.sent.map((record) => [record.value, record]));
    this.#promises = new Map(facts.promises.map((promise) => [promise.partition, promise]));
    this.#powerLosses = facts.incidents.filter(({ kind }) => kind === "power-lost").map(({ at }) => at);
    this.logs = new Map(facts.finals.map((final) => [final.partition, finalLog(final)]));
    this.evidence = this.#collectEvidence();
  }

  promise(partition: string): Omit<PartitionPromise, "partition"> {
    return this.#promises.get(partition) ?? NO_PROMISE;
  }

  /** How many power losses came before a moment. */
  eraAt(tick: Tick): number {
    let era = 0;
    while (era < this.#powerLosses.length && this.#powerLosses[era]! < tick) era++;
    return era;
  }

  /** What was not synced is promised to nobody once the power was lost: a coordinator may have forgotten its decisions. */
  isBeyondPromise(isSynced: boolean | undefined, since: Tick, until: Tick = Infinity): boolean {
    return isSynced !== true && this.eraAt(since) < this.eraAt(until);
  }

  /** The era of the final logs. */
  get lastEra(): number {
    return this.#powerLosses.length;
  }

  #collectEvidence(): Map<string, Evidence[]> {
    const seen: { readonly at: Tick; readonly partition: string; readonly evidence: Evidence }[] = [];
    for (const { partition, value, offset, ended = 0 } of this.facts.sent) {
      if (offset === undefined) continue;
      const era = this.eraAt(ended);
      seen.push({ at: ended, partition, evidence: { value, offset, era, leaderEpoch: undefined, isAcknowledged: true } });
    }
    for (const { partition, records, ended } of this.facts.polls) {
      const era = this.eraAt(ended);
      for (const { value, offset, leaderEpoch } of records)
        seen.push({ at: ended, partition, evidence: { value, offset, era, leaderEpoch, isAcknowledged: false } });
    }
    seen.sort((a, b) => a.at - b.at);
    const byPartition = new Map<string, Evidence[]>();
    for (const { partition, evidence } of seen) {
      const list = byPartition.get(partition);
      if (list) list.push(evidence);
      else byPartition.set(partition, [evidence]);
    }
    return byPartition;
  }
}

function finalLog(final: FinalPartition): FinalLog {
  const offsetsOf = new Map<string, number[]>();
  for (const { offset, value } of final.uncommitted) {
    const offsets = offsetsOf.get(value);
    if (offsets) offsets.push(offset);
    else offsetsOf.set(value, [offset]);
  }
  return {
    final,
    byOffset: new Map(final.uncommitted.map((record) => [record.offset, record])),
    offsetsOf,
    committedOffsets: new Set(final.committed.map(({ offset }) => offset)),
  };
}
