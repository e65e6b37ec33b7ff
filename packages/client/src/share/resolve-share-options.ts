import type { ClientError } from "../client-error.ts";
import { checkTopic, INT32_MAX } from "../options/argument-checks.ts";
import { shareConsumerOptionNames } from "../options/option-names.ts";
import { impossibleOption, type OptionNames, OptionReader } from "../options/option-reader.ts";
import type { AcknowledgementMode, AcquireMode, ShareConsumerOptions } from "./share-types.ts";

/** {@link ShareConsumerOptions} with every default filled in. */
export interface ResolvedShareOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly acknowledgementMode: AcknowledgementMode;
  readonly acquireMode: AcquireMode;
  readonly maxPollRecords: number;
  readonly outstandingMax: number;
  readonly renewLocks: boolean;
  readonly lockHoldMaxMs: number;
  readonly maxPollIntervalMs: number;
  readonly fetchMinBytes: number;
  readonly fetchMaxBytes: number;
  readonly fetchMaxWaitMs: number;
  readonly checkCrcs: boolean;
  readonly onAcknowledged: ShareConsumerOptions["onAcknowledged"];
}

const RECORDS_MAX = 1_000_000;

/** Fills in defaults and checks. Throws `ClientError` INVALID_OPTION. */
export function resolveShareOptions(options: ShareConsumerOptions, optionNames: OptionNames = {}): ResolvedShareOptions {
  const reader = new OptionReader("shareConsumer()", options, shareConsumerOptionNames, optionNames);
  const groupId = reader.text("groupId");
  if (groupId === undefined)
    throw impossibleOption("groupId", `shareConsumer() needs a ${reader.nameOf("groupId")}: whose queue it works on.`);
  const int = (option: keyof ShareConsumerOptions, fallback: number, min: number, max: number = INT32_MAX) =>
    reader.integer(option, fallback, min, max);
  reader.function("onAcknowledged");
  const maxPollRecords = int("maxPollRecords", 500, 1, RECORDS_MAX);
  return {
    groupId,
    topics: readTopics(options.topics, (value, mustBe) => reader.impossible("topics", value, mustBe)),
    acknowledgementMode: reader.oneOf("acknowledgementMode", "implicit", ["implicit", "explicit"] as const),
    acquireMode: reader.oneOf("acquireMode", "recordLimit", ["recordLimit", "batchOptimized"] as const),
    maxPollRecords,
    outstandingMax: int("outstandingMax", Math.max(2000, maxPollRecords), 1, RECORDS_MAX),
    renewLocks: reader.boolean("renewLocks", true),
    lockHoldMaxMs: int("lockHoldMaxMs", 300_000, 0),
    maxPollIntervalMs: int("maxPollIntervalMs", 300_000, 1),
    fetchMinBytes: int("fetchMinBytes", 1, 0),
    fetchMaxBytes: int("fetchMaxBytes", 52_428_800, 1),
    fetchMaxWaitMs: int("fetchMaxWaitMs", 500, 0),
    checkCrcs: reader.boolean("checkCrcs", true),
    onAcknowledged: options.onAcknowledged,
  };
}

function readTopics(topics: unknown, impossible: (value: unknown, mustBe: string) => ClientError): readonly string[] {
  if (topics === undefined) return [];
  const list: readonly unknown[] = Array.isArray(topics) ? topics : [topics];
  for (const topic of list) {
    try {
      checkTopic("topics", topic);
    } catch {
      throw impossible(topic, "a topic's name, or a list of them");
    }
  }
  return [...new Set(list as readonly string[])].sort();
}
