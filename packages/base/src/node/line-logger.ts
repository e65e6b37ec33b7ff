import type { Writable } from "node:stream";
import type { LogFields, Logger } from "../seams/logger.ts";

export type LogLevel = "error" | "warn" | "info" | "debug";

const ORDER: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/** One line per event on `out`: time, level, message, fields. As JSON for programs, as words for people. */
export function lineLogger(out: Writable, level: LogLevel, format: "text" | "json" = "text"): Logger {
  const deepest = ORDER.indexOf(level);
  const at = (own: LogLevel) => (message: string, fields?: LogFields) => {
    if (ORDER.indexOf(own) <= deepest) out.write(format === "json" ? jsonLine(own, message, fields) : textLine(own, message, fields));
  };
  return { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}

function jsonLine(level: LogLevel, message: string, fields: LogFields | undefined): string {
  return `${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`;
}

function textLine(level: LogLevel, message: string, fields: LogFields | undefined): string {
  const words = Object.entries(fields ?? {}).map(([name, value]) => ` ${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return `${new Date().toISOString()} ${level.toUpperCase().padEnd(5)} ${message}${words.join("")}\n`;
}
