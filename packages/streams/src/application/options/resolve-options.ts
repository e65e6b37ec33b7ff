import { constants } from "node:os";
import type { ResourceLimits } from "node:worker_threads";
import type { ClientOptions } from "@ottla/client";
import { FailurePolicy } from "../../runtime/failure-policy.ts";
import type { SpanSource } from "../../runtime/task-spans.ts";
import { StreamsError } from "../../streams-error.ts";
import { shown } from "../../known-options.ts";
import { checkTopicName, faultOf } from "../../topology/names.ts";
import type { ApplicationErrorHandlers, ApplicationOptions, ApplicationProtocol, Guarantee } from "./application-options.ts";
import { protocolOf } from "./group-protocol.ts";
import { resolveTags, type ResolvedTags } from "./resolve-tags.ts";
import { type ApplicationOptionsByName, type ClientProperties, javaNames, otherNames, prefixes } from "./java-names.ts";

const DAY_MS = 86_400_000;
/** Of one instance. */
export const WORKERS_MAX = 256;
const INT32_MAX = 0x7fffffff;
const MIB = 1024 * 1024;
const CLIENT_TAG = "client.tag.";
/** Signals that no process hears of. */
const UNHEARD: ReadonlySet<string> = new Set(["SIGKILL", "SIGSTOP"]);

/** An application's options with every default filled in. */
export interface ResolvedOptions extends ResolvedTags {
  readonly applicationId: string;
  readonly groupProtocol: ApplicationProtocol;
  readonly guarantee: Guarantee;
  readonly commitIntervalMs: number;
  readonly maxTaskIdleMs: number;
  readonly bufferedRecordsPerPartition: number;
  readonly stateDir: string | undefined;
  readonly cacheMaxBytes: number;
  readonly repartitionPurgeIntervalMs: number;
  readonly replicationFactor: number | undefined;
  readonly changelogAdditionalRetentionMs: number;
  readonly groupInstanceId: string | undefined;
  readonly sessionTimeoutMs: number | undefined;
  readonly heartbeatIntervalMs: number | undefined;
  readonly maxPollIntervalMs: number | undefined;
  readonly transactionTimeoutMs: number;
  readonly applicationServer: string | undefined;
  readonly taskTimeoutMs: number;
  readonly stateCleanupDelayMs: number;
  readonly numStandbyReplicas: number;
  readonly workers: number;
  readonly workerLimits: ResourceLimits | undefined;
  readonly closeOnSignals: readonly NodeJS.Signals[];
  readonly acceptableRecoveryLag: number;
  readonly maxWarmupReplicas: number;
  readonly probingRebalanceIntervalMs: number;
  readonly onError: ApplicationErrorHandlers;
  readonly spans: SpanSource | undefined;
  readonly client: ClientOptions;
  /** By prefix. */
  readonly clients: ReadonlyMap<string, ClientProperties>;
}

/** Fills in defaults and checks. Throws `STREAMS_BAD_ARGUMENT` or `STREAMS_BAD_NAME`, with the name that the user gave. */
export function resolveOptions(given: ApplicationOptionsByName): ResolvedOptions {
  if (typeof given !== "object" || given === null) refuse("An application takes its options as an object.");
  const { options, rest, clients, nameOf } = inOurNames(given as unknown as Record<string, unknown>);
  const integer = (name: keyof ApplicationOptions, fallback: number, min: number, max = INT32_MAX): number => {
    const value = options[name] ?? fallback;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    return refuse(`${nameOf(name)} is ${shown(value)}: give a whole number from ${min} to ${max}.`);
  };
  const optional = (name: keyof ApplicationOptions, min: number): number | undefined =>
    options[name] === undefined ? undefined : integer(name, min, min);
  const text = (name: keyof ApplicationOptions): string | undefined => {
    const value = options[name];
    if (value === undefined || (typeof value === "string" && value !== "")) return value;
    return refuse(`${nameOf(name)} is ${shown(value)}: give a text, or leave it out.`);
  };
  const applicationId = text("applicationId");
  if (applicationId === undefined) return refuse("An application needs an applicationId: it names its group and its topics.");
  checkTopicName(applicationId);
  if (options["bootstrapServers"] === undefined) refuse(`Application ${applicationId} needs bootstrapServers: where its cluster is.`);
  const guarantee = guaranteeOf(options["guarantee"], nameOf("guarantee"));
  const onError = (options["onError"] ?? {}) as ApplicationErrorHandlers;
  checkErrorHandlers(onError);
  return {
    applicationId,
    groupProtocol: protocolOf(options, nameOf),
    guarantee,
    commitIntervalMs: integer("commitIntervalMs", guarantee === "exactlyOnce" ? 100 : 30_000, 1),
    maxTaskIdleMs: integer("maxTaskIdleMs", 0, -1),
    bufferedRecordsPerPartition: integer("bufferedRecordsPerPartition", 1_000, 1, 1_000_000),
    stateDir: text("stateDir"),
    cacheMaxBytes: integer("cacheMaxBytes", 10 * MIB, 0, Number.MAX_SAFE_INTEGER),
    repartitionPurgeIntervalMs: integer("repartitionPurgeIntervalMs", 30_000, 1),
    replicationFactor: (options["replicationFactor"] ?? -1) === -1 ? undefined : integer("replicationFactor", 1, 1, 32_767),
    changelogAdditionalRetentionMs: integer("changelogAdditionalRetentionMs", DAY_MS, 0, Number.MAX_SAFE_INTEGER),
    groupInstanceId: instanceOf(text("groupInstanceId"), nameOf("groupInstanceId")),
    sessionTimeoutMs: optional("sessionTimeoutMs", 1),
    heartbeatIntervalMs: optional("heartbeatIntervalMs", 1),
    maxPollIntervalMs: optional("maxPollIntervalMs", 1),
    transactionTimeoutMs: integer("transactionTimeoutMs", 10_000, 1),
    applicationServer: serverOf(text("applicationServer"), nameOf("applicationServer")),
    taskTimeoutMs: integer("taskTimeoutMs", 300_000, 0, Number.MAX_SAFE_INTEGER),
    stateCleanupDelayMs: integer("stateCleanupDelayMs", 600_000, 1, Number.MAX_SAFE_INTEGER),
    numStandbyReplicas: integer("numStandbyReplicas", 0, 0),
    workers: integer("workers", 0, 0, WORKERS_MAX),
    workerLimits: limitsOf(options["workerLimits"]),
    closeOnSignals: signalsOf(options["closeOnSignals"]),
    acceptableRecoveryLag: integer("acceptableRecoveryLag", 10_000, 0, Number.MAX_SAFE_INTEGER),
    maxWarmupReplicas: integer("maxWarmupReplicas", 2, 1),
    probingRebalanceIntervalMs: integer("probingRebalanceIntervalMs", 600_000, 1),
    ...resolveTags(options["clientTags"], options["rackAwareAssignmentTags"]),
    onError,
    spans: spansOf(options["spans"]),
    client: {
      clientId: applicationId,
      ...clientOf(options["client"]),
      ...rest,
      bootstrapServers: options["bootstrapServers"] as string,
    },
    clients,
  };
}

/** As Kafka's own clients refuse it. */
function instanceOf(value: string | undefined, name: string): string | undefined {
  const wrong = value === undefined ? undefined : faultOf(value);
  return wrong === undefined ? value : refuse(`${name} is ${shown(value)}: ${wrong}.`);
}

const limitNames: Readonly<Record<keyof ResourceLimits, true>> = {
  maxYoungGenerationSizeMb: true,
  maxOldGenerationSizeMb: true,
  codeRangeSizeMb: true,
  stackSizeMb: true,
};

/** What Node does not know it passes over, and what is no number is no limit to it. */
function limitsOf(given: unknown): ResourceLimits | undefined {
  if (given === undefined) return undefined;
  const names = Object.keys(limitNames).join(", ");
  if (typeof given !== "object" || given === null || Array.isArray(given)) refuse(`workerLimits is ${shown(given)}: it has ${names}.`);
  for (const [name, value] of Object.entries(given as Record<string, unknown>)) {
    if (!Object.hasOwn(limitNames, name)) refuse(`workerLimits.${name} is nothing that is limited: it has ${names}.`);
    if (value !== undefined && !(typeof value === "number" && value > 0 && value < Infinity))
      refuse(`workerLimits.${name} is ${shown(value)}: give a number of MiB above 0.`);
  }
  return given;
}

/** What is in it the client checks. */
function clientOf(given: unknown): object | undefined {
  if (given === undefined || (typeof given === "object" && given !== null && !Array.isArray(given))) return given;
  return refuse(`client is ${shown(given)}: give further options of the client by name.`);
}

function serverOf(value: string | undefined, name: string): string | undefined {
  if (value === undefined) return undefined;
  const port = Number(/^(?:[^\s/:@?#[\]]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})$/.exec(value)?.[1] ?? 0);
  if (port >= 1 && port <= 65_535 && value.length <= 512) return value;
  return refuse(`${name} is ${shown(value)}: give host:port, as others reach this instance.`);
}

interface GivenOptions {
  readonly options: Readonly<Record<string, unknown>>;
  /** For the client, which checks them. */
  readonly rest: Readonly<Record<string, unknown>>;
  readonly clients: ReadonlyMap<string, ClientProperties>;
  readonly nameOf: (option: string) => string;
}

const ownNames = new Set<string>([
  ...Object.values(javaNames).map(([name]) => name),
  "onError",
  "spans",
  "client",
  "workerLimits",
  "closeOnSignals",
  "clientTags",
]);

function inOurNames(given: Readonly<Record<string, unknown>>): GivenOptions {
  const options: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  const clients = new Map<string, Record<string, string | number | boolean>>();
  const givenNames = new Map<string, string>();
  const tags: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const other = Object.hasOwn(otherNames, name) ? otherNames[name] : undefined;
    if (other !== undefined) refuse(`${name} is no option of an application: ${other}.`);
    if (name.startsWith(CLIENT_TAG)) {
      tags[name.slice(CLIENT_TAG.length)] = value;
      continue;
    }
    const prefix = prefixes.find((each) => name.startsWith(each));
    if (prefix !== undefined) {
      const properties = clients.get(prefix) ?? {};
      properties[name.slice(prefix.length)] = value as string;
      clients.set(prefix, properties);
      continue;
    }
    const known = Object.hasOwn(javaNames, name) ? javaNames[name as keyof typeof javaNames] : undefined;
    const own = known?.[0] ?? (ownNames.has(name) ? name : undefined);
    if (own === undefined) {
      rest[name] = value;
      continue;
    }
    const before = givenNames.get(own);
    if (before !== undefined) refuse(`${before} and ${name} are the same option: give it once.`);
    givenNames.set(own, name);
    options[own] = known?.[1] === "number" && typeof value === "string" && /^-?\d+$/.test(value.trim()) ? Number(value) : value;
  }
  if (Object.keys(tags).length > 0) {
    if (options["clientTags"] !== undefined) refuse("clientTags and client.tag.… are the same option: give one of them.");
    options["clientTags"] = tags;
  }
  return { options, rest, clients, nameOf: (option) => givenNames.get(option) ?? option };
}

function guaranteeOf(value: unknown, name: string): Guarantee {
  if (value === undefined || value === "atLeastOnce" || value === "at_least_once") return "atLeastOnce";
  if (value === "exactlyOnce" || value === "exactly_once_v2") return "exactlyOnce";
  return refuse(`${name} is ${shown(value)}: it is atLeastOnce (at_least_once) or exactlyOnce (exactly_once_v2).`);
}

function signalsOf(given: unknown): readonly NodeJS.Signals[] {
  const known: object = constants.signals;
  if (given === undefined) return [];
  const isOne = (name: unknown) => typeof name === "string" && Object.hasOwn(known, name) && !UNHEARD.has(name);
  if (Array.isArray(given) && given.every(isOne)) return given as NodeJS.Signals[];
  return refuse(`closeOnSignals is ${shown(given)}: give a list of signals, as in ["SIGTERM"].`);
}

const handlerNames: Readonly<Record<keyof ApplicationErrorHandlers, true>> = {
  deserialize: true,
  process: true,
  produce: true,
  fatal: true,
  retriesMax: true,
  retryBackoffMs: true,
  retryBackoffMaxMs: true,
  deadLetterTopic: true,
};

/** Throws `STREAMS_BAD_ARGUMENT`, with what is wrong with one. */
export function checkErrorHandlers(onError: ApplicationErrorHandlers): void {
  if (typeof onError !== "object" || onError === null) refuse('onError asks handlers by name, as in { process: "continue" }.');
  const unknown = Object.keys(onError).find((name) => !Object.hasOwn(handlerNames, name));
  if (unknown !== undefined) refuse(`onError.${unknown} is nothing that is asked: it has ${Object.keys(handlerNames).join(", ")}.`);
  // Its constructor says what is wrong with one.
  new FailurePolicy(onError);
  const { fatal = "shutdown" } = onError;
  if (fatal !== "shutdown" && fatal !== "restart" && fatal !== "shutdownApplication" && typeof fatal !== "function") {
    refuse(`onError.fatal is ${shown(fatal)}: give "shutdown", "restart", "shutdownApplication" or a function that answers one of them.`);
  }
}

/** Throws `STREAMS_BAD_ARGUMENT` for what makes no spans. */
export function spansOf(given: unknown): SpanSource | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "object" && given !== null && "ofTask" in given && typeof given.ofTask === "function") return given as SpanSource;
  return refuse(`spans is ${shown(given)}: give what taskSpans() of @ottla/streams/opentelemetry makes.`);
}

function refuse(message: string): never {
  throw new StreamsError("STREAMS_BAD_ARGUMENT", message);
}
