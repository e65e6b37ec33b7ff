import type { SessionWindows, SlidingWindows, TimeWindows, UnlimitedWindows, Windows } from "../processors/windows/windows.ts";
import { StreamsError } from "../streams-error.ts";
import { told } from "../known-options.ts";

/** Windows that follow one another: each record is in one. */
export function tumbling(options: { readonly sizeMs: number; readonly graceMs: number }): TimeWindows {
  return checkWindows({ kind: "time", ...options });
}

/** Windows that begin every `advanceMs`: a record is in several. */
export function hopping(options: { readonly sizeMs: number; readonly advanceMs: number; readonly graceMs: number }): TimeWindows {
  return checkWindows({ kind: "time", ...options });
}

/** Windows around each record. */
export function sliding(options: { readonly differenceMs: number; readonly graceMs: number }): SlidingWindows {
  return checkWindows({ kind: "sliding", ...options });
}

/** Sessions that end when a key is silent for longer than `gapMs`. */
export function session(options: { readonly gapMs: number; readonly graceMs: number }): SessionWindows {
  return checkWindows({ kind: "session", ...options });
}

/** One window, for all records from `startMs` (0 unless told) on. */
export function unlimited(options: { readonly startMs?: number } = {}): UnlimitedWindows {
  return checkWindows({ kind: "unlimited", ...options, graceMs: 0 });
}

/** The windows, if they can be any (`STREAMS_BAD_ARGUMENT`). */
export function checkWindows<W extends Windows>(windows: W): W {
  if (typeof windows !== "object" || windows === null)
    throw new StreamsError(
      "STREAMS_BAD_ARGUMENT",
      `Windows are what tumbling, hopping, sliding, session or unlimited gives, and not ${told(windows)}.`,
    );
  const wrong = faultOf(windows);
  if (wrong !== undefined) throw new StreamsError("STREAMS_BAD_ARGUMENT", `Windows (${windows.kind}) cannot be so: ${wrong}.`);
  return windows;
}

function faultOf(windows: Windows): string | undefined {
  const grace = whole("graceMs", windows.graceMs, 0);
  switch (windows.kind) {
    case "time": {
      const { sizeMs, advanceMs = sizeMs } = windows;
      const advance =
        whole("advanceMs", advanceMs, 1) ??
        (typeof sizeMs === "number" && advanceMs > sizeMs ? `advanceMs is ${advanceMs}, and may be at most sizeMs, ${sizeMs}` : undefined);
      return whole("sizeMs", sizeMs, 1) ?? advance ?? grace;
    }
    case "unlimited":
      return whole("startMs", windows.startMs ?? 0, 0) ?? (windows.graceMs === 0 ? undefined : "no record is late, so that graceMs is 0");
    case "sliding":
      // Java takes 0, and fails at the first record: such a window would end as it begins.
      return whole("differenceMs", windows.differenceMs, 1) ?? grace;
    case "session":
      return whole("gapMs", windows.gapMs, 0) ?? grace;
    default:
      return "the kind is time, unlimited, sliding or session";
  }
}

function whole(name: string, value: number, least: number): string | undefined {
  return Number.isSafeInteger(value) && value >= least
    ? undefined
    : `${name} is ${told(value)}, and has to be a whole number of at least ${least}`;
}
