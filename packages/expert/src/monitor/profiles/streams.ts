import { type MetricProfile, metric } from "../metric-profile.ts";

const LABELS = { application: "client_id", thread: "thread_id", task: "task_id" } as const;

/** Kafka Streams' MBeans by the JMX exporter as it is without rules of its own. */
export const streams: MetricProfile = {
  name: "streams",
  summary: "Kafka Streams applications by the JMX exporter",
  scrape: "the JMX exporter's port of each instance of the application, in a job per cluster with the label cluster",
  labels: LABELS,
  signals: {
    streamsFailedThreads: metric("kafka_streams_stream_metrics_failed_stream_threads"),
    streamsDroppedRate: metric("kafka_streams_stream_task_metrics_dropped_records_rate"),
    streamsProcessRatio: metric("kafka_streams_stream_thread_metrics_process_ratio"),
  },
};

/** The names by which clients send their metrics (KIP-714), and by which `@ottla/streams` gives them to OpenTelemetry, as Prometheus takes them. */
export const streamsOtel: MetricProfile = {
  name: "streams-otel",
  summary: "Streams applications by OpenTelemetry: @ottla/streams, or clients that send their metrics (KIP-714)",
  scrape: "the collector's Prometheus exporter, with the label cluster",
  labels: LABELS,
  signals: {
    streamsFailedThreads: metric("org_apache_kafka_stream_failed_stream_threads"),
    streamsDroppedRate: metric("org_apache_kafka_stream_task_dropped_records_rate"),
    streamsProcessRatio: metric("org_apache_kafka_stream_thread_process_ratio"),
  },
};
