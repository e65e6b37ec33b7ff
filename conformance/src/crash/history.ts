/** What the clients of a crash run were told: the promises that the log must keep. */
export class History {
  /** By partition: offset → value of every record that was acknowledged. */
  readonly acknowledged: Map<number, string>[];
  /** By partition: offset → value of every record that a consumer was given. */
  readonly seen: Map<number, string>[];
  /** By partition: the highest offset whose commit was answered with success. */
  readonly committed: number[];
  /** Contradictions noticed on the way. */
  readonly anomalies: string[] = [];

  constructor(partitions: number) {
    this.acknowledged = Array.from({ length: partitions }, () => new Map<number, string>());
    this.seen = Array.from({ length: partitions }, () => new Map<number, string>());
    this.committed = Array.from({ length: partitions }, () => 0);
  }

  /** Notes an acknowledgement. An offset acknowledged for two values is an anomaly. */
  acknowledge(partition: number, offset: number, value: string): void {
    this.#note(this.acknowledged[partition], `acknowledged ${partition}`, offset, value);
  }

  /** Notes a record that was read. An offset read with two contents is an anomaly: it was used again. */
  see(partition: number, offset: number, value: string): void {
    this.#note(this.seen[partition], `read ${partition}`, offset, value);
  }

  /** Notes a commit that succeeded. Commits of one consumer are in order. */
  commit(partition: number, offset: number): void {
    this.committed[partition] = offset;
  }

  /** How many records were acknowledged so far. */
  get acknowledgedCount(): number {
    return this.acknowledged.reduce((sum, each) => sum + each.size, 0);
  }

  #note(map: Map<number, string> | undefined, what: string, offset: number, value: string): void {
    const before = map?.get(offset);
    if (before !== undefined && before !== value) this.anomalies.push(`${what}:${offset} was ${before} and is ${value}`);
    map?.set(offset, value);
  }
}

/** A partition as it is in the end: offset → value, ascending. */
export type FinalLog = ReadonlyMap<number, string>;

/** The number at the end of a value such as `p2-000417`: each producer counts up in each partition. */
function sequenceOf(value: string): { readonly producer: string; readonly sequence: number } {
  const dash = value.lastIndexOf("-");
  return { producer: value.slice(0, dash), sequence: Number(value.slice(dash + 1)) };
}

function checkContent(promised: ReadonlyMap<number, string> | undefined, log: FinalLog, what: string): string[] {
  const anomalies: string[] = [];
  for (const [offset, value] of promised ?? []) {
    const found = log.get(offset);
    if (found !== value) anomalies.push(`${what}:${offset} was ${value} and is ${found ?? "gone"}`);
  }
  return anomalies;
}

function checkOrder(partition: number, log: FinalLog): string[] {
  const anomalies: string[] = [];
  const last = new Map<string, number>();
  let expected = log.keys().next().value ?? 0;
  for (const [offset, value] of log) {
    if (offset !== expected) anomalies.push(`partition ${partition} has no offset ${expected} before ${offset}`);
    expected = offset + 1;
    const { producer, sequence } = sequenceOf(value);
    const before = last.get(producer);
    if (before !== undefined && sequence <= before)
      anomalies.push(`partition ${partition}:${offset} is ${value} after ${producer}-${before}: a duplicate or out of order`);
    last.set(producer, sequence);
  }
  return anomalies;
}

/**
 * Everything that the history and the final logs contradict each other in: an acknowledged record that is not at its offset, a record
 * read once and different now, a duplicate, a wrong order, a hole, a committed offset that went back or beyond the end.
 */
export function findAnomalies(history: History, logs: readonly FinalLog[], committed: readonly (number | undefined)[]): string[] {
  const anomalies = [...history.anomalies];
  for (const [partition, log] of logs.entries()) {
    anomalies.push(...checkContent(history.acknowledged[partition], log, `acknowledged ${partition}`));
    anomalies.push(...checkContent(history.seen[partition], log, `read ${partition}`));
    anomalies.push(...checkOrder(partition, log));
    const promised = history.committed[partition] ?? 0;
    const kept = committed[partition] ?? 0;
    const end = [...log.keys()].at(-1) ?? -1;
    if (kept < promised) anomalies.push(`partition ${partition}: offset ${promised} was committed, now it is ${kept}`);
    if (kept > end + 1) anomalies.push(`partition ${partition}: the committed offset ${kept} is beyond the end ${end + 1}`);
  }
  return anomalies;
}
