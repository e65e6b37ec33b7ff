import { type MetricProfile, metric } from "../metric-profile.ts";

/** KMinion (docs/metrics.md): reads the protocol, needs no JMX. */
export const kminion: MetricProfile = {
  name: "kminion",
  summary: "KMinion: groups, offsets, log directories",
  scrape: "KMinion's port 8080, one instance per cluster with the label cluster",
  labels: { broker: "broker_id", topic: "topic_name", partition: "partition_id", group: "group_id" },
  signals: {
    targetUp: metric("kminion_exporter_up"),
    groupLag: metric("kminion_kafka_consumer_group_topic_lag"),
    groupMembers: metric("kminion_kafka_consumer_group_members"),
    groupCommitted: metric("kminion_kafka_consumer_group_topic_offset_sum"),
    logStart: metric("kminion_kafka_topic_partition_low_water_mark"),
  },
};

/** danielqsj/kafka_exporter. */
export const kafkaExporter: MetricProfile = {
  name: "kafka-exporter",
  summary: "kafka_exporter: brokers, partitions, offsets, lag",
  scrape: "kafka_exporter's port 9308, one instance per cluster with the label cluster",
  labels: { broker: "instance", group: "consumergroup" },
  signals: {
    targetUp: metric("up", { where: { job: "~.*kafka.*" } }),
    brokers: metric("kafka_brokers"),
    groupLag: metric("kafka_consumergroup_lag"),
    groupMembers: metric("kafka_consumergroup_members"),
    groupCommitted: metric("kafka_consumergroup_current_offset"),
    logStart: metric("kafka_topic_partition_oldest_offset"),
    underReplicatedPartitions: metric("kafka_topic_partition_under_replicated_partition"),
  },
};

/** seglo/kafka-lag-exporter: lag in seconds; no longer developed. */
export const kafkaLagExporter: MetricProfile = {
  name: "kafka-lag-exporter",
  summary: "kafka-lag-exporter: lag in records and seconds",
  scrape: "kafka-lag-exporter's port 8000",
  labels: { cluster: "cluster_name", broker: "instance" },
  signals: {
    groupLag: metric("kafka_consumergroup_group_lag"),
    groupLagSeconds: metric("kafka_consumergroup_group_lag_seconds"),
    groupCommitted: metric("kafka_consumergroup_group_offset"),
    logStart: metric("kafka_partition_earliest_offset"),
  },
};

/** node_exporter and blackbox_exporter on and at the brokers' machines. */
export function machine(dataMountpoint: string): MetricProfile {
  return {
    name: "machine",
    summary: "node_exporter for the disks of the logs, blackbox_exporter for certificates",
    scrape: "node_exporter's port 9100 on each broker; blackbox_exporter's tcp_connect module with TLS at each listener",
    labels: { broker: "instance" },
    signals: {
      diskAvailable: metric("node_filesystem_avail_bytes", { where: { mountpoint: dataMountpoint } }),
      diskCapacity: metric("node_filesystem_size_bytes", { where: { mountpoint: dataMountpoint } }),
      certificateExpiry: metric("probe_ssl_earliest_cert_expiry"),
    },
  };
}
