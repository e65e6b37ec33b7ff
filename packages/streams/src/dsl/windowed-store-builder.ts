import type { EmitStrategy, SessionWindows, Windows } from "../processors/windows/windows.ts";
import type { StoreBuilder } from "../stores/store-builder.ts";
import { stores } from "../stores/stores.ts";
import { StreamsError } from "../streams-error.ts";
import type { AnySerde } from "../serdes/serde.ts";
import type { NamedStore } from "./store-naming.ts";
import { needSerdes } from "./need-serdes.ts";

/** The store of a windowed aggregate. Throws when it forgets before its windows are over. */
export function windowedStoreBuilder(
  { name, options }: NamedStore,
  windows: Windows,
  serdes: { readonly key: AnySerde | undefined; readonly value: AnySerde | undefined },
  emit: EmitStrategy,
): StoreBuilder {
  const { key, value } = serdes;
  needSerdes(key !== undefined && value !== undefined, `Store ${name}`);
  const neededMs = retentionOf(windows);
  const retentionMs = options.retentionMs ?? neededMs;
  if (retentionMs < neededMs) {
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `Store ${name} keeps windows for ${retentionMs} ms, and they need ${neededMs} ms (their size or gap, and the grace): keep them longer.`,
    );
  }
  const settings = {
    name,
    key,
    value,
    retentionMs,
    logging: options.logging,
    changelogConfig: options.changelogConfig,
    caching: options.caching !== false && isCacheable(windows, emit),
    persistent: options.persistent ?? ("asTopology" as const),
  };
  if (windows.kind === "session" && emit === "onClose") {
    // A session that ends exactly the gap and the grace before stream time is still open, and has yet to be given on. (Java's store forgets it just then.)
    return { ...stores.session({ ...settings, retentionMs: Math.max(retentionMs, neededMs + 1) }), retentionMs };
  }
  if (windows.kind === "session") return stores.session(settings);
  return stores.timestampedWindow({ ...settings, windowSizeMs: windowSizeOf(windows) });
}

function retentionOf(windows: Windows): number {
  switch (windows.kind) {
    case "time":
      return windows.sizeMs + windows.graceMs;
    case "unlimited":
      return Number.POSITIVE_INFINITY;
    case "sliding":
      // A record may need the windows on both sides of it.
      return 2 * windows.differenceMs + windows.graceMs;
    case "session":
      return windows.gapMs + windows.graceMs;
  }
}

function windowSizeOf(windows: Exclude<Windows, SessionWindows>): number {
  if (windows.kind === "unlimited") return Number.POSITIVE_INFINITY;
  return windows.kind === "time" ? windows.sizeMs : windows.differenceMs;
}

/** As in Java: where only final results are given on, sessions and sliding windows have no cache. */
function isCacheable(windows: Windows, emit: EmitStrategy): boolean {
  return emit === "onUpdate" || windows.kind === "time" || windows.kind === "unlimited";
}
