import { ConnectError } from "../../../connect-error.ts";

const GTID = /^(\d{1,10})-(\d{1,10})-(\d{1,20})$/;
const NUMBER_END = 2n ** 32n;
const SEQUENCE_END = 2n ** 64n;

/** The last transaction of each domain of MariaDB's, as `0-1-7,2-1-9`. */
export class GtidState {
  readonly #domains = new Map<number, string>();

  /** @throws ConnectError CONNECT_STATE where it is none */
  constructor(text = "") {
    for (const gtid of text.split(",").map((part) => part.trim())) {
      if (gtid === "") continue;
      const [, domain = "", server = "", sequence = ""] = GTID.exec(gtid) ?? [];
      const isOne = domain !== "" && BigInt(domain) < NUMBER_END && BigInt(server) < NUMBER_END && BigInt(sequence) < SEQUENCE_END;
      if (!isOne || this.#domains.has(Number(domain)))
        throw new ConnectError(
          "CONNECT_STATE",
          `"${gtid}" in the offset's gtids is ${isOne ? "the second one of its domain" : "no GTID of MariaDB's such as 0-1-7"}. Reset the connector's offsets, or alter them.`,
        );
      this.add(gtid);
    }
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
