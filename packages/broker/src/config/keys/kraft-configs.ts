import { type ConfigKey, configKey } from "@ottla/base";
import { atLeast, hostPorts, nonEmptyList, quorumVoters } from "../validators.ts";

/** Broker settings: kraft. Facts: Apache Kafka 4.4.0. */
export const kraftConfigKeys: readonly ConfigKey[] = [
  configKey("broker.heartbeat.interval.ms", "int", "2000", "How often a broker reports to the controller.", { effect: "none" }),
  configKey("broker.session.timeout.ms", "int", "9000", "How long the controller takes a silent broker for alive.", { effect: "none" }),
  configKey(
    "controller.listener.names",
    "list",
    undefined,
    "The listeners of the controller, which clients are not told of; Ottla does not open them.",
    {
      validator: nonEmptyList(),
      importance: "high",
    },
  ),
  configKey("controller.performance.always.log.threshold.ms", "long", "2000", "Controller events that take longer than this are logged.", {
    validator: atLeast(0),
    internal: true,
    effect: "none",
  }),
  configKey("controller.performance.sample.period.ms", "long", "60000", "How often the controller logs how fast it works.", {
    validator: atLeast(100),
    internal: true,
    effect: "none",
  }),
  configKey("controller.quorum.append.linger.ms", "int", "25", "How long the quorum's leader gathers writes before it syncs them.", {
    validator: atLeast(0),
    effect: "none",
  }),
  configKey("controller.quorum.auto.join.enable", "boolean", "false", "Whether a new controller becomes a voter by itself.", {
    importance: "low",
    effect: "none",
  }),
  configKey("controller.quorum.bootstrap.servers", "list", "", "Addresses under which the controller quorum is found, as `host:port`.", {
    validator: hostPorts,
    importance: "high",
    effect: "none",
  }),
  configKey("controller.quorum.election.backoff.max.ms", "int", "1000", "The longest wait between two elections of a quorum leader.", {
    validator: atLeast(0),
    importance: "high",
    effect: "none",
  }),
  configKey("controller.quorum.election.timeout.ms", "int", "1000", "How long a voter waits for votes before a new election.", {
    validator: atLeast(0),
    importance: "high",
    effect: "none",
  }),
  configKey("controller.quorum.fetch.max.bytes", "int", "1048576", "How many bytes a quorum member fetches at a time.", {
    validator: atLeast(1),
    importance: "low",
    effect: "none",
  }),
  configKey(
    "controller.quorum.fetch.snapshot.max.bytes",
    "int",
    "1048576",
    "How many bytes of a metadata snapshot are fetched at a time.",
    {
      validator: atLeast(1),
      importance: "low",
      effect: "none",
    },
  ),
  configKey(
    "controller.quorum.fetch.timeout.ms",
    "int",
    "2000",
    "How long a voter may fail to fetch from the leader before it stands for election.",
    {
      validator: atLeast(0),
      importance: "high",
      effect: "none",
    },
  ),
  configKey("controller.quorum.request.timeout.ms", "int", "2000", "How long a quorum member waits for an answer.", {
    validator: atLeast(0),
    effect: "none",
  }),
  configKey("controller.quorum.retry.backoff.ms", "int", "20", "How long a quorum member waits before it repeats a failed request.", {
    validator: atLeast(0),
    importance: "low",
    effect: "none",
  }),
  configKey("controller.quorum.voters", "list", "", "The fixed voters of the quorum, as `id@host:port`.", {
    validator: quorumVoters,
    importance: "high",
    effect: "none",
  }),
  configKey(
    "initial.broker.registration.timeout.ms",
    "int",
    "60000",
    "How long a broker tries to register with the controller before it gives up.",
    {
      effect: "none",
    },
  ),
  configKey(
    "internal.metadata.delete.delay.millis",
    "long",
    "60000",
    "How long removed files of the metadata log stay on disk, for Kafka's own tests.",
    {
      importance: "low",
      internal: true,
      effect: "none",
    },
  ),
  configKey(
    "internal.metadata.log.segment.bytes",
    "int",
    null,
    "Segment size of the metadata log below its public minimum, for Kafka's own tests.",
    {
      importance: "low",
      internal: true,
      effect: "none",
    },
  ),
  configKey(
    "internal.metadata.max.batch.size.in.bytes",
    "int",
    "8388608",
    "The largest batch of the metadata log, for Kafka's own tests.",
    {
      importance: "low",
      internal: true,
      effect: "none",
    },
  ),
  configKey("metadata.log.dir", "string", null, "Where the metadata log lies. Ottla keeps its own journal in the data directory.", {
    importance: "high",
    effect: "none",
  }),
  configKey(
    "metadata.log.max.record.bytes.between.snapshots",
    "long",
    "20971520",
    "After how many bytes of new metadata a snapshot is written.",
    {
      validator: atLeast(1),
      importance: "high",
      effect: "none",
    },
  ),
  configKey("metadata.log.max.snapshot.interval.ms", "long", "3600000", "After how long a snapshot of the metadata is written.", {
    validator: atLeast(0),
    importance: "high",
    effect: "none",
  }),
  configKey("metadata.log.segment.bytes", "int", "1073741824", "Segment size of the metadata log.", {
    validator: atLeast(8388608),
    importance: "high",
    effect: "none",
  }),
  configKey("metadata.log.segment.ms", "long", "604800000", "Age at which a segment of the metadata log is closed.", {
    importance: "high",
    effect: "none",
  }),
  configKey(
    "metadata.max.idle.interval.ms",
    "int",
    "500",
    "How often the controller writes an empty record when nothing changes; 0 never.",
    {
      validator: atLeast(0),
      importance: "low",
      effect: "none",
    },
  ),
  configKey(
    "metadata.max.retention.bytes",
    "long",
    "104857600",
    "The size of metadata log and snapshots above which old ones are deleted.",
    {
      importance: "high",
      effect: "none",
    },
  ),
  configKey("metadata.max.retention.ms", "long", "604800000", "The age at which old metadata segments and snapshots are deleted.", {
    importance: "high",
    effect: "none",
  }),
];
