import type { Writable } from "node:stream";
import type { LogFields, Logger } from "../seams/logger.ts";

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
 * An `Error` among the fields is shown as its code and message; in JSON and at debug level its stack follows.
 */
export function lineLogger(out: Writable, level: LogLevel, format: LogFormat = "text"): Logger {
  const shown = logLevels.indexOf(level);
  const layOut = format === "json" ? jsonLine : (...event: Event) => textLine(event, level === "debug");
  const at = (eventLevel: LogLevel) => {
    if (logLevels.indexOf(eventLevel) > shown) return dropEvent;
    return (message: string, fields?: LogFields) => void out.write(layOut(new Date().toISOString(), eventLevel, message, fields));
  };
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}

type Event = [time: string, level: LogLevel, message: string, fields: LogFields | undefined];

function dropEvent(): void {}

function jsonLine(...[time, level, message, fields]: Event): string {
  const event: Record<string, unknown> = { time, level, message };
  for (const [name, value] of Object.entries(fields ?? {})) event[name in event ? `${name}_` : name] = jsonValue(value);
  return `${JSON.stringify(event)}\n`;
}

function jsonValue(value: unknown): unknown {
  if (value instanceof Error) return { code: errorCode(value), message: value.message, stack: value.stack };
  return typeof value === "bigint" ? value.toString() : value;
}

function textLine([time, level, message, fields]: Event, withStacks: boolean): string {
  let line = `${time} ${level.toUpperCase().padEnd(5)} ${message}`;
  let stacks = "";
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (value === undefined) continue;
    line += ` ${name}=${textValue(value)}`;
    if (withStacks && value instanceof Error && value.stack !== undefined) stacks += `\n${value.stack}`;
  }
  return `${line}${stacks}\n`;
}

function textValue(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(`${errorCode(value) ?? value.name}: ${value.message}`);
  if (typeof value === "string") return /^[^\s"=\p{C}]+$/u.test(value) ? value : JSON.stringify(value);
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return String(value);
}

function errorCode(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
