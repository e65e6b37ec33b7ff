import type { LogFields, Logger } from "@ottla/base";
import { isPortable } from "./portable-error.ts";
import type { LogLine } from "./thread-messages.ts";

/** So many lines may be on their way to the application; those beyond are dropped, and counted. */
const UNHEARD_LINES_MAX = 1_000;

/** A logger whose lines are the application's. */
export class ThreadLog implements Logger {
  readonly #send: (line: LogLine) => void;
  #unheard = 0;
  #dropped = 0;

  constructor(send: (line: LogLine) => void) {
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
    this.#say("debug", message, fields);
  }

  heard(count: number): void {
    this.#unheard -= count;
    const dropped = this.#dropped;
    if (dropped === 0) return;
    this.#dropped = 0;
    this.#say("warn", "lines of a worker's log were dropped, as they were not read in time", { count: dropped });
  }

  #say(level: LogLine["level"], message: string, fields: LogFields = {}): void {
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
