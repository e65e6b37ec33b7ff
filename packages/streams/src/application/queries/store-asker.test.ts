import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes } from "../../serdes/serdes.ts";
import type { QueryableStore } from "./queryable-stores.ts";
import { type AskerHost, StoreAsker } from "./store-asker.ts";
import { StoreQueryError } from "./store-query-error.ts";
import type { PartitionPage, StoredRow } from "./store-query.ts";

const store: QueryableStore = {
  name: "counts",
  kind: "keyValue",
  key: serdes.string,
  value: serdes.string,
  topic: "counts",
  windowSizeMs: undefined,
  isGlobal: false,
  subtopology: 0,
  partitionCount: 3,
  isPartitionedByKey: true,
};

const page = (rows: StoredRow[], next: PartitionPage["next"]): PartitionPage => ({ rows, next, position: {}, role: "active", lag: 0 });

function hostOf(read: AskerHost["read"]): AskerHost & { readonly pauses: number[] } {
  let nowMs = 0;
  const pauses: number[] = [];
  return {
    pauses,
    store: () => store,
    read,
    async pause(delayMs) {
      pauses.push(delayMs);
      nowMs += delayMs;
    },
    nextTurn: async () => {},
    nowMs: () => nowMs,
  };
}

test("a page ends where its rows have a MiB, though more are asked for, and the next one goes on behind it", async () => {
  const large = Buffer.alloc(400 * 1024);
  // Each partition has two rows, of which a read gives one.
  const host = hostOf(async ({ after, partition }) => {
    const index = after === null ? 0 : 1;
    const row = { key: Buffer.from(`${partition}-${index}`), value: large, timestamp: 0, startMs: -1, endMs: -1 };
    return page([row], index === 0 ? { key: row.key, startMs: -1, endMs: -1 } : null);
  });
  const asker = new StoreAsker(host);
  const seen: string[][] = [];
  let after: string | undefined;
  do {
    const { rows, next } = await asker.page(
      "counts",
      undefined,
      { kind: "range", from: null, to: null, isReverse: false },
      {},
      { limit: 10_000, after },
    );
    seen.push(rows.map(({ row }) => Buffer.from(row.key).toString()));
    after = next ?? undefined;
  } while (after !== undefined);
  assert.deepEqual(seen, [
    ["0-0", "0-1", "1-0"],
    ["1-1", "2-0", "2-1"],
  ]);
});

test("who waits looks again less and less often, a last time when its time is over", async () => {
  let looks = 0;
  const host = hostOf(async () => {
    looks++;
    throw new StoreQueryError("STREAMS_STORE_RESTORING", "not yet");
  });
  const asker = new StoreAsker(host);
  const bytes = Buffer.from("a");
  const asked = asker.one("counts", "a", bytes, { kind: "key", key: bytes }, { partition: 0, waitMs: 10_000 });
  await assert.rejects(asked, { code: "STREAMS_STORE_RESTORING" });
  assert.equal(
    host.pauses.reduce((sum, each) => sum + each, 0),
    10_000,
  );
  assert.deepEqual([host.pauses.slice(0, 3), Math.max(...host.pauses)], [[10, 10, 10], 250]);
  assert.ok(looks < 80, `${looks} looks`);
});
