import { readInt32, writeInt32 } from "../../serdes/int64-bytes.ts";

/** Key of a foreign-key join's subscriptions on the right side: `int32 length of the foreign key, foreign key, primary key`. Sorted, all of one foreign key stand together. */
export function combinedKey(foreignKey: Uint8Array, primaryKey: Uint8Array): Uint8Array {
  const into = Buffer.allocUnsafe(4 + foreignKey.length + primaryKey.length);
  writeInt32(into, 0, foreignKey.length);
  into.set(foreignKey, 4);
  into.set(primaryKey, 4 + foreignKey.length);
  return into;
}

/** What the keys of all subscriptions to one foreign key begin with. */
export function combinedKeyPrefix(foreignKey: Uint8Array): Uint8Array {
  return combinedKey(foreignKey, new Uint8Array());
}

/** The primary key's bytes in a combined key, as a view. */
export function primaryKeyIn(combined: Uint8Array): Uint8Array {
  return combined.subarray(4 + readInt32(combined, 0));
}
