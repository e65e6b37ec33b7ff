import type { LogFields, Logger } from "../seams/logger.ts";

/** So many lines may be on their way to the thread that reads them; those beyond are dropped, and counted. */
const UNHEARD_LINES_MAX = 1_000;

/** A line on its way to the thread that reads it. */
export interface ThreadLogLine {
  readonly type: "log";
  readonly level: "error" | "warn" | "info" | "debug";
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger of a worker's thread: its lines go to another one, which says by `heard` how many of them it took. */
export class ThreadLog implements Logger {
  /** False: nobody reads lines of `debug`, of which there is one a request, and each costs more than many requests do. */
  tellsDebug = true;
  readonly #send: (line: ThreadLogLine) => void;
  #unheard = 0;
  #dropped = 0;

  constructor(send: (line: ThreadLogLine) => void) {
    this.#send = send;
  }

  error(message: string, fields?: LogFields): void {
    this.#say("error", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#say("warn", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#say("info", message, fields);
  }

  debug(message: string, fields?: LogFields): void {
    if (this.tellsDebug) this.#say("debug", message, fields);
  }

  heard(count: number): void {
    this.#unheard -= count;
    const dropped = this.#dropped;
    if (dropped === 0) return;
    this.#dropped = 0;
    this.#say("warn", "lines of a worker's log were dropped, as they were not read in time", { count: dropped });
  }

  #say(level: ThreadLogLine["level"], message: string, fields: LogFields = {}): void {
    if (this.#unheard >= UNHEARD_LINES_MAX) {
      this.#dropped++;
      return;
    }
    this.#unheard++;
    this.#send({
      type: "log",
      level,
      message,
      fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, isPortable(value) ? value : String(value)])),
    });
  }
}

/** Whether a value can be cloned between threads. */
export function isPortable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
