import type { Writable } from "node:stream";
import { printable, printableJson } from "../printable.ts";
import type { LogFields, Logger } from "../seams/logger.ts";
import { LogPipe } from "./log-pipe.ts";

/** From the one that says least to the one that says most. */
export const logLevels = ["error", "warn", "info", "debug"] as const;
/** How much a logger says: its own level and those before it in {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

/** `text`: a line for people. `json`: one JSON object per line, for programs. */
export type LogFormat = "text" | "json";

/**
 * A logger that writes one line per event on `out`; events below `level` are dropped.
 * Text: `2026-01-31T12:00:00.000Z INFO  partition is offline topic=flights partition=3`.
 * JSON: `{"time":"2026-01-31T12:00:00.000Z","level":"info","message":"partition is offline","topic":"flights","partition":3}`.
 * An `Error` among the fields is shown as its code and message; in JSON and at debug level its stack follows. Control and direction characters
 * are escaped, so that no field can forge a line or move a cursor. Never throws and never waits: see {@link LogPipe} for a reader that is slow or gone.
 */
export function lineLogger(out: Writable, level: LogLevel, format: LogFormat = "text"): Logger {
  const shown = logLevels.indexOf(level);
  const layOut = format === "json" ? jsonLine : (...event: Event) => textLine(event, level === "debug");
  const pipe = new LogPipe(out, (count) =>
    layOut(new Date().toISOString(), "warn", "lines of this log were dropped, as they were not read in time", { count }),
  );
  const at = (eventLevel: LogLevel) => {
    if (logLevels.indexOf(eventLevel) > shown) return dropEvent;
    return (message: string, fields?: LogFields) => pipe.write(layOut(new Date().toISOString(), eventLevel, message, fields));
  };
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}

type Event = [time: string, level: LogLevel, message: string, fields: LogFields | undefined];

function dropEvent(): void {}

function jsonLine(...[time, level, message, fields]: Event): string {
  const event: Record<string, unknown> = { time, level, message };
  for (const [name, value] of Object.entries(fields ?? {})) event[name in event ? `${name}_` : name] = jsonValue(value);
  return `${printableJson(event)}\n`;
}

function jsonValue(value: unknown): unknown {
  if (value instanceof Error) return { code: errorCode(value), message: value.message, stack: value.stack };
  if (typeof value !== "object") return value;
  try {
    printableJson(value);
    return value;
  } catch (error) {
    return unshowable(error);
  }
}

function textLine([time, level, message, fields]: Event, withStacks: boolean): string {
  let line = `${time} ${level.toUpperCase().padEnd(5)} ${printable(message)}`;
  let stacks = "";
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (value === undefined) continue;
    line += ` ${printable(name)}=${textValue(value)}`;
    // Indented, no line of a stack looks like a line of the log.
    if (withStacks && value instanceof Error && value.stack !== undefined)
      stacks += value.stack
        .split("\n")
        .map((stackLine) => `\n  ${printable(stackLine)}`)
        .join("");
  }
  return `${line}${stacks}\n`;
}

function textValue(value: unknown): string {
  if (value instanceof Error) return jsonText(`${errorCode(value) ?? value.name}: ${value.message}`);
  if (typeof value === "string") return /^[^\s"=\p{C}]+$/u.test(value) ? value : jsonText(value);
  if (typeof value === "object" && value !== null) return jsonText(value);
  return printable(String(value));
}

/** A field that cannot be written as JSON must not lose the event. */
function jsonText(value: unknown): string {
  try {
    return printableJson(value);
  } catch (error) {
    return printableJson(unshowable(error));
  }
}

function unshowable(error: unknown): string {
  return `a value that cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
}

function errorCode(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
