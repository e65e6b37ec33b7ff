import type { Clock, Logger, Random } from "@ottla/base";
import type { GroupLimits } from "./group-decision.ts";
import type { OffsetsTopic } from "./offsets-topic.ts";

/** The broker settings that the coordinator follows, by their current values. */
export interface CoordinatorConfig {
  readonly limits: GroupLimits;
  /** group.min.session.timeout.ms */
  readonly minSessionTimeoutMs: number;
  /** group.max.session.timeout.ms */
  readonly maxSessionTimeoutMs: number;
  /** offset.metadata.max.bytes; Kafka counts UTF-16 units. */
  readonly offsetMetadataLengthMax: number;
  /** offsets.retention.minutes */
  readonly offsetsRetentionMs: number;
  /** offsets.retention.check.interval.ms */
  readonly offsetsRetentionCheckIntervalMs: number;
  /** Groups of the whole broker; none is created beyond. */
  readonly groupsMax: number;
}

/** What the coordinator needs of the broker around it. */
export interface CoordinatorDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly topic: OffsetsTopic;
  /** Asked anew for each decision, so that dynamic changes count at once. */
  config(): CoordinatorConfig;
  /** Offsets of topics that are gone when the coordinator loads are forgotten. */
  topicExists(name: string): boolean;
}

/** Reads a broker setting by Kafka's name. */
export interface NumberSettings {
  number(name: string): number;
}

const NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60_000;
const PENDING_MEMBERS_MAX = 10_000;
const GROUP_METADATA_BYTES_MAX = 32 * 1024 * 1024;
const GROUPS_MAX = 1_000_000;
const MINUTE_MS = 60_000;

/** The coordinator's view of the broker's configuration. */
export function coordinatorConfig(settings: NumberSettings): CoordinatorConfig {
  return {
    limits: {
      groupMaxSize: settings.number("group.max.size"),
      initialRebalanceDelayMs: settings.number("group.initial.rebalance.delay.ms"),
      newMemberJoinTimeoutMs: NEW_MEMBER_JOIN_TIMEOUT_MS,
      pendingMembersMax: PENDING_MEMBERS_MAX,
      groupMetadataBytesMax: GROUP_METADATA_BYTES_MAX,
    },
    minSessionTimeoutMs: settings.number("group.min.session.timeout.ms"),
    maxSessionTimeoutMs: settings.number("group.max.session.timeout.ms"),
    offsetMetadataLengthMax: settings.number("offset.metadata.max.bytes"),
    offsetsRetentionMs: settings.number("offsets.retention.minutes") * MINUTE_MS,
    offsetsRetentionCheckIntervalMs: settings.number("offsets.retention.check.interval.ms"),
    groupsMax: GROUPS_MAX,
  };
}
