import type { CodecName } from "@ottla/protocol/records";
import { ClientError } from "../client-error.ts";
import { checkOneOf, checkRange } from "../options/option-checks.ts";
import { OUTSTANDING_MAX } from "./partition-sequences.ts";
import type { Partitioner, ProducerOptions } from "./producer-types.ts";

const AUTO_LINGER_MS = 5;
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

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
}

/** Fills in defaults and checks. Throws `ClientError` INVALID_OPTION. */
export function resolveProducerOptions(options: ProducerOptions, clientRequestTimeoutMs: number): ResolvedProducerOptions {
  const acks = options.acks === undefined || options.acks === "all" ? -1 : checkOneOf("acks", options.acks, [-1, 0, 1] as const);
  const idempotent = options.idempotent ?? acks === -1;
  const maxInFlightRequests = checkRange("maxInFlightRequests", options.maxInFlightRequests ?? 5, 1, 1000);
  if (idempotent && acks !== -1) throw new ClientError("INVALID_OPTION", `idempotent needs acks "all", not ${acks}; set one of the two.`);
  if (idempotent && maxInFlightRequests > OUTSTANDING_MAX) {
    throw new ClientError(
      "INVALID_OPTION",
      `maxInFlightRequests is ${maxInFlightRequests}; an idempotent producer may have at most ${OUTSTANDING_MAX}.`,
    );
  }
  const isAuto = options.lingerMs === undefined || options.lingerMs === "auto";
  return {
    acks,
    idempotent,
    compression: checkOneOf("compression", options.compression ?? "none", ["none", "gzip", "snappy", "lz4", "zstd"] as const),
    lingerMs: isAuto ? AUTO_LINGER_MS : checkRange("lingerMs", Number(options.lingerMs), 0, NO_LIMIT),
    lingersOnlyBehindOthers: isAuto,
    batchSizeBytes: checkRange("batchSizeBytes", options.batchSizeBytes ?? 65_536, 0, 0x7fffffff),
    bufferMemoryBytes: checkRange("bufferMemoryBytes", options.bufferMemoryBytes ?? 33_554_432, 1, NO_LIMIT),
    waitingBytesMax: checkRange("waitingBytesMax", options.waitingBytesMax ?? 268_435_456, 0, NO_LIMIT),
    maxRequestSizeBytes: checkRange("maxRequestSizeBytes", options.maxRequestSizeBytes ?? 1_048_576, 1, 0x7fffffff),
    maxBlockMs: checkRange("maxBlockMs", options.maxBlockMs ?? 60_000, 0, NO_LIMIT),
    deliveryTimeoutMs: checkRange("deliveryTimeoutMs", options.deliveryTimeoutMs ?? 120_000, 1, NO_LIMIT),
    requestTimeoutMs: checkRange("requestTimeoutMs", options.requestTimeoutMs ?? clientRequestTimeoutMs, 1, 0x7fffffff),
    retries: checkRange("retries", options.retries ?? 0x7fffffff, 0, 0x7fffffff),
    maxInFlightRequests,
    partitioner: options.partitioner,
  };
}
