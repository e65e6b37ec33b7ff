import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@ottla/base/node";
import { readPage } from "./read-page.ts";

const read = (...lines: readonly string[]) => readPage("host:9404", lines.join("\n"), systemClock);

test("a broker's load is read from Strimzi's names, from the JMX exporter's own, and from those that keep the attribute", async () => {
  const strimzi = await read(
    "# HELP kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent idle",
    "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent 0.25",
    "kafka_network_socketserver_networkprocessoravgidle_percent 0.75",
    'kafka_server_socket_server_metrics_connection_count{listener="PLAIN",networkprocessor="0",} 12.0',
    'kafka_server_socket_server_metrics_connection_count{listener="PLAIN",networkprocessor="1"} 30 1764000000000',
    'kafka_server_replicafetchermanager_maxlag{clientid="Replica"} 7',
  );
  const load = { page: "host:9404", handlerIdle: 0.25, networkIdle: 0.75, replicaLagMax: 7, connections: 42, oldRequests: [] };
  assert.deepEqual(strimzi.broker, load);
  const plain = await read(
    'kafka_server_KafkaRequestHandlerPool_Count{name="RequestHandlerAvgIdlePercent"} 0.9',
    'kafka_server_KafkaRequestHandlerPool_MeanRate{name="RequestHandlerAvgIdlePercent"} 0.8',
    'kafka_server_KafkaRequestHandlerPool_OneMinuteRate{name="RequestHandlerAvgIdlePercent"} 0.25',
    'kafka_server_KafkaRequestHandlerPool_FifteenMinuteRate{name="RequestHandlerAvgIdlePercent"} 0.7',
    'kafka_network_SocketServer_Value{name="NetworkProcessorAvgIdlePercent"} 0.75',
    'kafka_server_socket_server_metrics_connection_count{listener="A",networkProcessor="0"} 42',
    'kafka_server_ReplicaFetcherManager_Value{name="MaxLag",clientId="Replica"} 7',
  );
  assert.deepEqual(plain.broker, load);
});

test("old versions of requests are told with the software that sends them", async () => {
  const { broker } = await read(
    'kafka_network_RequestMetrics_Count{name="DeprecatedRequestsPerSec",request="Produce",version="2",clientSoftwareName="sarama",clientSoftwareVersion="1.19.0"} 12',
    'kafka_network_RequestMetrics_OneMinuteRate{name="DeprecatedRequestsPerSec",request="Produce",version="2",clientSoftwareName="sarama",clientSoftwareVersion="1.19.0"} 0.2',
    'kafka_network_requestmetrics_deprecatedrequests_total{request="Fetch",version="3",clientsoftwarename="unknown",clientsoftwareversion="unknown"} 5',
  );
  assert.deepEqual(broker?.oldRequests, [
    { request: "Produce", apiVersion: "2", client: "sarama 1.19.0", requests: 12 },
    { request: "Fetch", apiVersion: "3", client: "unknown", requests: 5 },
  ]);
});

test("clients and Streams applications are read from Java's names, by JMX and as clients send them", async () => {
  const byJmx = await read(
    'kafka_consumer_consumer_metrics_time_between_poll_max{client_id="billing-1"} 151000',
    'kafka_consumer_consumer_metrics_time_between_poll_avg{client_id="billing-1"} NaN',
    'kafka_consumer_consumer_fetch_manager_metrics_records_lag_max{client_id="billing-1"} 10',
    'kafka_consumer_consumer_fetch_manager_metrics_records_lag_max{client_id="billing-1",topic="orders",partition="0"} 40',
    'kafka_producer_producer_metrics_outgoing_byte_rate{client_id="shop"} 2e6',
    'kafka_producer_producer_metrics_compression_rate_avg{client_id="shop"} 1.0',
    'kafka_streams_stream_metrics_failed_stream_threads{client_id="orders-4f"} 1',
    'kafka_streams_stream_metrics_client_state{client_id="orders-4f",application_id="orders"} 2',
    'kafka_streams_stream_thread_metrics_process_ratio{thread_id="orders-4f-StreamThread-1"} 0.97',
    'kafka_streams_stream_task_metrics_dropped_records_rate{thread_id="orders-4f-StreamThread-1",task_id="0_1"} 0.5',
    'kafka_streams_stream_state_updater_metrics_active_restoring_tasks{thread_id="orders-4f-StateUpdater-1"} 2',
  );
  assert.equal(byJmx.broker, undefined);
  assert.deepEqual(
    byJmx.clients.map(({ clientId, pollGapMaxMs, pollGapAvgMs, recordsLagMax, sentBytesPerS, compressionRatio }) => [
      clientId,
      pollGapMaxMs,
      pollGapAvgMs,
      recordsLagMax,
      sentBytesPerS,
      compressionRatio,
    ]),
    [
      ["billing-1", 151_000, undefined, 40, undefined, undefined],
      ["shop", undefined, undefined, undefined, 2e6, 1],
    ],
  );
  assert.deepEqual(byJmx.streams, [
    {
      page: "host:9404",
      application: "orders",
      state: "RUNNING",
      aliveThreads: undefined,
      failedThreads: 1,
      threads: [{ thread: "orders-4f-StreamThread-1", processRatio: 0.97, pollRatio: undefined, commitRatio: undefined }],
      dropping: [{ task: "0_1", perS: 0.5 }],
      restoringTasks: 2,
      restoreRemaining: undefined,
    },
  ]);
  const bySending = await read('org_apache_kafka_consumer_time_between_poll_max{client_id="billing-1"} 5');
  assert.equal(bySending.clients[0]?.pollGapMaxMs, 5);
});

test("an Ottla Streams instance's own answer says the same", async () => {
  const answer = JSON.stringify({
    metrics: [
      { group: "stream-metrics", name: "state", tags: { "client-id": "orders-4f" }, value: "ERROR" },
      { group: "stream-metrics", name: "alive-stream-threads", tags: { "client-id": "orders-4f" }, value: 0 },
      {
        group: "stream-task-metrics",
        name: "dropped-records-rate",
        tags: { "thread-id": "orders-4f-worker-1", "task-id": "0_0" },
        value: 3,
      },
      { group: "stream-thread-metrics", name: "poll-ratio", tags: { "thread-id": "orders-4f-worker-1" }, value: null },
    ],
  });
  const [streams] = (await read(answer)).streams;
  assert.deepEqual(
    [streams?.application, streams?.state, streams?.aliveThreads, streams?.dropping],
    ["orders-4f", "ERROR", 0, [{ task: "0_0", perS: 3 }]],
  );
});

test("what is no page of metrics, or half of one, says nothing and harms nobody", async () => {
  for (const text of [
    "",
    "<html>login</html>",
    '{"metrics": [1, null, {"group": 3}',
    '{"metrics": {"a": 1}}',
    'kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent{a="',
    "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent",
    "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent NaN",
    'consumer_metrics_time_between_poll_max{client_id="__proto__"} x',
    `up{a="${"x".repeat(100_000)}"} 1`,
  ])
    assert.deepEqual(await read(text), { broker: undefined, clients: [], streams: [] });
  const odd = await read('kafka_consumer_consumer_metrics_time_between_poll_max{client_id="a\\"b\\\\c\\nd"} +Inf 1', "");
  assert.deepEqual(odd.clients, []);
});
