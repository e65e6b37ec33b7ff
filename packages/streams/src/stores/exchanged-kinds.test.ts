import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { serdes } from "../serdes/serdes.ts";
import type { ChangelogSink } from "./store-builder.ts";
import { stores } from "./stores.ts";
import { recordingContext } from "./testing/recording-context.ts";

const YEAR_2026_MS = 1_780_000_000_000;
const settings = { name: "s", value: serdes.string, retentionMs: 1_000_000 };
const kinds = ["window", "duplicates", "session"] as const;
const keySerdes = { text: serdes.string, long: serdes.long, bytes: serdes.bytes } as const;

/** A store of that kind, with its verb to put. */
function storeOf<K>(kind: (typeof kinds)[number], key: (typeof keySerdes)[keyof typeof keySerdes], sink?: ChangelogSink) {
  const { context } = recordingContext(sink);
  const given = { ...settings, key: key as unknown as typeof serdes.string };
  if (kind === "session") {
    const store = stores.session(given).build(context);
    return { store, put: (at: K, startMs: number, spanMs: number) => store.put(at as string, startMs, startMs + spanMs, "v") };
  }
  if (kind === "window") {
    const store = stores.timestampedWindow({ ...given, windowSizeMs: 100 }).build(context);
    return { store, put: (at: K, startMs: number) => store.put(at as string, { value: "v", timestamp: startMs }, startMs) };
  }
  const store = stores.window({ ...given, windowSizeMs: 100, retainDuplicates: true }).build(context);
  return { store, put: (at: K, startMs: number) => store.put(at as string, "v", startMs) };
}

const anyKey = {
  text: fc.string({ minLength: 1, maxLength: 12 }),
  long: fc.maxSafeNat(),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 24 }),
} as const;

for (const written of kinds) {
  for (const read of kinds) {
    // Both are window stores, whose keys differ in a number alone.
    if (written !== read && written !== "session" && read !== "session") continue;
    const what = written === read ? "takes its own changelog" : `refuses the changelog of a ${written} store at its first record`;
    test(`a ${read} store ${what}, whatever the keys`, () => {
      for (const of of Object.keys(keySerdes) as (keyof typeof keySerdes)[]) {
        const instant = fc.integer({ min: YEAR_2026_MS - 1e11, max: YEAR_2026_MS + 1e11 });
        fc.assert(
          fc.property(anyKey[of] as fc.Arbitrary<unknown>, instant, fc.nat(50_000_000), (key, startMs, spanMs) => {
            const log: (readonly [Uint8Array, Uint8Array | null, number])[] = [];
            const from = storeOf<unknown>(written, keySerdes[of], (at, value, timestamp) => void log.push([at, value, timestamp ?? 0]));
            from.put(key, startMs, spanMs);
            const { store } = storeOf(read, keySerdes[of]);
            const restore = (): void => log.forEach((record) => store.restore(...record));
            assert.equal(log.length, 1);
            if (written === read) restore();
            else
              assert.throws(restore, {
                code: "STREAMS_INTERNAL_TOPIC",
                message: /^Topic app-s-changelog has a key that store s cannot have written/,
              });
          }),
          { numRuns: 60 },
        );
      }
    });
  }
}
