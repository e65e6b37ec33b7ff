/** The last transaction of each domain of MariaDB's, as `0-1-7,2-1-9`. */
export class GtidState {
  readonly #domains = new Map<number, string>();

  constructor(text = "") {
    for (const gtid of text.split(",").map((part) => part.trim())) if (gtid !== "") this.add(gtid);
  }

  add(gtid: string): void {
    this.#domains.set(Number(gtid.slice(0, gtid.indexOf("-"))), gtid);
  }

  text(): string {
    return [...this.#domains]
      .sort(([a], [b]) => a - b)
      .map(([, gtid]) => gtid)
      .join(",");
  }
}
