import type { Windows } from "../processors/windows/windows.ts";
import { sessionWindowed, timeWindowed } from "../serdes/windowed-serdes.ts";
import type { AnySerde } from "../serdes/serde.ts";

/** The serde of keys within windows. */
export function windowedKey(windows: Windows, key: AnySerde | undefined): AnySerde | undefined {
  if (key === undefined) return undefined;
  switch (windows.kind) {
    case "time":
      return timeWindowed(key, windows.sizeMs) as AnySerde;
    case "unlimited":
      return timeWindowed(key, Number.POSITIVE_INFINITY) as AnySerde;
    case "sliding":
      return timeWindowed(key, windows.differenceMs) as AnySerde;
    case "session":
      return sessionWindowed(key) as AnySerde;
  }
}

/** How long after a window's end its result may change. */
export function graceOf(windows: Windows): number {
  return windows.kind === "session" ? windows.graceMs + windows.gapMs : windows.graceMs;
}
