import { OttlaError } from "@ottla/base";
import type { CleanerSettings } from "@ottla/log";
import type { ConfigFault } from "./config-rules.ts";
import type { EffectiveConfig } from "./effective-config.ts";

/** Kafka's default for the rate: no limit. */
const RATE_UNLIMITED = 1e300;
/** Kafka has no bounds for these; beyond them the cleaner would stand still, or turn in circles. */
const LOAD_FACTOR_MIN = 0.01;
const BACKOFF_MIN_MS = 10;
const DEDUPE_BYTES_PER_THREAD_MIN = 1024 * 1024;

/** How the cleaner of the broker's logs works, by the settings as they are now. */
export function cleanerSettings(config: EffectiveConfig): CleanerSettings {
  const rate = config.number("log.cleaner.io.max.bytes.per.second");
  const loadFactor = config.number("log.cleaner.io.buffer.load.factor");
  return {
    threads: config.number("log.cleaner.threads"),
    dedupeBufferBytes: config.number("log.cleaner.dedupe.buffer.size"),
    mapLoadFactor: Math.min(1, Math.max(LOAD_FACTOR_MIN, loadFactor)),
    ioBufferBytes: config.number("log.cleaner.io.buffer.size"),
    ioBytesPerSecond: rate >= RATE_UNLIMITED ? Infinity : Math.max(1, rate),
    backoffMs: Math.max(BACKOFF_MIN_MS, config.number("log.cleaner.backoff.ms")),
  };
}

/** What is wrong with settings of the cleaner that are to be changed while it runs; `overrides` are the broker's as they will be. */
export function cleanerFault(overrides: ReadonlyMap<string, string>, config: EffectiveConfig): ConfigFault | undefined {
  if (!overrides.has("log.cleaner.threads") && !overrides.has("log.cleaner.dedupe.buffer.size")) return undefined;
  const now = config.number("log.cleaner.threads");
  const threads = Number(overrides.get("log.cleaner.threads") ?? now);
  if (threads < 1) return malformed("log.cleaner.threads must be at least 1 while the broker runs.");
  if (threads < Math.floor(now / 2) || threads > now * 2)
    return malformed(`log.cleaner.threads can be halved or doubled at once, not changed from ${now} to ${threads}.`);
  const dedupeBytes = Number(overrides.get("log.cleaner.dedupe.buffer.size") ?? config.number("log.cleaner.dedupe.buffer.size"));
  const message = dedupeFault(dedupeBytes, threads);
  return message === undefined ? undefined : malformed(message);
}

/** Refuses to start with too little memory for keys. Errors: `INVALID_CONFIG`. */
export function checkCleanerSettings({ dedupeBufferBytes, threads }: CleanerSettings): void {
  const fault = dedupeFault(dedupeBufferBytes, Math.max(1, threads));
  if (fault !== undefined) throw new OttlaError("INVALID_CONFIG", fault);
}

function dedupeFault(dedupeBytes: number, threads: number): string | undefined {
  if (Math.floor(dedupeBytes / threads) > DEDUPE_BYTES_PER_THREAD_MIN) return undefined;
  return `log.cleaner.dedupe.buffer.size must be above 1 MiB for each of the log.cleaner.threads (${threads}), not ${dedupeBytes} bytes.`;
}

function malformed(message: string): ConfigFault {
  return { kind: "malformed", message };
}
