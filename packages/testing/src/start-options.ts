import { inspect } from "node:util";
import { type Logger, nearName } from "@ottla/base";
import { planStart, type StartPlan } from "@ottla/broker/controlled";
import { TestingError } from "./testing-error.ts";
import type { TopicOptions } from "./topic-handle.ts";
import { checkObject } from "./argument-checks.ts";
import { checkTopics } from "./record-checks.ts";

/** How the Kafka of a test is to be. Everything has a default. */
export interface KafkaOptions {
  /** Virtual brokers, 1 (the default) to 100. */
  readonly brokers?: number;
  /** Topics that are there from the start: a number of partitions each, or more. Others come when they are first used, as Kafka has it by default. */
  readonly topics?: Readonly<Record<string, number | TopicOptions>>;
  /** Broker properties in Kafka's names, such as `{ "auto.create.topics.enable": false }`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** The first virtual broker's port; default any free ones. */
  readonly port?: number;
  /** How long helpers wait before they give up, in ms. Default 10,000. */
  readonly deadlineMs?: number;
  /** Default: nothing is logged. */
  readonly logger?: Logger;
}

/** What follows from the options. */
export interface KafkaPlan {
  readonly broker: StartPlan;
  readonly topics: Readonly<Record<string, number | TopicOptions>>;
  readonly deadlineMs: number;
}

const DEADLINE_MS = 10_000;
const DEADLINE_MS_MAX = 3_600_000;
/** Enough to spread groups over three brokers, and quick to make. Kafka has 50. */
const INTERNAL_PARTITIONS = 6;
/** By being complete it knows every name an option can have. */
const OPTION_NAMES: Readonly<Record<keyof KafkaOptions, true>> = {
  brokers: true,
  topics: true,
  settings: true,
  host: true,
  port: true,
  deadlineMs: true,
  logger: true,
};

/** Checks the options. Errors: `INVALID_OPTION`, `INVALID_CONFIG`. */
export function planKafka(options: KafkaOptions): KafkaPlan {
  asOption(() => checkObject("the object of startKafka's options", options));
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(OPTION_NAMES, name)) continue;
    const near = nearName(name, Object.keys(OPTION_NAMES));
    const hint = near === undefined ? `there are ${Object.keys(OPTION_NAMES).join(", ")}` : `"${near}" was perhaps meant`;
    throw new TestingError("INVALID_OPTION", `startKafka has no option "${name}"; ${hint}.`);
  }
  const { topics = {}, deadlineMs = DEADLINE_MS, settings = {}, brokers = 1, host, port, logger } = options;
  asOption(() => {
    checkTopics("topics", topics);
    checkObject("settings", settings);
  });
  if (!(typeof deadlineMs === "number" && deadlineMs > 0 && deadlineMs <= DEADLINE_MS_MAX))
    throw new TestingError("INVALID_OPTION", `deadlineMs is ${inspect(deadlineMs)}; it must be a time in ms, at most ${DEADLINE_MS_MAX}.`);
  const broker = planStart({
    memory: true,
    brokers,
    settings: { ...fittingSettings(brokers), ...settings },
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(logger && { logger }),
  });
  // In a test a slip of the fingers is an error.
  const [warning] = broker.warnings;
  if (warning) {
    const [message, { name, near }] = warning;
    const hint = typeof near === "string" ? `; "${near}" was perhaps meant` : "";
    throw new TestingError("INVALID_OPTION", `settings: ${message}: ${typeof name === "string" ? name : "log.dirs"}${hint}.`);
  }
  return { broker, topics, deadlineMs };
}

/** What is wrong with an option has the code of options. */
function asOption(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof TestingError ? new TestingError("INVALID_OPTION", error.message) : error;
  }
}

/** As many replicas as there are virtual brokers, up to three, so that a failover finds another leader. */
function fittingSettings(brokers: number): Record<string, number> {
  return {
    "default.replication.factor": Math.min(3, Math.max(1, Math.trunc(Number(brokers)) || 1)),
    "offsets.topic.num.partitions": INTERNAL_PARTITIONS,
    "transaction.state.log.num.partitions": INTERNAL_PARTITIONS,
  };
}
