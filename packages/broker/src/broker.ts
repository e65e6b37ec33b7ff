import { join, resolve } from "node:path";
import { type Clock, type Disk, invariant, type Logger, type Net, OttlaError, type Random, randomUuid } from "@ottla/base";
import { type CleanerEngine, LogStore } from "@ottla/log";
import { openAudit } from "./audit-topic.ts";
import type { BrokerState } from "./broker-state.ts";
import { checkCleanerSettings, cleanerSettings } from "./config/cleaner-settings.ts";
import { EffectiveConfig } from "./config/effective-config.ts";
import { PeriodicSweep } from "./coordinator/periodic-sweep.ts";
import { TopicLog } from "./coordinator/topic-log.ts";
import { Fetches } from "./fetch/fetches.ts";
import { ClusterTopics } from "./groups/cluster-topics.ts";
import { groupSettings } from "./groups/group-config.ts";
import { GroupCoordinator } from "./groups/group-coordinator.ts";
import { handlers } from "./handlers/index.ts";
import { levelOf } from "./metadata/cluster-features.ts";
import { ClusterMetadata } from "./metadata/cluster-metadata.ts";
import { internalTopic } from "./metadata/internal-topics.ts";
import { MetadataController } from "./metadata/metadata-controller.ts";
import { MetadataJournal } from "./metadata/metadata-journal.ts";
import type { MetadataRecord } from "./metadata/metadata-records.ts";
import { rehome } from "./metadata/rehome.ts";
import type { MetricSources } from "./metrics/broker-families.ts";
import { AccessControl } from "./security/access-control.ts";
import { type AuthorizerSettings, authorizerSettings } from "./security/acls/authorizer-settings.ts";
import { type AuditSettings, auditSettings } from "./security/audit/audit-settings.ts";
import { ClientMemory } from "./net/client-memory.ts";
import { hasSasl, type ListenerSettings, parseListeners } from "./net/listener-settings.ts";
import { type LoadProgress, PartitionTable } from "./partitions/partition-table.ts";
import { PartitionMarkers } from "./partitions/partition-markers.ts";
import type { MarkerWriter } from "./partitions/transaction-gate.ts";
import { Dispatcher } from "./pipeline/dispatcher.ts";
import { throttleBy } from "./pipeline/throttle.ts";
import type { FaultInjection } from "./pipeline/fault-injection.ts";
import { ClientThrottle } from "./quotas/client-throttle.ts";
import { ProducerIds } from "./produce/producer-ids.ts";
import { RegisteredSchemas } from "./schemas/registered-schemas.ts";
import { TopicSettings } from "./config/topic-settings.ts";
import { ApplicationTopics } from "./topics/application-topics.ts";
import { autoCreateTopics, FirstUseTopics } from "./topics/auto-create.ts";
import { transactionAdmission } from "./transactions/transaction-admission.ts";
import { transactionConfig } from "./transactions/transaction-config.ts";
import { TransactionCoordinator } from "./transactions/transaction-coordinator.ts";
import { newScramDecoys } from "./security/authentication/scram-decoys.ts";
import { startUpCredentials, type StartUpUser } from "./security/authentication/start-up-users.ts";
import { expireTokens } from "./security/tokens/expire-tokens.ts";
import { TokenAuthority } from "./security/tokens/token-authority.ts";
import { BrokerSecurity } from "./security/listener-security.ts";
import { VirtualBrokers } from "./virtual-brokers.ts";

/** In the data directory. */
export const JOURNAL_FILE = "metadata.journal";
const OFFSETS_TOPIC = "__consumer_offsets";
const STOP_GRACE_MS = 2000;

/** The seams a broker stands on. */
export interface BrokerDeps {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly net: Net;
  readonly random: Random;
  readonly logger: Logger;
  /** Reads a file of the machine, such as a certificate. Default: it lies on `disk`, as in a simulated world. */
  readonly readFile?: (path: string) => Buffer;
  /** Where files beside the data lie, such as that of the audit events. Default: `disk`, as in a simulated world. */
  readonly machineDisk?: Disk;
}

/** How one broker process is to be, all of it decided; `startBroker` makes it of what a person gives. */
export interface BrokerPlan {
  /** Which threads compact logs; default: this one, in slices. */
  readonly cleanerEngine?: CleanerEngine;
  readonly dataDirectory: string;
  /** Start-up properties in Kafka's names, checked (see `checkStartUpProperties`); `listeners` says where to listen. */
  readonly settings: ReadonlyMap<string, string>;
  readonly brokers: number;
  /** Whether listeners on every interface may do without `advertised.listeners`; see `parseListeners`. */
  readonly mayAdvertiseAccepted?: boolean;
  /** See `BrokerOptions.scramUsers`. */
  readonly scramUsers?: readonly StartUpUser[];
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
  /** Makes the stage at which a test lets things go wrong. */
  readonly faults?: (deps: BrokerDeps) => FaultInjection;
  /** Where a broker goes back to an older state, clients know leader epochs and producer ids below these; none of them may come again with another meaning. */
  readonly atLeast?: { readonly leaderEpoch: number; readonly producerId: number };
}

/** A broker that accepts connections, as seen from inside. */
export interface ServingBroker extends MetricSources {
  readonly bootstrap: string;
  readonly nodes: VirtualBrokers;
  /** Answers what waits, closes connections, writes everything to the disk. */
  stop(): Promise<void>;
  /** Lets go of everything at once, as a killed process would. Resolves when the ports are closed. */
  abandon(): Promise<void>;
}

/** Opens the data directory, recovers, and serves; the inside of `startBroker`. */
export async function openBroker(deps: BrokerDeps, options: BrokerPlan): Promise<ServingBroker> {
  const firstNodeId = Number(options.settings.get("node.id") ?? options.settings.get("broker.id") ?? 1);
  const metadata = new ClusterMetadata();
  const config = new EffectiveConfig(metadata, options.settings, firstNodeId);
  const listeners = readListeners(config, options);
  checkCleanerSettings(cleanerSettings(config));
  const authorizer = authorizerSettings(config);
  const audit = auditSettings(config);
  const schedule = {
    retentionCheckIntervalMs: config.number("log.retention.check.interval.ms"),
    producerExpiryCheckIntervalMs: config.number("producer.id.expiration.check.interval.ms"),
  };
  const store = LogStore.open(deps, options.dataDirectory, {
    nodeId: firstNodeId,
    schedule,
    ...(config.boolean("log.cleaner.enable") && { cleaner: cleanerSettings(config) }),
    ...(options.cleanerEngine && { cleanerEngine: options.cleanerEngine }),
  });
  try {
    const opened = await openState(deps, options, { metadata, config, store, firstNodeId, authorizer, audit });
    return await serve(deps, opened, listeners, options);
  } catch (error) {
    if (error instanceof OttlaError && error.code === "START_STOPPED") store.abandon();
    else await store.close();
    throw error;
  }
}

interface OpenedBroker {
  readonly state: BrokerState;
  readonly store: LogStore;
}

async function openState(
  deps: BrokerDeps,
  options: BrokerPlan,
  parts: {
    readonly metadata: ClusterMetadata;
    readonly config: EffectiveConfig;
    readonly store: LogStore;
    readonly firstNodeId: number;
    readonly authorizer: AuthorizerSettings | undefined;
    readonly audit: AuditSettings | undefined;
  },
): Promise<OpenedBroker> {
  const { metadata, config, store, firstNodeId } = parts;
  const nodeIds = Array.from({ length: options.brokers }, (_, i) => firstNodeId + i);
  metadata.setNodes(nodeIds.map((nodeId) => ({ nodeId, rack: config.string("broker.rack"), endpoints: new Map() })));
  const deletedTopicIds = new Set<string>();
  const journal = MetadataJournal.open(deps, join(options.dataDirectory, JOURNAL_FILE), {
    apply(record) {
      if (record.kind === "topic-deleted") deletedTopicIds.add(record.topicId);
      metadata.apply(record);
    },
    snapshot: () => metadata.snapshot(),
    sizeAtStop: store.vouchedBytes(JOURNAL_FILE),
  });
  store.vouch(JOURNAL_FILE, undefined);
  const controller = new MetadataController(deps.clock, metadata, journal);
  try {
    return await openParts(deps, options, { ...parts, controller, nodeIds, deletedTopicIds });
  } catch (error) {
    // What broke the start is told; a journal that failed tells it too.
    await controller.close().then(
      (sizeBytes) => store.vouch(JOURNAL_FILE, sizeBytes),
      () => {},
    );
    throw error;
  }
}

async function openParts(
  deps: BrokerDeps,
  options: BrokerPlan,
  parts: {
    readonly metadata: ClusterMetadata;
    readonly config: EffectiveConfig;
    readonly store: LogStore;
    readonly controller: MetadataController;
    readonly firstNodeId: number;
    readonly authorizer: AuthorizerSettings | undefined;
    readonly audit: AuditSettings | undefined;
    readonly nodeIds: readonly number[];
    readonly deletedTopicIds: ReadonlySet<string>;
  },
): Promise<OpenedBroker> {
  const { metadata, config, store, controller, authorizer, firstNodeId, nodeIds, deletedTopicIds } = parts;
  config.overridesLoaded();
  store.configureCleaner(cleanerSettings(config));
  const asksForLogins = readListeners(config, options).some(({ protocol }) => hasSasl(protocol));
  const scram = await startUpCredentials(metadata.scram, options.scramUsers ?? []);
  const started = controller.begin([
    ...(metadata.clusterId === "" ? [{ kind: "cluster" as const, clusterId: randomUuid(deps.random) }] : []),
    { kind: "started", startEpoch: metadata.startEpoch + Math.max(1, options.atLeast?.leaderEpoch ?? 0) },
    ...producerIdsFrom(metadata, options.atLeast?.producerId ?? 0),
    ...rehome(metadata, nodeIds),
    ...scram,
    ...(asksForLogins && metadata.scram.decoySecret === "" ? [newScramDecoys()] : []),
  ]);
  // Its failure is met below; partitions may take longer to load than the journal to fail.
  started.catch(() => {});
  const topicSettings = new TopicSettings(config);
  const partitions = new PartitionTable(store, metadata, topicSettings, deps.logger);
  await partitions.load(deletedTopicIds, options.onProgress ?? (() => {}), options.signal);
  await started;
  const producerIds = new ProducerIds(controller, metadata);
  const transactions = transactionCoordinator(deps, { metadata, partitions, config, topicSettings, producerIds }, () => state);
  const clusterTopics = new ClusterTopics(metadata);
  const state: BrokerState = {
    ...deps,
    dataDirectory: resolve(options.dataDirectory),
    config,
    topicSettings,
    metadata,
    controller,
    partitions,
    clientMemory: new ClientMemory(deps.clock, config.number("ottla.client.memory.bytes")),
    fetches: new Fetches(deps, config.number("max.incremental.fetch.session.cache.slots")),
    groups: new GroupCoordinator({
      ...deps,
      ...groupDeps(config, metadata, clusterTopics),
      admission: { clock: deps.clock, config, transactionGate: { admit: (call) => state.transactionGate.admit(call) } },
      log: coordinatorLog(OFFSETS_TOPIC, { metadata, partitions, config, topicSettings }, () => state),
    }),
    transactions,
    producerIds,
    schemas: new RegisteredSchemas({ ...deps, partitions }),
    transactionGate: transactionAdmission(transactions),
    markers: markerWriter(new PartitionMarkers({ ...deps, metadata, partitions }), () => state.groups),
    quotas: new ClientThrottle(metadata, config),
    access: authorizer && new AccessControl(authorizer, metadata, deps.logger),
    tokens: new TokenAuthority(deps.clock, metadata.delegationTokens, config.string("delegation.token.secret.key")),
    audit: parts.audit && openAudit(deps, parts.audit, firstNodeId, () => state),
    firstUseTopics: new FirstUseTopics(() => state),
    applicationTopics: new ApplicationTopics(() => state),
    served: servedApis(),
  };
  controller.prepareBy(partitions);
  followMetadata(state, store, clusterTopics);
  return { state, store };
}

/** Who has to hear of changes of metadata, in this order. */
function followMetadata(state: BrokerState, store: LogStore, clusterTopics: ClusterTopics): void {
  const { config, topicSettings, partitions, groups, transactions } = state;
  state.controller.follow(async (record, slice) => {
    state.access?.follow(record);
    state.quotas.follow(record);
    state.tokens.follow(record);
    config.follow(record);
    topicSettings.follow(record);
    if (record.kind === "configs" && record.resource === "broker") store.configureCleaner(cleanerSettings(config));
    clusterTopics.follow(record);
    await partitions.follow(record, slice);
    if (concernsNoTopic(record)) return;
    groups.metadataChanged(record.kind === "topic-deleted" ? record.topicId : undefined);
    transactions.metadataChanged();
  });
}

function concernsNoTopic({ kind }: MetadataRecord): boolean {
  return (
    kind === "configs" ||
    kind === "producer-ids" ||
    kind === "features" ||
    kind === "client-quota" ||
    kind.startsWith("acl") ||
    kind.startsWith("scram-") ||
    kind.startsWith("delegation-token")
  );
}

/** Hands out no id that an earlier life may have handed out. */
function producerIdsFrom(metadata: ClusterMetadata, atLeast: number): MetadataRecord[] {
  return metadata.nextProducerId < atLeast ? [{ kind: "producer-ids", nextProducerId: atLeast }] : [];
}

function servedApis(): BrokerState["served"] {
  return handlers
    .map(({ api, minVersion, maxVersion, advertisedMinVersion }) => ({
      key: api.key,
      minVersion: advertisedMinVersion ?? minVersion,
      maxVersion,
    }))
    .sort((a, b) => a.key - b.key);
}

/** Committed offsets are kept in memory too, so a marker among them is the group coordinator's to write. */
function markerWriter(partitions: MarkerWriter, groups: () => GroupCoordinator): MarkerWriter {
  return {
    writeMarker: (at, marker) =>
      at.topic === OFFSETS_TOPIC ? groups().endTransaction(at.partition, marker) : partitions.writeMarker(at, marker),
  };
}

function transactionCoordinator(
  deps: BrokerDeps,
  parts: Pick<BrokerState, "metadata" | "partitions" | "config" | "topicSettings" | "producerIds">,
  state: () => BrokerState,
): TransactionCoordinator {
  const { metadata, config, producerIds } = parts;
  return new TransactionCoordinator({
    ...deps,
    log: coordinatorLog("__transaction_state", parts, state),
    markers: { writeMarker: (at, marker) => state().markers.writeMarker(at, marker) },
    nextProducerId: () => producerIds.next(),
    coordinatorEpoch: (partition) => metadata.topic("__transaction_state")?.partitions[partition]?.leaderEpoch ?? -1,
    config: () => transactionConfig(config, levelOf(metadata, "transaction.version")),
  });
}

/** What groups follow. */
function groupDeps(config: EffectiveConfig, metadata: ClusterMetadata, topics: ClusterTopics) {
  return {
    ...groupSettings(config, (groupId) => metadata.configs("group", groupId)),
    topics,
    topicId: (name: string) => topics.byName(name)?.topicId,
  };
}

/** An internal topic as the log of its coordinator. */
function coordinatorLog(
  topic: string,
  parts: Pick<BrokerState, "metadata" | "partitions" | "config" | "topicSettings">,
  state: () => BrokerState,
): TopicLog {
  const { metadata, partitions, config, topicSettings } = parts;
  const creation = internalTopic(topic)?.creation;
  invariant(creation, `${topic} is no internal topic that the broker creates.`);
  return new TopicLog({
    topic,
    metadata,
    partitions,
    partitionCountToBe: () => config.number(creation.partitionsKey),
    maxMessageBytes: () => topicSettings.limits(topic).maxMessageBytes,
    create: async () => (await autoCreateTopics(state(), [topic])).get(topic),
  });
}

async function serve(
  deps: BrokerDeps,
  { state, store }: OpenedBroker,
  settings: readonly ListenerSettings[],
  { faults: makeFaults }: BrokerPlan,
): Promise<ServingBroker> {
  const faults = makeFaults?.(deps);
  const dispatcher = new Dispatcher(state, handlers, { throttle: throttleBy(state.quotas, deps.clock), ...(faults && { faults }) });
  let security: BrokerSecurity | undefined;
  let nodes: VirtualBrokers;
  try {
    security = await openSecurity(deps, state, settings);
    nodes = new VirtualBrokers(deps, state, dispatcher, settings, security);
    await nodes.open();
  } catch (error) {
    security?.close();
    await state.audit?.close();
    store.vouch(JOURNAL_FILE, await state.controller.close());
    throw error;
  }
  // Clients hear COORDINATOR_LOAD_IN_PROGRESS until it is done; failures are its own to report.
  void state.groups.start();
  void state.transactions.start();
  const opened = security;
  const tokenSweep = sweepTokens(state);
  tokenSweep.start();
  const answerWaiting = (): void => {
    tokenSweep.stop();
    opened.close();
    faults?.stop();
    state.transactions.stop();
    state.groups.stop();
    state.fetches.stop();
  };
  return {
    bootstrap: nodes.bootstrap,
    state,
    observer: dispatcher.observer,
    connections: () => nodes.connections(),
    nodes,
    async stop() {
      answerWaiting();
      await nodes.close(STOP_GRACE_MS);
      await state.audit?.close();
      state.fetches.close();
      store.vouch(JOURNAL_FILE, await state.controller.close());
      await store.close();
    },
    async abandon() {
      answerWaiting();
      state.audit?.abandon();
      const closed = nodes.close(0);
      state.fetches.close();
      store.abandon();
      await closed;
    },
  };
}

/** Delegation tokens that have ended go after a while; until then nobody can use them. */
function sweepTokens({ clock, logger, controller, metadata, config }: BrokerState): PeriodicSweep {
  return new PeriodicSweep(
    clock,
    () => config.number("delegation.token.expiry.check.interval.ms"),
    () => expireTokens({ clock, logger, controller, tokens: metadata.delegationTokens }),
  );
}

/** Certificates and logins, which follow the settings from now on. */
async function openSecurity(deps: BrokerDeps, state: BrokerState, settings: readonly ListenerSettings[]): Promise<BrokerSecurity> {
  const { config, metadata } = state;
  const nodeIds = metadata.nodes.map(({ nodeId }) => nodeId);
  const security = await BrokerSecurity.open(
    { ...deps, config, scram: metadata.scram, tokens: state.tokens, readFile: deps.readFile ?? ((path) => deps.disk.readFile(path)) },
    nodeIds,
    settings,
  );
  config.brokerGuard = (name, configs) => security.faultIn(name, configs);
  state.controller.follow((record) => {
    if (record.kind === "configs" && record.resource === "broker") security.settingsChanged();
  });
  return security;
}

function readListeners(config: EffectiveConfig, { brokers, mayAdvertiseAccepted = false }: BrokerPlan): ListenerSettings[] {
  return parseListeners({
    brokers,
    mayAdvertiseAccepted,
    listeners: config.list("listeners"),
    advertised: config.list("advertised.listeners"),
    protocols: (config.string("listener.security.protocol.map") ?? "").split(","),
    controllerNames: config.list("controller.listener.names"),
  });
}
