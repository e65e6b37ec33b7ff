import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes } from "../../serdes/serdes.ts";
import type { BytesStore } from "../../stores/bytes-store.ts";
import type { KeyValueBytes } from "../../stores/key-value/key-value-bytes.ts";
import { stores } from "../../stores/stores.ts";
import { recordingContext } from "../../stores/testing/recording-context.ts";
import type { QueryableStore } from "../queries/queryable-stores.ts";
import { ThreadWatches } from "./thread-watches.ts";

const counts: QueryableStore = {
  name: "counts",
  kind: "keyValue",
  key: serdes.string,
  value: serdes.string,
  topic: "counts",
  windowSizeMs: undefined,
  isGlobal: false,
  subtopology: 0,
  partitionCount: 2,
  isPartitionedByKey: true,
};

test("a thread tells each view what changed since that asked last, of the stores that it has by then, and lets go of them when all are over", () => {
  const { context } = recordingContext();
  const store = stores.timestampedKeyValue({ name: "counts", key: serdes.string, value: serdes.string }).build(context);
  const stored = () => (store as unknown as BytesStore<string, string, KeyValueBytes>).stored;
  const plain = stored();
  let isRestoring = true;
  const here = {
    store: () => counts,
    copies: (_store: QueryableStore, partition: number) =>
      partition === 1 ? [{ store, role: "active" as const, isRestoring, position: {}, lag: 0 }] : [],
  };
  const watches = new ThreadWatches();
  const take = (viewId: number) => {
    const { changes } = watches.take({ type: "changes", viewId, watched: { store: "counts", key: undefined } }, here);
    return [changes?.here, changes?.attached, changes?.changes.map(({ key, value }) => `${Buffer.from(key)}=${Buffer.from(value ?? [])}`)];
  };
  assert.equal(watches.take({ type: "changes", viewId: 1, watched: { store: "counts", key: undefined } }, undefined).changes, undefined);
  assert.deepEqual(take(1), [[], [], []]);
  isRestoring = false;
  assert.deepEqual(take(1), [[1], [1], []]);
  store.put("a", { value: "x", timestamp: 1 });
  assert.deepEqual(take(2), [[1], [1], []]);
  store.put("b", { value: "y", timestamp: 2 });
  assert.deepEqual([take(1).at(2), take(2).at(2)], [["a=x", "b=y"], ["b=y"]]);
  watches.end(1);
  assert.notEqual(stored(), plain);
  watches.end(2);
  assert.equal(stored(), plain);
});
