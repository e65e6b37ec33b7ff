import type { Clock, Logger, Random } from "@ottla/base";
import type { CoordinatorLog } from "../coordinator/coordinator-log.ts";
import type { AdmissionDeps } from "../produce/transaction-admission.ts";
import type { GroupLimits } from "./classic/group-decision.ts";
import type { ConsumerSettings } from "./consumer/consumer-decision.ts";
import type { TopicCatalog } from "./consumer/topic-catalog.ts";
import type { StreamsSettings } from "./streams/streams-decision.ts";

/** The broker settings that the group coordinator follows, by their current values. */
export interface GroupConfig {
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
  /** What the members of all groups may hold of the broker's memory; members outlive their connections, so no connection's share covers them. */
  readonly groupsHeldBytesMax: number;
  /** Partitions of one OffsetCommit. */
  readonly commitPartitionsMax: number;
  /** What committed offsets may take of the broker's memory; beyond, those that are there may only move. */
  readonly offsetsHeldBytesMax: number;
}

/** What the group coordinator needs of the broker around it. */
export interface GroupCoordinatorDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly log: CoordinatorLog;
  /** The transaction coordinator, which is asked before a transaction commits offsets. */
  readonly admission: AdmissionDeps;
  /** Asked anew for each decision, so that dynamic changes count at once. */
  config(): GroupConfig;
  /** What one consumer group follows, asked anew for each decision. */
  consumerSettings(groupId: string): ConsumerSettings;
  /** As {@link GroupCoordinatorDeps.consumerSettings}, of a streams group. */
  streamsSettings(groupId: string): StreamsSettings;
  readonly topics: TopicCatalog;
  /** The id of the topic that has this name now, if there is one. Offsets of topics that are gone when the coordinator loads are forgotten. */
  topicId(name: string): string | undefined;
}

/** Reads a broker setting by Kafka's name. */
interface NumberSettings {
  number(name: string): number;
}

/** As {@link NumberSettings}, and a group's own settings before them. */
interface GroupSettings extends NumberSettings {
  string(name: string): string | null;
  list(name: string): readonly string[];
  group(groupId: string, name: string): { readonly value: unknown };
}

/** What groups follow, looked up anew only when a setting changed: they ask at every heartbeat. */
export function groupSettings(
  settings: GroupSettings & { readonly brokerRevision: number },
  overridesOf: (groupId: string) => ReadonlyMap<string, string>,
): Pick<GroupCoordinatorDeps, "config" | "consumerSettings" | "streamsSettings"> {
  let revision = -1;
  let config: GroupConfig;
  /** By a group's own settings, which most groups have none of. */
  let byOverrides = new WeakMap<ReadonlyMap<string, string>, ConsumerSettings>();
  let streamsByOverrides = new WeakMap<ReadonlyMap<string, string>, StreamsSettings>();
  const refresh = (): void => {
    if (revision === settings.brokerRevision) return;
    revision = settings.brokerRevision;
    config = groupConfig(settings);
    byOverrides = new WeakMap();
    streamsByOverrides = new WeakMap();
  };
  return {
    config() {
      refresh();
      return config;
    },
    consumerSettings(groupId) {
      refresh();
      const overrides = overridesOf(groupId);
      let known = byOverrides.get(overrides);
      if (!known) byOverrides.set(overrides, (known = consumerSettings(settings, groupId)));
      return known;
    },
    streamsSettings(groupId) {
      refresh();
      const overrides = overridesOf(groupId);
      let known = streamsByOverrides.get(overrides);
      if (!known) streamsByOverrides.set(overrides, (known = streamsSettings(settings, groupId)));
      return known;
    },
  };
}

/** What a streams group follows: its own settings, and the broker's. */
function streamsSettings(settings: GroupSettings, groupId: string): StreamsSettings {
  const own = (name: string) => Number(settings.group(groupId, name).value);
  const tags = settings.group(groupId, "streams.rack.aware.assignment.tags").value;
  return {
    sessionTimeoutMs: own("streams.session.timeout.ms"),
    heartbeatIntervalMs: own("streams.heartbeat.interval.ms"),
    assignmentIntervalMs: own("streams.assignment.interval.ms"),
    initialRebalanceDelayMs: own("streams.initial.rebalance.delay.ms"),
    taskOffsetIntervalMs: own("streams.task.offset.interval.ms"),
    acceptableRecoveryLag: own("streams.acceptable.recovery.lag"),
    standbyReplicas: own("streams.num.standby.replicas"),
    rackTags: Array.isArray(tags) ? tags : [],
    groupMaxSize: settings.number("group.streams.max.size"),
  };
}

/** What a consumer group follows: its own settings, and the broker's. */
function consumerSettings(settings: GroupSettings, groupId: string): ConsumerSettings {
  const own = (name: string) => Number(settings.group(groupId, name).value);
  const policy = settings.string("group.consumer.migration.policy")?.toUpperCase();
  return {
    sessionTimeoutMs: own("consumer.session.timeout.ms"),
    heartbeatIntervalMs: own("consumer.heartbeat.interval.ms"),
    assignmentIntervalMs: own("consumer.assignment.interval.ms"),
    groupMaxSize: settings.number("group.consumer.max.size"),
    assignors: settings.list("group.consumer.assignors"),
    canUpgrade: policy === "BIDIRECTIONAL" || policy === "UPGRADE",
    canDowngrade: policy === "BIDIRECTIONAL" || policy === "DOWNGRADE",
    regexRefreshIntervalMs: settings.number("group.consumer.regex.refresh.interval.ms"),
  };
}

const NEW_MEMBER_JOIN_TIMEOUT_MS = 5 * 60_000;
const PENDING_MEMBERS_MAX = 10_000;
const PROTOCOLS_PER_MEMBER_MAX = 100;
/** A generation is one record, so it must fit max.message.bytes (1 MiB unless set) with one protocol's metadata of all members; this leaves room for several. */
const GROUP_HELD_BYTES_MAX = 8 * 1024 * 1024;
const GROUPS_HELD_BYTES_MAX = 128 * 1024 * 1024;
const GROUPS_MAX = 200_000;
/** Offsets are committed as one batch, and no more fit 1 MiB. */
const COMMIT_PARTITIONS_MAX = 16_000;
/** A million and more, unless their metadata is long. */
const OFFSETS_HELD_BYTES_MAX = 256 * 1024 * 1024;
const MINUTE_MS = 60_000;

/** The group coordinator's view of the broker's configuration. */
function groupConfig(settings: NumberSettings): GroupConfig {
  return {
    limits: {
      groupMaxSize: settings.number("group.max.size"),
      initialRebalanceDelayMs: settings.number("group.initial.rebalance.delay.ms"),
      newMemberJoinTimeoutMs: NEW_MEMBER_JOIN_TIMEOUT_MS,
      pendingMembersMax: PENDING_MEMBERS_MAX,
      protocolsPerMemberMax: PROTOCOLS_PER_MEMBER_MAX,
      groupHeldBytesMax: GROUP_HELD_BYTES_MAX,
    },
    minSessionTimeoutMs: settings.number("group.min.session.timeout.ms"),
    maxSessionTimeoutMs: settings.number("group.max.session.timeout.ms"),
    offsetMetadataLengthMax: settings.number("offset.metadata.max.bytes"),
    offsetsRetentionMs: settings.number("offsets.retention.minutes") * MINUTE_MS,
    offsetsRetentionCheckIntervalMs: settings.number("offsets.retention.check.interval.ms"),
    groupsMax: GROUPS_MAX,
    groupsHeldBytesMax: GROUPS_HELD_BYTES_MAX,
    commitPartitionsMax: COMMIT_PARTITIONS_MAX,
    offsetsHeldBytesMax: OFFSETS_HELD_BYTES_MAX,
  };
}
