const grouped = new Intl.NumberFormat("en-US");
const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

/** `1,234`; `–` where it is not known. */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : grouped.format(value);
}

/** `1 topic`, `1,234 topics`. */
export function counted(value: number | null | undefined, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** `1.2K` */
export function rough(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : short.format(value);
}

/** Records a second, with as many digits as tell something. */
export function rate(perS: number | null | undefined): string {
  if (perS === null || perS === undefined) return "–";
  if (perS === 0) return "0/s";
  return perS < 10 ? `${perS.toFixed(1)}/s` : `${short.format(Math.round(perS))}/s`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** `1.5 MiB` */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  const power = value < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(value) / 10));
  const scaled = value / 1024 ** power;
  return `${power === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${UNITS[power]}`;
}

/** `3 min`, `2 h`, `7 d` */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  if (ms < 0) return "for ever";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const steps: readonly (readonly [number, string])[] = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "min"],
    [1_000, "s"],
  ];
  for (const [unit, name] of steps) if (ms >= unit) return `${Number((ms / unit).toFixed(ms / unit < 10 ? 1 : 0))} ${name}`;
  return "–";
}

const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { year: "numeric", month: "2-digit", day: "2-digit" });
const DAY_MS = 86_400_000;

/** `12:34:56`, with the date where it is not today; a time that no calendar has, as it is. */
export function clockTime(atMs: number): string {
  if (!(Math.abs(atMs) < 8.64e15)) return String(atMs);
  const at = new Date(atMs);
  const isToday = Math.abs(Date.now() - atMs) < DAY_MS && at.getDate() === new Date().getDate();
  return isToday ? time.format(at) : `${day.format(at).split("/").reverse().join("-")} ${time.format(at)}`;
}

/** To the millisecond, in UTC. */
export function exactTime(atMs: number): string {
  return Number.isFinite(atMs) && Math.abs(atMs) < 8.64e15 && atMs >= 0 ? new Date(atMs).toISOString() : String(atMs);
}
