import type { Clock } from "@ottla/base";
import { logLevel } from "./constants.ts";

/** A log entry's message and fields. */
export interface LoggerEntryContent {
  readonly timestamp: string;
  readonly message: string;
  readonly [key: string]: unknown;
}

/** What a log creator is given for each line. */
export interface LogEntry {
  readonly namespace: string;
  readonly level: logLevel;
  readonly label: string;
  readonly log: LoggerEntryContent;
}

/** Makes the function that writes log entries away. */
export type logCreator = (level: logLevel) => (entry: LogEntry) => void;

/** kafkajs's logger. */
export interface Logger {
  info(message: string, extra?: object): void;
  error(message: string, extra?: object): void;
  warn(message: string, extra?: object): void;
  debug(message: string, extra?: object): void;
  namespace(namespace: string, level?: logLevel): Logger;
  setLogLevel(level: logLevel): void;
}

const labels: Readonly<Record<number, string>> = { 1: "ERROR", 2: "WARN", 4: "INFO", 5: "DEBUG" };

/** One JSON line per entry, as kafkajs writes by itself. */
const toStandardStreams: logCreator = () => {
  const { stdout, stderr } = process;
  return ({ namespace, level, label, log }) => {
    const prefix = namespace === "" ? "" : `[${namespace}] `;
    const line = JSON.stringify({ level: label, ...log, message: `${prefix}${log.message}` });
    (level <= logLevel.WARN ? stderr : stdout).write(`${line}\n`);
  };
};

/** A logger as kafkajs has it. `KAFKAJS_LOG_LEVEL` counts when no level is given. */
export function makeLogger(clock: Clock, level: logLevel | undefined, creator: logCreator = toStandardStreams): Logger {
  const root = level ?? levelOf(process.env["KAFKAJS_LOG_LEVEL"]) ?? logLevel.INFO;
  return namespaced(clock, "", root, creator(root));
}

function namespaced(clock: Clock, namespace: string, initial: logLevel, write: (entry: LogEntry) => void): Logger {
  let current = initial;
  const at =
    (level: logLevel) =>
    (message: string, extra: object = {}): void => {
      if (level > current) return;
      write({
        namespace,
        level,
        label: labels[level] ?? "",
        log: { timestamp: new Date(clock.nowMs()).toISOString(), logger: "kafkajs", message, ...extra },
      });
    };
  return {
    info: at(logLevel.INFO),
    error: at(logLevel.ERROR),
    warn: at(logLevel.WARN),
    debug: at(logLevel.DEBUG),
    namespace: (name, level) => namespaced(clock, name, level ?? current, write),
    setLogLevel(level) {
      current = level;
    },
  };
}

function levelOf(name: string | undefined): logLevel | undefined {
  return logLevel[name?.toUpperCase() as keyof typeof logLevel];
}
