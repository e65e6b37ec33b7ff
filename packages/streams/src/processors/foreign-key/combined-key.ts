import { copyInto } from "../../serdes/copy-into.ts";
import { readInt32, writeInt32 } from "../../serdes/int64-bytes.ts";
import { LENT_BYTES_MAX, type LentMemory } from "../../serdes/lent-bytes.ts";

/** Key of a foreign-key join's subscriptions on the right side: `int32 length of the foreign key, foreign key, primary key`. Sorted, all of one foreign key stand together. Lent, if memory is given. */
export function combinedKey(foreignKey: Uint8Array, primaryKey: Uint8Array, memory?: LentMemory): Uint8Array {
  const length = 4 + foreignKey.length + primaryKey.length;
  const into = memory === undefined || length > LENT_BYTES_MAX ? Buffer.allocUnsafe(length) : memory.first(length);
  writeInt32(into, 0, foreignKey.length);
  copyInto(into, 4, foreignKey);
  copyInto(into, 4 + foreignKey.length, primaryKey);
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
