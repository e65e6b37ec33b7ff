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

  /** Whether one of the first `count`, as far as they are kept, is not seen in a snapshot: `pg_current_snapshot()`, that is `xmin:xmax:xip,…`. */
  hasUnseen(snapshot: string, count: number): boolean {
    const [, xmax = "0", list = ""] = snapshot.split(":");
    // In 32 bits, as the log has them. What ends now and is the newest is behind xmax, not in the list.
    const end = in32Bits(xmax);
    const unseen = new Set(list === "" ? [] : list.split(",").map(in32Bits));
    for (let i = Math.max(0, this.#count - KEPT); i < count; i++) {
      const xid = this.#xids[i % KEPT]!;
      if (((xid - end) | 0) >= 0 || unseen.has(xid)) return true;
    }
    return false;
  }
}

const in32Bits = (text: string): number => Number(BigInt.asUintN(32, BigInt(text)));
