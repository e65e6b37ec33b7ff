import type { Clock, LogFields, Logger } from "@ottla/base";
import { portableField } from "./portable-field.ts";

/** Levels by log4j's names, as Connect's REST API has them; a logger tells its own and those before. */
const LEVELS = ["OFF", "FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"] as const;

/** One of {@link LEVELS}. */
export type LoggerLevel = (typeof LEVELS)[number];

/** How a logger is set. */
export interface LoggerSetting {
  readonly level: LoggerLevel;
  /** Milliseconds since 1970; null: since the start. */
  readonly lastModifiedMs: number | null;
}

/** A line that was told. */
export interface LoggedLine {
  /** Counts up from 1; lines that are gone leave a gap at the beginning. */
  readonly sequence: number;
  readonly timestampMs: number;
  readonly level: LoggerLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const LINES_MAX = 2_000;
const ROOT = "root";
const LOGGERS_MAX = 1_000;

/** `ERROR` of whatever case; undefined: there is no such level. */
export function loggerLevel(text: string): LoggerLevel | undefined {
  return LEVELS.find((each) => each === text.toUpperCase());
}

/**
 * The log of a worker: levels that can be changed while it runs, and the last lines to read again. There are the loggers `root` and `connector.NAME`, of lines that name a connector; one without a level of its own has root's.
 * Lines go on to the log of the process, which has a level of its own.
 */
export class ConnectLoggers implements Logger {
  readonly #next: Logger;
  readonly #clock: Clock;
  readonly #settings = new Map<string, LoggerSetting>([[ROOT, { level: "INFO", lastModifiedMs: null }]]);
  readonly #lines: LoggedLine[] = [];
  #sequence = 0;

  constructor(next: Logger, clock: Clock) {
    this.#next = next;
    this.#clock = clock;
  }

  error(message: string, fields?: LogFields): void {
    this.#tell("ERROR", "error", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#tell("WARN", "warn", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#tell("INFO", "info", message, fields);
  }

  debug(message: string, fields?: LogFields): void {
    this.#tell("DEBUG", "debug", message, fields);
  }

  /** Those that have a level of their own, root first. */
  get settings(): ReadonlyMap<string, LoggerSetting> {
    return this.#settings;
  }

  /** Whether any of them tells what is of no more than `DEBUG`. */
  get tellsDebug(): boolean {
    return [...this.#settings.values()].some(({ level }) => LEVELS.indexOf(level) >= LEVELS.indexOf("DEBUG"));
  }

  /** False: more loggers than can be kept have a level of their own. */
  set(logger: string, level: LoggerLevel): boolean {
    if (!this.#settings.has(logger) && this.#settings.size >= LOGGERS_MAX) return false;
    this.#settings.set(logger, { level, lastModifiedMs: this.#clock.nowMs() });
    return true;
  }

  /** Of what is kept, lines behind `after` of wanted connectors (undefined: of none), oldest first; of more than `limit` the last. */
  lines(after: number, isWanted: (connector: string | undefined) => boolean, limit: number): LoggedLine[] {
    const found = this.#lines.filter(({ sequence, fields }) => {
      const connector = fields["connector"];
      return sequence > after && isWanted(typeof connector === "string" ? connector : undefined);
    });
    return found.slice(Math.max(0, found.length - limit));
  }

  #tell(level: LoggerLevel, name: keyof Logger, message: string, fields: LogFields = {}): void {
    const connector = fields["connector"];
    const own = typeof connector === "string" ? this.#settings.get(`connector.${connector}`) : undefined;
    const setting = own ?? this.#settings.get(ROOT);
    if (LEVELS.indexOf(level) > LEVELS.indexOf(setting?.level ?? "INFO")) return;
    const shown = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, portableField(value)]));
    this.#lines.push({ sequence: ++this.#sequence, timestampMs: this.#clock.nowMs(), level, message, fields: shown });
    if (this.#lines.length > LINES_MAX) this.#lines.shift();
    this.#next[name](message, fields);
  }
}
