import type { Assignor } from "../group/assignor.ts";
import { cooperativeStickyAssignor } from "../group/assignors/cooperative-sticky-assignor.ts";
import { rangeAssignor } from "../group/assignors/range-assignor.ts";
import type { GroupProtocol } from "../group/membership.ts";
import type { StreamsRole } from "../group/streams-member/streams-role.ts";
import { INT32_MAX } from "../options/argument-checks.ts";
import { consumerOptionNames } from "../options/option-names.ts";
import { impossibleOption, type OptionNames, OptionReader } from "../options/option-reader.ts";
import type { AutoOffsetReset, ConsumerOptions, IsolationLevel } from "./consumer-types.ts";

/** {@link ConsumerOptions} with every default filled in. */
export interface ResolvedConsumerOptions {
  readonly groupId: string | undefined;
  readonly groupInstanceId: string | undefined;
  readonly groupProtocol: GroupProtocol;
  readonly remoteAssignor: string | undefined;
  /** With `streams`, and only then. */
  readonly streamsRole: StreamsRole | undefined;
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
  /** As the user knows the option. */
  readonly nameOf: (option: string) => string;
}

/** Fills in defaults and checks. Throws `ClientError` INVALID_OPTION. */
export function resolveConsumerOptions(options: ConsumerOptions, optionNames: OptionNames = {}): ResolvedConsumerOptions {
  const reader = new OptionReader("consumer()", options, consumerOptionNames, optionNames);
  const { nameOf } = reader;
  const groupId = reader.text("groupId");
  const int = (option: keyof ConsumerOptions, fallback: number, min: number) => reader.integer(option, fallback, min, INT32_MAX);
  const groupProtocol = reader.oneOf("groupProtocol", "classic", ["classic", "consumer", "streams"] as const);
  refuseOtherProtocol(options, groupProtocol, nameOf);
  if (groupProtocol === "streams" && options.streamsRole === undefined)
    throw impossibleOption(
      "streamsRole",
      `${nameOf("groupProtocol")} "streams" needs streamsRole: what runs a topology. Applications of @ottla/streams give it.`,
    );
  const sessionTimeoutMs = int("sessionTimeoutMs", 45_000, 1);
  const heartbeatIntervalMs = int("heartbeatIntervalMs", Math.min(3000, Math.max(1, Math.floor(sessionTimeoutMs / 3))), 1);
  if (heartbeatIntervalMs >= sessionTimeoutMs)
    throw impossibleOption(
      "heartbeatIntervalMs",
      `${nameOf("heartbeatIntervalMs")} (${heartbeatIntervalMs}) must be less than ${nameOf("sessionTimeoutMs")} (${sessionTimeoutMs}).`,
    );
  const enableAutoCommit = reader.boolean("enableAutoCommit", groupId !== undefined);
  if (enableAutoCommit && groupId === undefined)
    throw impossibleOption("enableAutoCommit", `${nameOf("enableAutoCommit")} needs a ${nameOf("groupId")} to commit for.`);
  return {
    groupId,
    groupInstanceId: reader.nonEmptyText("groupInstanceId"),
    groupProtocol,
    remoteAssignor: reader.text("remoteAssignor"),
    streamsRole: options.streamsRole,
    assignors: readAssignors(options.assignors ?? [rangeAssignor, cooperativeStickyAssignor()], reader),
    autoOffsetReset: readReset(options.autoOffsetReset ?? "latest", reader),
    isolationLevel: reader.oneOf("isolationLevel", "read_uncommitted", ["read_uncommitted", "read_committed"] as const),
    enableAutoCommit,
    autoCommitIntervalMs: int("autoCommitIntervalMs", 5000, 0),
    sessionTimeoutMs,
    heartbeatIntervalMs,
    maxPollIntervalMs: int("maxPollIntervalMs", 300_000, 1),
    maxPollRecords: options.maxPollRecords === undefined ? Infinity : int("maxPollRecords", 1, 1),
    fetchMinBytes: int("fetchMinBytes", 1, 0),
    fetchMaxBytes: int("fetchMaxBytes", 52_428_800, 1),
    fetchMaxWaitMs: int("fetchMaxWaitMs", 500, 0),
    maxPartitionFetchBytes: int("maxPartitionFetchBytes", 1_048_576, 1),
    prefetchBytesMax: reader.integer("prefetchBytesMax", 67_108_864, 1),
    checkCrcs: reader.boolean("checkCrcs", true),
    allowAutoCreateTopics: reader.boolean("allowAutoCreateTopics", true),
    excludeInternalTopics: reader.boolean("excludeInternalTopics", true),
    nameOf,
  };
}

/** What means something with other protocols only. */
const othersOf: Readonly<Record<GroupProtocol, readonly (keyof ConsumerOptions)[]>> = {
  classic: ["remoteAssignor", "streamsRole"],
  consumer: ["sessionTimeoutMs", "heartbeatIntervalMs", "assignors", "streamsRole"],
  streams: ["sessionTimeoutMs", "heartbeatIntervalMs", "assignors", "remoteAssignor"],
};

/** What belongs to another protocol would have no effect, so it is refused, as by Java. */
function refuseOtherProtocol(options: ConsumerOptions, protocol: GroupProtocol, nameOf: (option: string) => string): void {
  const others = othersOf[protocol];
  for (const option of others)
    if (options[option] !== undefined && options[option] !== "")
      throw impossibleOption(
        option,
        `${nameOf(option)} has no effect with ${nameOf("groupProtocol")} "${protocol}"${protocol === "classic" ? "" : ", where the broker decides it"}; remove it.`,
      );
}

function readAssignors(assignors: unknown, reader: OptionReader<ConsumerOptions>): readonly Assignor[] {
  const name = reader.nameOf("assignors");
  if (!Array.isArray(assignors) || !assignors.every(isAssignor))
    throw reader.impossible("assignors", assignors, "a list of assignors, each with a name, protocols and assign()");
  if (assignors.length === 0) throw impossibleOption("assignors", `${name} is empty; name at least one.`);
  const names = assignors.map((assignor) => assignor.name);
  if (new Set(names).size < names.length) throw impossibleOption("assignors", `${name} has a name twice: ${names.join(", ")}.`);
  const shared = (["cooperative", "eager"] as const).filter((protocol) =>
    assignors.every((assignor) => assignor.protocols.includes(protocol)),
  );
  if (shared.length === 0) throw impossibleOption("assignors", `${name}: ${names.join(", ")} share no rebalance protocol.`);
  return assignors;
}

function isAssignor(value: unknown): value is Assignor {
  if (typeof value !== "object" || value === null) return false;
  const { name, protocols, assign } = value as Partial<Assignor>;
  return typeof name === "string" && name !== "" && Array.isArray(protocols) && typeof assign === "function";
}

function readReset(reset: unknown, reader: OptionReader<ConsumerOptions>): AutoOffsetReset {
  if (reset === "earliest" || reset === "latest" || reset === "none") return reset;
  const durationMs: unknown =
    typeof reset === "object" && reset !== null ? (reset as { readonly durationMs?: unknown }).durationMs : undefined;
  if (typeof durationMs === "number" && Number.isSafeInteger(durationMs) && durationMs >= 0) return { durationMs };
  throw reader.impossible("autoOffsetReset", reset, "earliest, latest, none or { durationMs } with a whole number of milliseconds");
}
