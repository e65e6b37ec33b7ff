const KEPT = 65_536;

/**
 * The transactions that were read last. The log may show a commit a moment before a query sees it (with `synchronous_commit` to a standby, a long one): rows that were read in such a moment are older than
 * what was written already.
 */
export class RecentTransactions {
  readonly #xids = new Uint32Array(KEPT);
  #count = 0;

  add(xid: number): void {
    this.#xids[this.#count++ % KEPT] = xid;
  }

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  /** Whether any of `unseen` is among the first `count`, as far as they are kept. */
  hasAny(unseen: readonly number[], count: number): boolean {
    if (unseen.length === 0) return false;
    const wanted = new Set(unseen);
    for (let i = Math.max(0, this.#count - KEPT); i < count; i++) if (wanted.has(this.#xids[i % KEPT]!)) return true;
    return false;
  }
}

/** Transactions that a snapshot does not see though later ones are seen, of `pg_current_snapshot()`: `xmin:xmax:xip,…`; in 32 bits, as the log has them. */
export function unseenIn(snapshot: string): number[] {
  const list = snapshot.split(":")[2] ?? "";
  return list === "" ? [] : list.split(",").map((text) => Number(BigInt.asUintN(32, BigInt(text))));
}
