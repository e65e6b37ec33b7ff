import type { Windowed } from "../../record.ts";

/** A key within a window that is used again for the next record: for those who keep none ({@link keptKey}). */
export class LentWindowed implements Windowed<unknown> {
  key: unknown = null;
  /** Times that are no whole numbers at first: V8 keeps all later ones in the same place. */
  readonly window = { startMs: 0.5, endMs: 0.5 };
}

/** A key for whoever may keep it. */
export function keptKey(key: unknown): unknown {
  return key instanceof LentWindowed ? { key: key.key, window: { ...key.window } } : key;
}
