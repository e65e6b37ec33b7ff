import type { CodecName } from "@ottla/protocol/records";
import { INT32_MAX } from "../options/argument-checks.ts";
import type { ResolvedClientOptions } from "../options/client-options.ts";
import { producerOptionNames } from "../options/option-names.ts";
import { impossibleOption, OptionReader } from "../options/option-reader.ts";
import { OUTSTANDING_MAX } from "./partition-sequences.ts";
import type { Partitioner, ProducerInterceptor, ProducerOptions } from "./producer-types.ts";

const AUTO_LINGER_MS = 5;

/** {@link ProducerOptions} with every default filled in. */
export interface ResolvedProducerOptions {
  readonly acks: -1 | 0 | 1;
  readonly idempotent: boolean;
  readonly compression: CodecName;
  readonly lingerMs: number;
  /** Send at once while nothing is on the way to the broker. */
  readonly lingersOnlyBehindOthers: boolean;
  readonly batchSizeBytes: number;
  readonly bufferMemoryBytes: number;
  readonly waitingBytesMax: number;
  readonly maxRequestSizeBytes: number;
  readonly maxBlockMs: number;
  readonly deliveryTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly retries: number;
  readonly maxInFlightRequests: number;
  readonly partitioner: Partitioner | undefined;
  readonly adaptivePartitioning: boolean;
  readonly partitionerAvailabilityTimeoutMs: number;
  readonly partitionerIgnoreKeys: boolean;
  readonly partitionerRackAware: boolean;
  readonly allowAutoCreateTopics: (topic: string) => boolean;
  /** Of the client. */
  readonly rack: string | undefined;
  readonly interceptors: readonly ProducerInterceptor[];
  readonly mayWrite: (() => boolean | Error) | undefined;
  readonly transactionalId: string | undefined;
  readonly transactionTimeoutMs: number;
  /** As the user knows the option. */
  readonly nameOf: (option: string) => string;
}

/** Fills in defaults and checks. Throws `ClientError` INVALID_OPTION. */
export function resolveProducerOptions(
  options: ProducerOptions,
  client: Pick<ResolvedClientOptions, "requestTimeoutMs" | "rack" | "optionNames">,
): ResolvedProducerOptions {
  const reader = new OptionReader("producer()", options, producerOptionNames, client.optionNames);
  const { nameOf } = reader;
  const given = reader.oneOf("acks", "all", ["all", -1, 0, 1] as const);
  const acks = given === "all" ? -1 : given;
  const idempotent = reader.boolean("idempotent", acks === -1);
  const transactionalId = reader.nonEmptyText("transactionalId");
  const maxInFlightRequests = reader.integer("maxInFlightRequests", 5, 1, 1000);
  if (idempotent && acks !== -1)
    throw impossibleOption("idempotent", `${nameOf("idempotent")} needs ${nameOf("acks")} "all", not ${acks}; set one of the two.`);
  if (idempotent && maxInFlightRequests > OUTSTANDING_MAX)
    throw impossibleOption(
      "maxInFlightRequests",
      `${nameOf("maxInFlightRequests")} is ${maxInFlightRequests}; an idempotent producer may have at most ${OUTSTANDING_MAX}.`,
    );
  if (transactionalId !== undefined && !idempotent)
    throw impossibleOption(
      "transactionalId",
      `${nameOf("transactionalId")} needs ${nameOf("acks")} "all" and ${nameOf("idempotent")} true: a transaction without them could lose or double records.`,
    );
  reader.function("partitioner");
  reader.function("mayWrite");
  const mayCreate = typeof options.allowAutoCreateTopics === "function" || reader.boolean("allowAutoCreateTopics", true);
  const allowAutoCreateTopics = typeof options.allowAutoCreateTopics === "function" ? options.allowAutoCreateTopics : () => mayCreate;
  const isAuto = options.lingerMs === undefined || options.lingerMs === "auto";
  return {
    acks,
    idempotent,
    compression: reader.oneOf("compression", "none", ["none", "gzip", "snappy", "lz4", "zstd"] as const),
    lingerMs: isAuto ? AUTO_LINGER_MS : reader.integer("lingerMs", 0, 0),
    lingersOnlyBehindOthers: isAuto,
    batchSizeBytes: reader.integer("batchSizeBytes", 65_536, 0, INT32_MAX),
    bufferMemoryBytes: reader.integer("bufferMemoryBytes", 33_554_432, 1),
    waitingBytesMax: reader.integer("waitingBytesMax", 268_435_456, 0),
    maxRequestSizeBytes: reader.integer("maxRequestSizeBytes", 1_048_576, 1, INT32_MAX),
    maxBlockMs: reader.integer("maxBlockMs", 60_000, 0),
    deliveryTimeoutMs: reader.integer("deliveryTimeoutMs", 120_000, 1),
    requestTimeoutMs: reader.integer("requestTimeoutMs", client.requestTimeoutMs, 1, INT32_MAX),
    retries: reader.integer("retries", INT32_MAX, 0, INT32_MAX),
    maxInFlightRequests,
    partitioner: options.partitioner,
    adaptivePartitioning: reader.boolean("adaptivePartitioning", true),
    partitionerAvailabilityTimeoutMs: reader.integer("partitionerAvailabilityTimeoutMs", 0, 0),
    partitionerIgnoreKeys: reader.boolean("partitionerIgnoreKeys", false),
    partitionerRackAware: reader.boolean("partitionerRackAware", false),
    allowAutoCreateTopics,
    rack: client.rack,
    interceptors: readInterceptors(options.interceptors, nameOf("interceptors")),
    mayWrite: options.mayWrite,
    transactionalId,
    transactionTimeoutMs: reader.integer("transactionTimeoutMs", 60_000, 1, INT32_MAX),
    nameOf,
  };
}

function readInterceptors(given: unknown, name: string): readonly ProducerInterceptor[] {
  if (given === undefined) return [];
  const isOne = (each: unknown): boolean =>
    typeof each === "object" &&
    each !== null &&
    ["onSend", "onAcknowledgement"].every((hook) => ["undefined", "function"].includes(typeof (each as Record<string, unknown>)[hook]));
  if (Array.isArray(given) && given.every(isOne)) return [...given];
  throw impossibleOption(
    "interceptors",
    `${name} must be a list of objects with the functions onSend and onAcknowledgement, or one of them.`,
  );
}
