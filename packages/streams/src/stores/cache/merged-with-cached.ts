import type { Walk } from "../store-walk.ts";

/**
 * What a cache holds (of one moment; a null value hides the store's) and what the store below has, in one order; of what is in both the cached one. For walks over all keys: cached ones are
 * sorted when they begin.
 */
export function mergedWithCached<T extends { readonly value: Uint8Array }>(
  cached: (Omit<T, "value"> & { readonly value: Uint8Array | null })[],
  stored: Walk<T>,
  compare: (a: Omit<T, "value">, b: Omit<T, "value">) => number,
  isReverse: boolean,
  onSeen?: (entry: Omit<T, "value"> | undefined) => void,
): Walk<T> {
  const sign = isReverse ? -1 : 1;
  cached.sort((a, b) => sign * compare(a, b));
  let at = 0;
  let next = stored.next();
  return {
    next() {
      for (;;) {
        const first = cached[at];
        onSeen?.(first);
        const order = first === undefined ? 1 : next === undefined ? -1 : sign * compare(first, next);
        if (first === undefined || order > 0) {
          const entry = next;
          if (entry !== undefined) next = stored.next();
          return entry;
        }
        at++;
        if (order === 0) next = stored.next();
        if (first.value !== null) return first as unknown as T;
      }
    },
    close: () => stored.close(),
  };
}
