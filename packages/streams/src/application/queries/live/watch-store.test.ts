import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes } from "../../../serdes/serdes.ts";
import type { BytesStore } from "../../../stores/bytes-store.ts";
import type { KeyValueBytes } from "../../../stores/key-value/key-value-bytes.ts";
import { stores } from "../../../stores/stores.ts";
import { recordingContext } from "../../../stores/testing/recording-context.ts";
import type { ChangeReader, StoreChange } from "./change-log.ts";
import { watchStore } from "./watch-store.ts";

function taken(reader: ChangeReader): StoreChange[] {
  const changes: StoreChange[] = [];
  reader.take(100, changes);
  return changes;
}

test("all who watch a store are given the same change, whose bytes are its own; who watches one key is told of that alone", () => {
  const { context } = recordingContext();
  const store = stores.timestampedKeyValue({ name: "counts", key: serdes.string, value: serdes.string }).build(context);
  const stored = () => (store as unknown as BytesStore<string, string, KeyValueBytes>).stored;
  const plain = stored();
  const watch = (only?: string) => watchStore(store, "keyValue", 3, only === undefined ? undefined : Buffer.from(only));
  const readers = [watch(), watch(), watch("b"), watch("b"), watch("c")];
  const lent = Buffer.from("a");
  stored().put(lent, lent, 7);
  lent[0] = 0x7a;
  store.put("b", { value: "x", timestamp: 8 });
  const all = readers.map(taken);
  assert.deepEqual(
    all.map((changes) => changes.map(({ partition, key, timestamp }) => `${partition} ${Buffer.from(key).toString()} ${timestamp}`)),
    [["3 a 7", "3 b 8"], ["3 a 7", "3 b 8"], ["3 b 8"], ["3 b 8"], []],
  );
  assert.equal(all[0]![0], all[1]![0]);
  assert.equal(all[1]![1], all[3]![0]);
  for (const reader of readers.slice(0, 3)) reader.close();
  store.put("b", { value: "y", timestamp: 9 });
  assert.equal(taken(readers[3]!).length, 1);
  for (const reader of readers) reader.close();
  assert.equal(stored(), plain);
});
