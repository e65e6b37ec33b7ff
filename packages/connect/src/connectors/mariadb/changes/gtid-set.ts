import { ConnectError } from "../../../connect-error.ts";
import type { GtidIntervals } from "../connection/gtid-dump.ts";

/** Transactions of one server: from the first number to the last one, in order, none next to another. */
type Interval = { first: bigint; last: bigint };

const SERVER = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const INTERVAL = /^(\d{1,18})(?:-(\d{1,18}))?$/;
const TAGGED = /:[a-z_]/i;

function noSet(part: string): ConnectError {
  return new ConnectError(
    "CONNECT_STATE",
    TAGGED.test(part)
      ? `The GTIDs "${part}" have a tag, which is not known yet.`
      : `"${part}" is no set of MySQL's GTIDs such as uuid:1-5. Reset the connector's offsets, or alter them.`,
  );
}

/** The transactions of MySQL's that are done, by server: `3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5:8,…`. */
export class GtidSet {
  readonly #servers = new Map<string, Interval[]>();

  /** @throws ConnectError CONNECT_STATE where it is none */
  constructor(text = "") {
    for (const part of text.split(",").map((each) => each.trim())) {
      if (part === "") continue;
      const [server = "", ...intervals] = part.toLowerCase().split(":");
      if (!SERVER.test(server) || intervals.length === 0) throw noSet(part);
      for (const interval of intervals) {
        const [, first = "0", last = first] = INTERVAL.exec(interval.trim()) ?? [];
        if (BigInt(first) < 1n || BigInt(last) < BigInt(first)) throw noSet(part);
        this.#addInterval(server, BigInt(first), BigInt(last));
      }
    }
  }

  /** One transaction: `uuid:6`. */
  add(gtid: string): void {
    const at = gtid.lastIndexOf(":");
    const number = BigInt(gtid.slice(at + 1));
    this.#addInterval(gtid.slice(0, at).toLowerCase(), number, number);
  }

  text(): string {
    return this.#sorted()
      .map(
        ([server, intervals]) =>
          `${server}:${intervals.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(":")}`,
      )
      .join(",");
  }

  intervals(): GtidIntervals {
    return this.#sorted();
  }

  #sorted(): [string, Interval[]][] {
    return [...this.#servers].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #addInterval(server: string, first: bigint, last: bigint): void {
    const intervals = this.#servers.get(server);
    if (intervals === undefined) {
      this.#servers.set(server, [{ first, last }]);
      return;
    }
    // Nearly always the next one of the last interval.
    const end = intervals.at(-1)!;
    if (first === end.last + 1n) {
      end.last = last;
      return;
    }
    const merged: Interval[] = [];
    const added = { first, last };
    for (const each of intervals) {
      if (each.last + 1n < added.first) merged.push(each);
      else if (added.last + 1n < each.first) continue;
      else {
        if (each.first < added.first) added.first = each.first;
        if (each.last > added.last) added.last = each.last;
      }
    }
    merged.push(added, ...intervals.filter((each) => added.last + 1n < each.first));
    this.#servers.set(server, merged);
  }
}
