import type { KeyValueBytes } from "./key-value/key-value-bytes.ts";
import type { SessionBytes } from "./session/session-bytes.ts";
import type { VersionedBytes } from "./versioned/versioned-bytes.ts";
import type { WindowBytes } from "./window/window-bytes.ts";

/** Is told what was put: bytes are valid during the call. A null value is a deletion; times that the kind of store has not are −1. */
export type WriteListener = (key: Uint8Array, value: Uint8Array | null, timestamp: number, startMs: number, endMs: number) => void;

/** A store's bytes with somebody who hears of each put when it has been done; all else is the store's. */
export function watchedKeyValue(inner: KeyValueBytes, told: WriteListener): KeyValueBytes {
  return before(inner, {
    put(key, value, timestamp) {
      inner.put(key, value, timestamp);
      told(key, value, timestamp, -1, -1);
    },
  });
}

/** As {@link watchedKeyValue}. */
export function watchedWindow(inner: WindowBytes, told: WriteListener): WindowBytes {
  return before(inner, {
    put(key, value, startMs, timestamp) {
      inner.put(key, value, startMs, timestamp);
      told(key, value, timestamp, startMs, -1);
    },
  });
}

/** As {@link watchedKeyValue}. */
export function watchedSession(inner: SessionBytes, told: WriteListener): SessionBytes {
  return before(inner, {
    put(key, startMs, endMs, value, timestamp) {
      inner.put(key, startMs, endMs, value, timestamp);
      told(key, value, endMs, startMs, endMs);
    },
  });
}

/** As {@link watchedKeyValue}. What is older than the history changes nothing. */
export function watchedVersioned(inner: VersionedBytes, told: WriteListener): VersionedBytes {
  return before(inner, {
    put(key, value, timestamp) {
      const outcome = inner.put(key, value, timestamp);
      if (outcome !== "notPut") told(key, value, timestamp, timestamp, outcome ?? -1);
      return outcome;
    },
  });
}

function before<T extends object>(inner: T, own: Partial<T>): T {
  return new Proxy(inner, {
    get(target, name): unknown {
      if (Object.hasOwn(own, name)) return own[name as keyof T];
      const found: unknown = Reflect.get(target, name, target);
      return typeof found === "function" ? found.bind(target) : found;
    },
  });
}
