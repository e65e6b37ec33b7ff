import assert from "node:assert/strict";
import { test } from "node:test";
import type { Serde } from "../serdes/serde.ts";
import { serdes } from "../serdes/serdes.ts";
import { RecordCache } from "./cache/record-cache.ts";
import type { StateStore } from "./store.ts";
import type { ChangelogSink, StoreBuilder, StoreContext } from "./store-builder.ts";
import { stores } from "./stores.ts";
import { recordingContext } from "./testing/recording-context.ts";

const large = "x".repeat(30_000);
const anyText = serdes.string as unknown as Serde<never>;
const texts = { name: "s", key: serdes.string, value: serdes.string, caching: true } as const;
const windows = { ...texts, windowSizeMs: 10, retentionMs: 100 } as const;

/** A store of each kind: a put of that value, and what there is to be seen of it. */
interface Kind {
  readonly builder: StoreBuilder;
  readonly put: (store: never, value: string) => void;
  readonly seen: (store: never) => unknown;
}

function kind<S extends StateStore>(builder: StoreBuilder<S>, put: (store: S, value: string) => void, seen: (store: S) => unknown): Kind {
  return { builder, put, seen };
}

const kinds: Readonly<Record<string, Kind>> = {
  keyValue: kind(
    stores.keyValue(texts),
    (s, v) => s.put("k", v),
    (s) => s.get("k"),
  ),
  lru: kind(
    stores.keyValue({ ...texts, caching: false, entriesMax: 1 }),
    (s, v) => s.put(v.length > 100 ? "other" : "k", v),
    (s) => s.get("k"),
  ),
  timestamped: kind(
    stores.timestampedKeyValue(texts),
    (s, v) => s.put("k", { value: v, timestamp: 1 }),
    (s) => s.get("k")?.value,
  ),
  window: kind(
    stores.window(windows),
    (s, v) => s.put("k", v, 0),
    (s) => s.fetch("k", 0),
  ),
  duplicates: kind(
    stores.window({ ...windows, retainDuplicates: true, caching: false }),
    (s, v) => s.put("k", v, 0),
    (s) => [...s.fetchAll(0, 10)].map(({ value }) => value).join(),
  ),
  session: kind(
    stores.session({ ...texts, retentionMs: 100 }),
    (s, v) => s.put("k", 0, 5, v),
    (s) => s.fetchSession("k", 0, 5),
  ),
  versioned: kind(
    stores.versioned({ name: "s", key: serdes.string, value: serdes.string, historyRetentionMs: 100 }),
    (s, v) => void s.put("k", v, 1),
    (s) => s.get("k")?.value,
  ),
  unmatched: kind(
    stores.unmatchedRecords({ name: "s", key: serdes.string, left: anyText, right: anyText }),
    (s, v) => s.add("k", 1, true, v),
    (s) => [...s.all()].map(({ values }) => values().join()).join(),
  ),
  suppressed: kind(
    stores.suppressBuffer({ name: "s", key: serdes.string, value: serdes.string }),
    (s, v) => s.put(1, "k", v, null),
    (s) => {
      let seen: string | null | undefined;
      s.evict(({ newValue }) => (seen = newValue));
      return seen;
    },
  ),
  waiting: kind(
    stores.waitingRecords({ name: "s", key: serdes.string, value: serdes.string, graceMs: 10 }),
    (s, v) => void s.put("k", v, 1),
    (s) => s.next() !== undefined && "small",
  ),
};

for (const [name, { builder, put, seen }] of Object.entries(kinds)) {
  for (const isCached of [false, true]) {
    test(`what a changelog refuses for its size is not in a store either: ${name}${isCached ? ", cached" : ""}`, () => {
      const written: string[] = [];
      const refuse = (key: Uint8Array, value: Uint8Array | null): void => {
        if (key.length + (value?.length ?? 0) > 20_000) throw new Error("too large");
      };
      const send = (key: Uint8Array, value: Uint8Array | null): void => {
        refuse(key, value);
        written.push(Buffer.from(key).toString("latin1"));
      };
      const changelog: ChangelogSink = Object.assign(send, { check: refuse });
      const context: StoreContext = { ...recordingContext().context, changelog, ...(isCached && { cache: new RecordCache(1_000_000) }) };
      const store = builder.build(context) as never;
      put(store, "small");
      const before = written.length;
      assert.throws(() => put(store, large), /too large/);
      (store as StateStore).flush();
      assert.equal(seen(store), "small");
      assert.ok(written.length - before <= 1, "no more than what the first put had left for the flush");
    });
  }
}
