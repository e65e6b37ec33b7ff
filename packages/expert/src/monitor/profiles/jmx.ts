import { type MetricProfile, metric } from "../metric-profile.ts";

/** Apache Kafka's MBeans by Strimzi's rules for the JMX exporter (examples/metrics/kafka-metrics.yaml), and what Kubernetes and the operator tell. */
export const strimzi: MetricProfile = {
  name: "strimzi",
  summary: "Strimzi: JMX exporter with its rules, Kafka exporter, kubelet, operator",
  scrape:
    "Strimzi's PodMonitors (examples/metrics/prometheus-install) with spec.kafka.metricsConfig of type jmxPrometheusExporter and spec.kafkaExporter",
  labels: { cluster: "strimzi_io_cluster", broker: "kubernetes_pod_name", group: "consumergroup" },
  signals: {
    targetUp: metric("up", { where: { kubernetes_pod_name: "~.+-kafka-.*|.+-(broker|controller)-[0-9]+" } }),
    brokers: metric("kafka_brokers"),
    offlinePartitions: metric("kafka_controller_kafkacontroller_offlinepartitionscount"),
    underMinIsrPartitions: metric("kafka_server_replicamanager_underminisrpartitioncount"),
    underReplicatedPartitions: metric("kafka_server_replicamanager_underreplicatedpartitions"),
    activeControllers: metric("kafka_controller_kafkacontroller_activecontrollercount"),
    uncleanElections: metric("kafka_controller_controllerstats_uncleanleaderelections_total"),
    offlineLogDirs: metric("kafka_log_logmanager_offlinelogdirectorycount"),
    uncleanablePartitions: metric("kafka_log_logcleanermanager_uncleanable_partitions_count"),
    handlerIdle: metric("kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent"),
    networkIdle: metric("kafka_network_socketserver_networkprocessoravgidle_percent"),
    produceP99: metric("kafka_network_requestmetrics_totaltimems", { where: { request: "Produce", quantile: "0.99" }, scale: 0.001 }),
    fetchP99: metric("kafka_network_requestmetrics_totaltimems", { where: { request: "FetchConsumer", quantile: "0.99" }, scale: 0.001 }),
    isrShrinks: metric("kafka_server_replicamanager_isrshrinks_total"),
    isrExpands: metric("kafka_server_replicamanager_isrexpands_total"),
    bytesIn: metric("kafka_server_brokertopicmetrics_bytesin_total", { where: { topic: "" } }),
    bytesOut: metric("kafka_server_brokertopicmetrics_bytesout_total", { where: { topic: "" } }),
    messagesIn: metric("kafka_server_brokertopicmetrics_messagesin_total", { where: { topic: "" } }),
    connections: metric("kafka_server_socket_server_metrics_connection_count"),
    leaders: metric("kafka_server_replicamanager_leadercount"),
    diskAvailable: metric("kubelet_volume_stats_available_bytes", { where: { persistentvolumeclaim: "~data.*" } }),
    diskCapacity: metric("kubelet_volume_stats_capacity_bytes", { where: { persistentvolumeclaim: "~data.*" } }),
    quorumEnd: metric("kafka_server_raftmetrics_log_end_offset"),
    quorumLeader: metric("kafka_server_raftmetrics_current_leader"),
    groupLag: metric("kafka_consumergroup_lag"),
    groupMembers: metric("kafka_consumergroup_members"),
    groupCommitted: metric("kafka_consumergroup_current_offset"),
    logStart: metric("kafka_topic_partition_oldest_offset"),
    connectorFailedTasks: metric("kafka_connect_worker_connector_failed_task_count"),
    certificateExpiry: metric("strimzi_certificate_expiration_timestamp_ms", { scale: 0.001 }),
  },
};

/** The same MBeans by rules that keep the attribute's name at the end (`_value`, `_count`), as Bitnami's charts and images bring them. */
export const jmx: MetricProfile = {
  name: "jmx",
  summary: "JMX exporter with the attribute's name kept: …_value, …_count (Bitnami's rules)",
  scrape: "the JMX exporter's port of each broker and controller, in a job per cluster with the label cluster",
  labels: { broker: "instance" },
  signals: {
    targetUp: metric("up", { where: { job: "~.*kafka.*" } }),
    offlinePartitions: metric("kafka_controller_kafkacontroller_offlinepartitionscount_value"),
    underMinIsrPartitions: metric("kafka_server_replicamanager_total_underminisrpartitioncount_value"),
    underReplicatedPartitions: metric("kafka_server_replicamanager_total_underreplicatedpartitions_value"),
    activeControllers: metric("kafka_controller_kafkacontroller_activecontrollercount_value"),
    brokers: metric("kafka_controller_kafkacontroller_activebrokercount_value"),
    isrShrinks: metric("kafka_server_replicamanager_total_isrshrinkspersec_count"),
    isrExpands: metric("kafka_server_replicamanager_total_isrexpandspersec_count"),
    bytesIn: metric("kafka_server_brokertopicmetrics_total_bytesinpersec_count"),
    bytesOut: metric("kafka_server_brokertopicmetrics_total_bytesoutpersec_count"),
    messagesIn: metric("kafka_server_brokertopicmetrics_total_messagesinpersec_count"),
    leaders: metric("kafka_server_replicamanager_total_leadercount_value"),
  },
};
