import { ClientError } from "../client-error.ts";
import type { Assignor } from "../group/assignor.ts";
import { cooperativeStickyAssignor } from "../group/assignors/cooperative-sticky-assignor.ts";
import { rangeAssignor } from "../group/assignors/range-assignor.ts";
import { checkOneOf, checkRange } from "../options/option-checks.ts";
import type { AutoOffsetReset, ConsumerOptions, IsolationLevel } from "./consumer-types.ts";

const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** {@link ConsumerOptions} with every default filled in. */
export interface ResolvedConsumerOptions {
  readonly groupId: string | undefined;
  readonly groupInstanceId: string | undefined;
  readonly assignors: readonly Assignor[];
  readonly autoOffsetReset: AutoOffsetReset;
  readonly isolationLevel: IsolationLevel;
  readonly enableAutoCommit: boolean;
  readonly autoCommitIntervalMs: number;
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly maxPollIntervalMs: number;
  readonly maxPollRecords: number;
  readonly fetchMinBytes: number;
  readonly fetchMaxBytes: number;
  readonly fetchMaxWaitMs: number;
  readonly maxPartitionFetchBytes: number;
  readonly prefetchBytesMax: number;
  readonly checkCrcs: boolean;
  readonly allowAutoCreateTopics: boolean;
  readonly excludeInternalTopics: boolean;
}

/** Fills in defaults and checks. Throws `ClientError` INVALID_OPTION. */
export function resolveConsumerOptions(options: ConsumerOptions): ResolvedConsumerOptions {
  const groupId = options.groupId === "" ? undefined : options.groupId;
  const int = (name: keyof ConsumerOptions, fallback: number, min: number, max = 0x7fffffff) =>
    checkRange(name, (options[name] as number | undefined) ?? fallback, min, max);
  const sessionTimeoutMs = int("sessionTimeoutMs", 45_000, 1);
  const heartbeatIntervalMs = int("heartbeatIntervalMs", Math.min(3000, Math.max(1, Math.floor(sessionTimeoutMs / 3))), 1);
  if (heartbeatIntervalMs >= sessionTimeoutMs) {
    throw new ClientError(
      "INVALID_OPTION",
      `heartbeatIntervalMs (${heartbeatIntervalMs}) must be less than sessionTimeoutMs (${sessionTimeoutMs}).`,
    );
  }
  if (options.enableAutoCommit === true && groupId === undefined)
    throw new ClientError("INVALID_OPTION", "enableAutoCommit needs a groupId to commit for.");
  return {
    groupId,
    groupInstanceId: options.groupInstanceId === "" ? undefined : options.groupInstanceId,
    assignors: checkAssignors(options.assignors ?? [rangeAssignor, cooperativeStickyAssignor()]),
    autoOffsetReset: checkReset(options.autoOffsetReset ?? "latest"),
    isolationLevel: checkOneOf("isolationLevel", options.isolationLevel ?? "read_uncommitted", [
      "read_uncommitted",
      "read_committed",
    ] as const),
    enableAutoCommit: options.enableAutoCommit ?? groupId !== undefined,
    autoCommitIntervalMs: int("autoCommitIntervalMs", 5000, 0),
    sessionTimeoutMs,
    heartbeatIntervalMs,
    maxPollIntervalMs: int("maxPollIntervalMs", 300_000, 1),
    maxPollRecords: options.maxPollRecords === undefined ? Infinity : int("maxPollRecords", 1, 1),
    fetchMinBytes: int("fetchMinBytes", 1, 0),
    fetchMaxBytes: int("fetchMaxBytes", 52_428_800, 1),
    fetchMaxWaitMs: int("fetchMaxWaitMs", 500, 0),
    maxPartitionFetchBytes: int("maxPartitionFetchBytes", 1_048_576, 1),
    prefetchBytesMax: int("prefetchBytesMax", 67_108_864, 1, NO_LIMIT),
    checkCrcs: options.checkCrcs ?? true,
    allowAutoCreateTopics: options.allowAutoCreateTopics ?? true,
    excludeInternalTopics: options.excludeInternalTopics ?? true,
  };
}

function checkAssignors(assignors: readonly Assignor[]): readonly Assignor[] {
  if (assignors.length === 0) throw new ClientError("INVALID_OPTION", "assignors is empty; name at least one.");
  const names = assignors.map((assignor) => assignor.name);
  if (new Set(names).size < names.length) throw new ClientError("INVALID_OPTION", `assignors has a name twice: ${names.join(", ")}.`);
  const shared = (["cooperative", "eager"] as const).filter((protocol) =>
    assignors.every((assignor) => assignor.protocols.includes(protocol)),
  );
  if (shared.length === 0) throw new ClientError("INVALID_OPTION", `The assignors ${names.join(", ")} share no rebalance protocol.`);
  return assignors;
}

function checkReset(reset: AutoOffsetReset): AutoOffsetReset {
  if (typeof reset === "object") checkRange("autoOffsetReset.durationMs", reset.durationMs, 0, NO_LIMIT);
  else checkOneOf("autoOffsetReset", reset, ["earliest", "latest", "none"] as const);
  return reset;
}
