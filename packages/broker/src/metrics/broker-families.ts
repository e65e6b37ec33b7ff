import { labelText, type MetricFamily, singleSample } from "@ottla/base";
import type { BrokerState } from "../broker-state.ts";
import type { RequestObserver } from "../pipeline/observe.ts";
import { clusterFamilies } from "./cluster-families.ts";
import { exporterFamilies } from "./exporter-families.ts";
import { groupFamilies } from "./group-families.ts";
import { gauge, own, partitionLabels, percent, plainGauge } from "./mbean-families.ts";
import { logFamilies } from "./log-families.ts";
import { partitionFamilies } from "./partition-families.ts";
import { requestFamilies } from "./request-families.ts";
import { topicFamilies } from "./topic-families.ts";
import { transactionFamilies } from "./transaction-families.ts";

/** What a broker's metrics need to know of the process that it runs in. */
export interface ProcessView {
  /** The share of time, 0 to 1, in which the loop had nothing to do; of the last seconds. */
  loopIdleShare(): number;
  /** Since the start; undefined where the system does not tell. */
  diskBytes(): { readonly read: number; readonly written: number } | undefined;
}

/** The connections of one listener of a virtual broker. */
export interface ListenerConnections {
  readonly nodeId: number;
  readonly listenerName: string;
  readonly connectionCount: number;
  /** Connections since the start. */
  readonly acceptedCount: number;
}

/** What the metrics are read from. */
export interface MetricSources {
  readonly state: BrokerState;
  readonly observer: RequestObserver;
  connections(): Iterable<ListenerConnections>;
}

const BROKER_STATE_RUNNING = 3;

/** All metrics of a broker, for one collection. They read what is there when they are collected; nothing is copied before. */
export function brokerFamilies(sources: MetricSources, process: ProcessView): MetricFamily[] {
  const { state, observer } = sources;
  return [
    ...serverFamilies(state, process),
    ...connectionFamilies(sources),
    ...requestFamilies(observer, state.clock),
    ...clusterFamilies(state),
    ...topicFamilies(state),
    ...groupFamilies(state),
    ...transactionFamilies(state),
    ...partitionFamilies(state),
    ...logFamilies(state),
    ...exporterFamilies(state),
  ];
}

function serverFamilies({ audit, fetches, clientMemory, partitions }: BrokerState, process: ProcessView): MetricFamily[] {
  const idle = "The share of time in which the broker's thread had nothing to do; all requests and connections share it.";
  return [
    ...plainGauge(["server", "KafkaServer", "BrokerState"], "3: the broker runs.", () => BROKER_STATE_RUNNING),
    ...percent(["server", "KafkaRequestHandlerPool", "RequestHandlerAvgIdlePercent"], idle, () => process.loopIdleShare()),
    singleSample(
      { name: "kafka_server_kafkarequesthandlerpool_requesthandleravgidlepercent_oneminuterate", type: "gauge", help: idle },
      () => process.loopIdleShare(),
    ),
    ...percent(["network", "SocketServer", "NetworkProcessorAvgIdlePercent"], idle, () => process.loopIdleShare()),
    singleSample(
      { name: "kafka_server_kafkaserver_linux_disk_read_bytes", type: "gauge", help: "Bytes read from disks." },
      () => process.diskBytes()?.read,
    ),
    singleSample(
      { name: "kafka_server_kafkaserver_linux_disk_write_bytes", type: "gauge", help: "Bytes written to disks." },
      () => process.diskBytes()?.written,
    ),
    ...gauge(["server", "DelayedOperationPurgatory", "PurgatorySize"], "Requests that wait.", function* (sink) {
      sink(labelText({ delayedOperation: "Fetch" }), fetches.waitingCount);
      yield;
    }),
    ...plainGauge(["server", "FetchSessionCache", "NumIncrementalFetchSessions"], "Fetch sessions.", () => fetches.sessions.size),
    singleSample({ name: "ottla_client_memory_bytes", type: "gauge", help: "Held on behalf of clients." }, () => clientMemory.heldBytes),
    singleSample(
      { name: "ottla_client_memory_capacity_bytes", type: "gauge", help: "What may be held on behalf of clients." },
      () => clientMemory.capacityBytes,
    ),
    singleSample(
      { name: "ottla_client_memory_waiters", type: "gauge", help: "Clients that wait for memory." },
      () => clientMemory.waiterCount,
    ),
    singleSample({ name: "ottla_audit_events_total", type: "counter", help: "Audit events written." }, () => audit?.writtenCount),
    singleSample({ name: "ottla_audit_lost_total", type: "counter", help: "Audit events that were lost." }, () => audit?.lostCount),
    own("ottla_log_refusing", "gauge", "1: a partition takes no more records until it is opened again.", function* (sink) {
      for (const { topic, index, log } of partitions.all()) {
        if (log.refusal) sink(partitionLabels(topic, index), 1);
        yield;
      }
    }),
  ];
}

/** Strimzi's and Confluent's rules name both the attributes and the labels in their own ways. */
function connectionFamilies(sources: MetricSources): MetricFamily[] {
  return [
    ["kafka_server_socket_server_metrics", "networkProcessor"] as const,
    ["kafka_server_socketservermetrics", "network_processor"] as const,
  ].flatMap(([prefix, processor]) => {
    const each = (name: string, type: "gauge" | "counter", help: string, value: (listener: ListenerConnections) => number) =>
      own(`${prefix}_${name}`, type, help, function* (sink) {
        for (const listener of sources.connections())
          sink(labelText({ listener: listener.listenerName, [processor]: listener.nodeId }), value(listener));
        yield;
      });
    return [
      each("connection_count", "gauge", "Connections.", ({ connectionCount }) => connectionCount),
      each("connection_creation_total", "counter", "Connections since the start.", ({ acceptedCount }) => acceptedCount),
      each(
        "connection_close_total",
        "counter",
        "Connections that ended.",
        ({ acceptedCount, connectionCount }) => acceptedCount - connectionCount,
      ),
    ];
  });
}
