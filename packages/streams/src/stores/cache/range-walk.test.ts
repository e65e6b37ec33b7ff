import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { testSeed } from "@ottla/base/simulated";
import { compareBytes } from "../bytes/compare-bytes.ts";
import type { CacheWalk } from "./range-walk.ts";
import { RecordCache } from "./record-cache.ts";

const step = fc.record({
  kind: fc.constantFrom("put", "put", "put", "get", "begin", "look", "look", "look", "end", "close", "giveUp", "giveUp"),
  at: fc.nat(12),
  from: fc.option(fc.nat(12), { nil: undefined }),
  to: fc.option(fc.nat(12), { nil: undefined }),
  isReverse: fc.boolean(),
});
const value = new Uint8Array(10);
const bytesOf = (at: number): Uint8Array => Uint8Array.of(at);

/** A walk of Java's: over a copy of the keys; of those that it comes to it uses what is still there, or there again. */
interface Model {
  readonly keys: number[];
  readonly walk: CacheWalk;
}

test("walks over a cache use what Java's would, whatever comes and goes on their way", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      const cache = new RecordCache(1e9);
      const named = cache.named(() => {});
      // The one that was used longest ago first.
      const used: number[] = [];
      const open: Model[] = [];
      const use = (at: number): void => {
        if (!used.includes(at)) return;
        used.splice(used.indexOf(at), 1);
        used.push(at);
      };
      const giveUpOne = (): void => {
        const newest = used.at(-1)!;
        cache.resize(named.sizeBytes - 1);
        named.put(bytesOf(newest), value, 0, undefined);
        cache.resize(1e9);
        const gone = used.shift()!;
        assert.equal(named.table.get(bytesOf(gone)), undefined, `${gone} was used longest ago`);
        assert.equal(named.table.size, used.length);
      };
      for (const { kind, at, from, to, isReverse } of steps) {
        if (kind === "put") {
          named.put(bytesOf(at), value, 0, undefined);
          if (!used.includes(at)) used.push(at);
          else use(at);
        } else if (kind === "get") {
          named.get(bytesOf(at));
          use(at);
        } else if (kind === "begin" && open.length < 3) {
          const end = (of: number | undefined): { key: Uint8Array; isInclusive: boolean } | undefined =>
            of === undefined ? undefined : { key: bytesOf(of), isInclusive: true };
          const keys = used.filter((key) => key >= (from ?? 0) && key <= (to ?? 99)).sort((a, b) => (isReverse ? b - a : a - b));
          open.push({ keys, walk: named.beginWalk(compareBytes, end(from), end(to), isReverse) });
        } else if (kind === "look" && open.length > 0) {
          const { keys, walk } = open[at % open.length]!;
          const place = keys.indexOf(from ?? at);
          // What is looked at is there.
          if (!used.includes(from ?? at)) continue;
          walk.looked(bytesOf(from ?? at));
          for (const key of keys.splice(0, place + 1)) use(key);
        } else if (kind === "end" && open.length > 0) {
          const [ended] = open.splice(at % open.length, 1);
          ended!.walk.looked(undefined);
          for (const key of ended!.keys) use(key);
        } else if (kind === "close" && open.length > 0) {
          const [closed] = open.splice(at % open.length, 1);
          closed!.walk.close();
          closed!.walk.looked(undefined);
        } else if (kind === "giveUp" && used.length > 1) {
          giveUpOne();
        }
      }
      while (used.length > 1) giveUpOne();
    }),
    { numRuns: 500, seed: testSeed() },
  );
});
