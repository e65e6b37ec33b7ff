import { boxedTime } from "../../boxed-time.ts";
import type { Windowed } from "../../record.ts";

/** A key within a window that is used again for the next record: for those who keep none ({@link keptKey}). */
export class LentWindowed implements Windowed<unknown> {
  key: unknown = null;
  readonly window: { startMs: number; endMs: number };

  private constructor(window: { startMs: number; endMs: number }) {
    this.window = window;
  }

  /** For times that are computed for each record: as these are no whole numbers at first, V8 keeps all later ones in the same place. */
  static ofComputed(): LentWindowed {
    return new LentWindowed({ startMs: 0.5, endMs: 0.5 });
  }

  /** For times that come from somewhere: they are kept as they were given. The other order makes it another shape for V8. */
  static ofGiven(): LentWindowed {
    return new LentWindowed({ endMs: boxedTime, startMs: boxedTime });
  }
}

/** A key for whoever may keep it. */
export function keptKey(key: unknown): unknown {
  return key instanceof LentWindowed ? { key: key.key, window: { ...key.window } } : key;
}
