import assert from "node:assert/strict";
import { test } from "node:test";
import { serdes } from "../../../serdes/serdes.ts";
import type { BytesStore } from "../../../stores/bytes-store.ts";
import type { KeyValueBytes } from "../../../stores/key-value/key-value-bytes.ts";
import { stores } from "../../../stores/stores.ts";
import { recordingContext } from "../../../stores/testing/recording-context.ts";
import type { PendingChange } from "./pending-changes.ts";
import { watchStore } from "./watch-store.ts";

test("all who watch a store are given the same change, whose bytes are its own; who watches one key is told of that alone", () => {
  const { context } = recordingContext();
  const store = stores.timestampedKeyValue({ name: "counts", key: serdes.string, value: serdes.string }).build(context);
  const stored = () => (store as unknown as BytesStore<string, string, KeyValueBytes>).stored;
  const plain = stored();
  const told: [who: string, change: PendingChange][] = [];
  const watch = (who: string, only?: string) =>
    watchStore(store, "keyValue", 3, {
      only: only === undefined ? undefined : Buffer.from(only),
      changed: (_name, change) => told.push([who, change]),
    });
  const ends = [watch("all"), watch("all too"), watch("one", "b")];
  const lent = Buffer.from("a");
  stored().put(lent, lent, 7);
  lent[0] = 0x7a;
  store.put("b", { value: "x", timestamp: 8 });
  assert.deepEqual(
    told.map(([who, { partition, key, timestamp }]) => [who, partition, Buffer.from(key).toString(), timestamp]),
    [
      ["all", 3, "a", 7],
      ["all too", 3, "a", 7],
      ["all", 3, "b", 8],
      ["all too", 3, "b", 8],
      ["one", 3, "b", 8],
    ],
  );
  assert.equal(told[0]![1], told[1]![1]);
  for (const end of ends) end();
  assert.equal(stored(), plain);
});
