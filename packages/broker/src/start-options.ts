import { resolve } from "node:path";
import { inspect } from "node:util";
import { type LogFields, type Logger, nearName, OttlaError } from "@ottla/base";
import { checkStartUpProperties } from "./config/start-up-properties.ts";
import { isSecurityProtocol, type SecurityProtocol } from "./net/listener-settings.ts";
import { SCRAM_ITERATIONS_MAX, SCRAM_ITERATIONS_MIN } from "./security/authentication/scram-secrets.ts";
import type { LoadProgress } from "./partitions/partition-table.ts";

/** How one broker process is to be. Everything has a default: without options it is one broker in memory, on a free port of 127.0.0.1. */
export interface BrokerOptions {
  /** The address to listen on. Default 127.0.0.1. 0.0.0.0 and :: take every interface; each client is told the address it came to, unless the settings have `advertised.listeners`. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** What clients speak there, default PLAINTEXT. Certificates and logins come from the settings (`ssl.*`, `sasl.*`). */
  readonly securityProtocol?: SecurityProtocol;
  /** Where data is kept, recovered from what an earlier broker left. Default: what the settings say (`log.dirs`), else nothing is on disk. */
  readonly dataDirectory?: string;
  /** Keeps everything in memory, whatever the settings say. */
  readonly memory?: boolean;
  /** Virtual brokers in this process, 1 (the default) to 100: node ids from `node.id` upwards, ports from `port` upwards, or any free ones for port 0. */
  readonly brokers?: number;
  /** Broker properties in Kafka's names, such as `{ "num.partitions": 3 }`. Unknown ones are warned of and kept. `listeners` takes the place of `host` and `port`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** What counts where `settings` say nothing: {@link developmentSettings} over Kafka's defaults, or these alone. Default `development`. */
  readonly defaults?: "development" | "kafka";
  /** Users of SCRAM who have these passwords from the start on; others stay as they are. As `kafka-storage format --add-scram` makes the first ones. */
  readonly scramUsers?: readonly ScramUser[];
  /** Default: warnings and errors on standard error. */
  readonly logger?: Logger;
  /** Hears of the recovery. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Breaks a start off while it recovers: it then rejects with `START_STOPPED`. */
  readonly signal?: AbortSignal;
}

/** A user who logs in by SCRAM. */
interface ScramUser {
  readonly name: string;
  readonly password: string;
  readonly mechanism: "SCRAM-SHA-256" | "SCRAM-SHA-512";
  /** How often the password is hashed, 4096 (the default) to 16384. */
  readonly iterations?: number;
}

/** As many replicas as Kafka gives its internal topics. */
const INTERNAL_REPLICAS = 3;

/**
 * What makes a broker pleasant to develop against: groups start without delay, nobody asks for more replicas than there are brokers, and internal topics have as many as
 * there can be, so that a coordinator that goes down is followed by another.
 */
export function developmentSettings(brokers: number): Readonly<Record<string, string>> {
  const replicas = String(Math.min(INTERNAL_REPLICAS, brokers));
  return {
    "group.initial.rebalance.delay.ms": "0",
    "offsets.topic.replication.factor": replicas,
    "transaction.state.log.replication.factor": replicas,
    "ottla.replication.factor.clamp": "true",
  };
}

/** What follows from the options alone. */
export interface StartPlan {
  /** Undefined: in memory. */
  readonly dataDirectory: string | undefined;
  readonly settings: ReadonlyMap<string, string>;
  readonly brokers: number;
  /** The option `host` means what it says on every machine, so that 0.0.0.0 works without a word about addresses; properties mean what they mean to Kafka. */
  readonly mayAdvertiseAccepted: boolean;
  readonly scramUsers: readonly ScramUser[];
  /** Names that are known and change nothing. */
  readonly withoutEffect: readonly string[];
  /** What a person should hear before the start, one event each. */
  readonly warnings: readonly (readonly [message: string, fields: LogFields])[];
}

const BROKERS_MAX = 100;
const PORT_MAX = 65_535;
/** Where the files lie inside a disk that is only memory. */
export const MEMORY_DIRECTORY = "/data";
/** By being complete it knows every name an option can have. */
const OPTION_NAMES: Readonly<Record<keyof BrokerOptions, true>> = {
  host: true,
  port: true,
  securityProtocol: true,
  dataDirectory: true,
  memory: true,
  brokers: true,
  settings: true,
  defaults: true,
  scramUsers: true,
  logger: true,
  onProgress: true,
  signal: true,
};

/** Checks the options and makes Kafka's properties of them. Errors: `INVALID_OPTION`, `INVALID_CONFIG`. */
export function planStart(options: BrokerOptions): StartPlan {
  checkOptions(options);
  const given = settingsOf(options);
  const withDefaults =
    options.defaults === "kafka" ? given : new Map([...Object.entries(developmentSettings(options.brokers ?? 1)), ...given]);
  const { unknown, withoutEffect } = checkStartUpProperties(withDefaults);
  const places = (given.get("log.dirs") ?? given.get("log.dir") ?? "").split(",").map((place) => place.trim());
  const dataDirectory = options.memory ? undefined : (options.dataDirectory ?? (places[0] || undefined));
  const settings = withDefaults.set("log.dirs", dataDirectory === undefined ? MEMORY_DIRECTORY : resolve(dataDirectory));
  const mayAdvertiseAccepted = !settings.has("listeners");
  if (mayAdvertiseAccepted)
    settings.set("listeners", listenerText(options.securityProtocol ?? "PLAINTEXT", options.host ?? "127.0.0.1", options.port ?? 0));
  const warnings: StartPlan["warnings"][number][] = unknown.map(({ name, near }) => [
    "a property is not known and is ignored",
    { name, ...(near !== undefined && { near }) },
  ]);
  if (places.length > 1 && dataDirectory === places[0])
    warnings.push(["only the first directory of log.dirs is used", { used: places[0], ignored: places.slice(1).join(",") }]);
  return {
    dataDirectory,
    settings,
    brokers: options.brokers ?? 1,
    mayAdvertiseAccepted,
    scramUsers: options.scramUsers ?? [],
    warnings,
    withoutEffect,
  };
}

function checkOptions(options: BrokerOptions): void {
  if (!isPlainObject(options))
    throw invalid(`The options of a broker are ${shown(options)}; they must be an object, such as { port: 9092 }.`);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(OPTION_NAMES, name)) continue;
    const near = nearName(name, Object.keys(OPTION_NAMES));
    throw invalid(`There is no option "${name}"${near === undefined ? "" : `; "${near}" was perhaps meant`}.`);
  }
  const { host, port, dataDirectory, memory, brokers, defaults, settings = {} } = options;
  if (host !== undefined && (typeof host !== "string" || !/^[^\s,/\0]+$/.test(host)))
    throw invalid(`host is ${shown(host)}; it must be a name or an address of this machine.`);
  if (port !== undefined && !isIntegerUpTo(port, 0, PORT_MAX))
    throw invalid(`port is ${shown(port)}; it must be a whole number from 0 to ${PORT_MAX}.`);
  if (brokers !== undefined && !isIntegerUpTo(brokers, 1, BROKERS_MAX))
    throw invalid(`brokers is ${shown(brokers)}; it must be a whole number from 1 to ${BROKERS_MAX}.`);
  if (options.securityProtocol !== undefined && !isSecurityProtocol(options.securityProtocol))
    throw invalid(`securityProtocol is ${shown(options.securityProtocol)}; it must be PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.`);
  if (dataDirectory !== undefined && (typeof dataDirectory !== "string" || !/^[^\0]+$/.test(dataDirectory)))
    throw invalid(`dataDirectory is ${shown(dataDirectory)}; it must name a directory.`);
  if (memory !== undefined && typeof memory !== "boolean") throw invalid(`memory is ${shown(memory)}; it must be true or false.`);
  if (dataDirectory !== undefined && memory) throw invalid(`memory and dataDirectory exclude each other; give one of them.`);
  if (defaults !== undefined && defaults !== "development" && defaults !== "kafka")
    throw invalid(`defaults is ${shown(defaults)}; it must be "development" or "kafka".`);
  checkScramUsers(options.scramUsers);
  checkSeams(options);
  if (!isPlainObject(settings)) throw invalid('settings must be an object with Kafka\'s names, such as { "num.partitions": 3 }.');
  if (Object.hasOwn(settings, "listeners") && (host !== undefined || port !== undefined))
    throw invalid('The setting "listeners" and the options host and port all say where to listen; give one of them.');
}

/** No message has a password in it. */
function checkScramUsers(users: BrokerOptions["scramUsers"] = []): void {
  if (!Array.isArray(users)) throw invalid("scramUsers must be a list of users, such as { name, password, mechanism }.");
  for (const user of users as readonly Partial<Record<keyof ScramUser, unknown>>[]) {
    const { name, password, mechanism, iterations } = user ?? {};
    if (typeof name !== "string" || name === "") throw invalid(`A user of scramUsers has the name ${shown(name)}; it must be a text.`);
    if (typeof password !== "string" || password === "")
      throw invalid(`The user ${shown(name)} of scramUsers has no password; give it one.`);
    if (mechanism !== "SCRAM-SHA-256" && mechanism !== "SCRAM-SHA-512")
      throw invalid(
        `The user ${shown(name)} of scramUsers has the mechanism ${shown(mechanism)}; it must be SCRAM-SHA-256 or SCRAM-SHA-512.`,
      );
    if (iterations !== undefined && !isIntegerUpTo(iterations, SCRAM_ITERATIONS_MIN, SCRAM_ITERATIONS_MAX))
      throw invalid(
        `The user ${shown(name)} of scramUsers has ${shown(iterations)} iterations; it must be from ${SCRAM_ITERATIONS_MIN} to ${SCRAM_ITERATIONS_MAX}.`,
      );
  }
}

/** What the broker is to call must be there before it is called, hours later perhaps. */
function checkSeams({ logger, onProgress, signal }: BrokerOptions): void {
  if (logger !== undefined && !isLogger(logger))
    throw invalid(`logger is ${shown(logger)}; it must have the functions error, warn, info and debug.`);
  if (onProgress !== undefined && typeof onProgress !== "function")
    throw invalid(`onProgress is ${shown(onProgress)}; it must be a function.`);
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw invalid(`signal is ${shown(signal)}; it must be an AbortSignal.`);
}

function isLogger(value: Logger): boolean {
  const levels: readonly (keyof Logger)[] = ["error", "warn", "info", "debug"];
  return value !== null && levels.every((level) => typeof value[level] === "function");
}

/** An object of named fields: no list, no Map, and nothing that holds its content elsewhere. */
function isPlainObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

/** A value of any kind in a sentence, short and on one line. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return inspect(value, { depth: 0, customInspect: false, breakLength: Infinity, maxStringLength: 60, maxArrayLength: 5 });
}

function settingsOf({ settings = {} }: BrokerOptions): Map<string, string> {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  for (const [name, value] of entries) {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
      throw invalid(
        `The setting ${name} is ${value === null ? "null" : `of type ${typeof value}`}; it must be text, a number or a boolean.`,
      );
  }
  return new Map(entries.map(([name, value]) => [name, String(value)]));
}

function listenerText(protocol: SecurityProtocol, host: string, port: number): string {
  return `${protocol}://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}

function isIntegerUpTo(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function invalid(sentence: string): OttlaError {
  return new OttlaError("INVALID_OPTION", sentence);
}
