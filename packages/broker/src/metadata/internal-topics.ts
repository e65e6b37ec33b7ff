/**
 * A topic that the broker keeps for itself. Everything that treats such topics differently reads this table: creation, writes and deletions of records by
 * clients, and the `isInternal` of answers.
 */
export interface InternalTopic {
  readonly name: string;
  /** How the broker creates it at first need; undefined while nothing here needs it. */
  readonly creation: InternalTopicCreation | undefined;
}

/** The broker settings that say how an internal topic is made, and its own settings beside the segment size. */
interface InternalTopicCreation {
  readonly partitionsKey: string;
  readonly replicationFactorKey: string;
  readonly segmentBytesKey: string;
  readonly configs: Readonly<Record<string, string>>;
}

const TABLE: readonly InternalTopic[] = [
  {
    name: "__consumer_offsets",
    creation: {
      partitionsKey: "offsets.topic.num.partitions",
      replicationFactorKey: "offsets.topic.replication.factor",
      segmentBytesKey: "offsets.topic.segment.bytes",
      configs: { "cleanup.policy": "compact", "compression.type": "producer" },
    },
  },
  {
    name: "__transaction_state",
    creation: {
      partitionsKey: "transaction.state.log.num.partitions",
      replicationFactorKey: "transaction.state.log.replication.factor",
      segmentBytesKey: "transaction.state.log.segment.bytes",
      configs: { "cleanup.policy": "compact", "compression.type": "uncompressed" },
    },
  },
  { name: "__share_group_state", creation: undefined },
  {
    name: "__ottla_audit",
    creation: {
      partitionsKey: "ottla.audit.topic.num.partitions",
      replicationFactorKey: "ottla.audit.topic.replication.factor",
      segmentBytesKey: "ottla.audit.topic.segment.bytes",
      configs: { "cleanup.policy": "delete", "compression.type": "producer" },
    },
  },
];

const byName: ReadonlyMap<string, InternalTopic> = new Map(TABLE.map((topic) => [topic.name, topic]));

/** Apache Kafka's own tools name themselves so, and may write where other clients may not. */
const ADMIN_CLIENT_ID = "__admin_client";

/** The cluster's own metadata log in Apache Kafka; a name that nobody may take. */
export const METADATA_TOPIC = "__cluster_metadata";

/** What is known of an internal topic; undefined for everybody else's. */
export function internalTopic(name: string): InternalTopic | undefined {
  return byName.get(name);
}

/** Whether a client may produce to the topic: to internal ones as Apache Kafka's admin client alone. */
export function clientMayWrite(topic: string, clientId: string | null): boolean {
  return !byName.has(topic) || clientId === ADMIN_CLIENT_ID;
}
