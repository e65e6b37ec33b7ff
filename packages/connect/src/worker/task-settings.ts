import { namesIn } from "../plugin/listed-names.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";

/** What is done about a record that cannot be processed. */
export interface ErrorSettings {
  readonly toleratesAll: boolean;
  /** 0: no second try; Infinity: for ever. */
  readonly retryTimeoutMs: number;
  readonly retryDelayMaxMs: number;
  readonly logs: boolean;
  readonly logsRecords: boolean;
  /** Undefined: records are dropped. */
  readonly deadLetterTopic: string | undefined;
  readonly deadLetterReplication: number;
  readonly deadLetterHeaders: boolean;
}

/** From a config that was validated. */
export function errorSettings(properties: ConnectorProperties): ErrorSettings {
  const timeout = numberOf(properties, "errors.retry.timeout", 0);
  const topic = properties["errors.deadletterqueue.topic.name"]?.trim();
  return {
    toleratesAll: properties["errors.tolerance"]?.trim() === "all",
    retryTimeoutMs: timeout < 0 ? Number.POSITIVE_INFINITY : timeout,
    retryDelayMaxMs: numberOf(properties, "errors.retry.delay.max.ms", 60_000),
    logs: isSet(properties, "errors.log.enable"),
    logsRecords: isSet(properties, "errors.log.include.messages"),
    deadLetterTopic: topic === undefined || topic === "" ? undefined : topic,
    deadLetterReplication: numberOf(properties, "errors.deadletterqueue.topic.replication.factor", 3),
    deadLetterHeaders: isSet(properties, "errors.deadletterqueue.context.headers.enable"),
  };
}

/** When what failed is started again by itself. */
export interface RestartSettings {
  readonly restartsMax: number;
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
}

/** From a config that was validated. */
export function restartSettings(properties: ConnectorProperties): RestartSettings {
  return {
    restartsMax: numberOf(properties, "ottla.restart.max", 10),
    backoffMs: numberOf(properties, "ottla.restart.backoff.ms", 1_000),
    backoffMaxMs: numberOf(properties, "ottla.restart.backoff.max.ms", 60_000),
  };
}

/** The topics of a sink: names, or a pattern for whole names. */
export function sinkTopics(properties: ConnectorProperties): readonly string[] | RegExp {
  const pattern = properties["topics.regex"]?.trim() ?? "";
  return pattern === "" ? namesIn(properties["topics"]) : new RegExp(`^(?:${pattern})$`);
}

/** A whole number of a config that was validated. */
export function numberOf(properties: ConnectorProperties, name: string, otherwise: number): number {
  const text = properties[name];
  return text === undefined || text.trim() === "" ? otherwise : Number(text);
}

const GRACE_MS = 5_000;

/** How long a task may take to end, by its worker's properties. */
export function graceMsOf(worker: ConnectorProperties): number {
  return numberOf(worker, "task.shutdown.graceful.timeout.ms", GRACE_MS);
}

/** After how long a call of a plugin that is not back is told of; 0: never. */
export const stuckWarnMsOf = (properties: ConnectorProperties): number => numberOf(properties, "ottla.stuck.warn.ms", 60_000);

/** After how long a source that gives nothing is told of; 0: never. */
export const silentWarnMsOf = (properties: ConnectorProperties): number => numberOf(properties, "ottla.silent.warn.ms", 0);

/** A flag of a config that was validated. */
export function isSet(properties: ConnectorProperties, name: string, otherwise = false): boolean {
  const text = properties[name];
  return text === undefined ? otherwise : text.trim().toLowerCase() === "true";
}
