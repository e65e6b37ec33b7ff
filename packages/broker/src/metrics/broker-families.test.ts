import assert from "node:assert/strict";
import { test } from "node:test";
import { prometheusText } from "@ottla/base";
import { systemClock } from "@ottla/base/node";
import { SimulatedDisk } from "@ottla/base/simulated";
import { ErrorCode } from "@ottla/protocol";
import { findCoordinatorApi, makeFindCoordinatorRequest } from "@ottla/protocol/apis/find-coordinator";
import {
  makeOffsetCommitRequest,
  makeOffsetCommitRequestPartition,
  makeOffsetCommitRequestTopic,
  offsetCommitApi,
} from "@ottla/protocol/apis/offset-commit";
import { createTopic, fetch, produce } from "../testing/data-path.ts";
import { sampleBatch } from "../testing/sample-batches.ts";
import { TestBroker } from "../testing/test-broker.ts";
import { brokerFamilies } from "./broker-families.ts";
import { brokerHealth } from "./broker-health.ts";
import { dashboardNames } from "./testing/dashboard-names.ts";

const idle = { loopIdleShare: () => 0.75, diskBytes: () => ({ read: 11, written: 22 }) };
const SAMPLE = /^([a-z0-9_]+(?:\{[a-zA-Z_]+="[^"]*"(?:,[a-zA-Z_]+="[^"]*")*\})?) (\S+)$/;

/** All samples by name and labels. */
async function samplesOf(broker: TestBroker): Promise<ReadonlyMap<string, number>> {
  const samples = new Map<string, number>();
  let text = "";
  for await (const piece of prometheusText(systemClock, brokerFamilies(broker.running, idle))) text += piece;
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, key = "", value = ""] = SAMPLE.exec(line) ?? assert.fail(`no sample: ${line}`);
    assert.ok(!samples.has(key), `twice: ${key}`);
    samples.set(key, Number(value));
  }
  return samples;
}

test("what was written, read, refused and committed shows under Strimzi's and Confluent's names", async () => {
  await using broker = await TestBroker.start({
    settings: { "offsets.topic.num.partitions": "1", "offsets.topic.replication.factor": "1" },
  });
  await createTopic(broker, "orders", {}, { numPartitions: 2 });
  const batch = sampleBatch(["a", "b", "c"]);
  await produce(broker, "orders", batch);
  await produce(broker, "orders", sampleBatch(["x"], { isTransactional: true, producer: { id: 1, epoch: 0, sequence: 0 } }));
  await fetch(broker, [{ topic: "orders", offset: 0 }]);
  await fetch(broker, [{ topic: "orders", offset: 99 }]);
  await broker.send(findCoordinatorApi, 2, makeFindCoordinatorRequest({ key: "g", keyType: 0 }));
  const partitions = [makeOffsetCommitRequestPartition({ partitionIndex: 0, committedOffset: 1 })];
  const topics = [makeOffsetCommitRequestTopic({ name: "orders", partitions })];
  for (let code: number = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS; code !== 0; ) {
    const answer = await broker.send(offsetCommitApi, 8, makeOffsetCommitRequest({ groupId: "g", topics }));
    code = answer.topics[0]!.partitions[0]!.errorCode;
  }
  const samples = await samplesOf(broker);
  const expected: Readonly<Record<string, number>> = {
    'kafka_server_brokertopicmetrics_messagesin_total{topic="orders"}': 3,
    'kafka_server_brokertopicmetrics_messagesinpersec{topic="orders"}': 3,
    'kafka_server_brokertopicmetrics_bytesin_total{topic="orders"}': batch.length,
    'kafka_server_brokertopicmetrics_bytesout_total{topic="orders"}': batch.length,
    'kafka_server_brokertopicmetrics_failedfetchrequests_total{topic="orders"}': 1,
    'kafka_server_brokertopicmetrics_totalfetchrequests_total{topic="orders"}': 2,
    kafka_server_brokertopicmetrics_messagesin_total: 4,
    'kafka_network_requestmetrics_requests_total{request="Produce",version="12"}': 2,
    'kafka_network_requestmetrics_errors_total{request="Fetch",error="OFFSET_OUT_OF_RANGE"}': 1,
    'kafka_network_requestmetrics_totaltimems_count{request="Fetch"}': 2,
    'ottla_request_duration_seconds_bucket{request="Fetch",le="+Inf"}': 2,
    'kafka_log_log_logendoffset{topic="orders",partition="0"}': 3,
    'kafka_log_log_size{topic="orders",partition="1"}': 0,
    'kafka_cluster_partition_underminisr{topic="orders",partition="0"}': 0,
    kafka_controller_kafkacontroller_globaltopiccount: 2,
    kafka_controller_kafkacontroller_globalpartitioncount: 3,
    kafka_controller_kafkacontroller_offlinepartitionscount: 0,
    kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent: 0.75,
    kafka_server_kafkaserver_linux_disk_write_bytes: 22,
    'kafka_consumergroup_lag{consumergroup="g",topic="orders",partition="0"}': 2,
    'kafka_topic_partitions{topic="orders"}': 2,
    'ottla_transactional_ids{state="Ongoing"}': 0,
    ottla_transaction_oldest_seconds: 0,
    'kafka_log_logcleanermanager_uncleanable_partitions_count{logDirectory="/data"}': 0,
    kafka_log_logcleanermanager_max_dirty_percent: 0,
    kafka_log_logcleaner_max_clean_time_secs: 0,
    kafka_log_logflushstats_logflushrateandtimems_count: 0,
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((key) => [key, samples.get(key)])), expected);
  const created = samples.get('kafka_server_socket_server_metrics_connection_creation_total{listener="PLAINTEXT",networkProcessor="1"}')!;
  assert.ok(created >= 7, `each request had a connection of its own: ${created}`);
  const quantile = samples.get('kafka_network_requestmetrics_totaltimems{request="Fetch",quantile="0.99"}')!;
  assert.ok(quantile > 0 && quantile < 60_000);
  const failed = samples.get('kafka_server_brokertopicmetrics_failedproducerequests_total{topic="orders"}')!;
  assert.equal(samples.get('kafka_server_brokertopicmetrics_totalproducerequests_total{topic="orders"}'), 1 + failed);
});

test("what Produce takes for enough replicas in sync, the metrics do too", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "modest", { "min.insync.replicas": "2" });
  assert.equal((await produce(broker, "modest", sampleBatch(["a"]))).errorCode, 0);
  const samples = await samplesOf(broker);
  const of = (name: string) => samples.get(`kafka_cluster_partition_${name}{topic="modest",partition="0"}`);
  assert.deepEqual([of("underminisr"), of("atminisr")], [0, 1]);
  const sums = ["underminisrpartitioncount", "atminisrpartitioncount", "partitioncount"];
  assert.deepEqual(
    sums.map((name) => samples.get(`kafka_server_replicamanager_${name}`)),
    [0, 1, 1],
  );
});

test("every name that Strimzi's and Confluent's broker dashboards read is there, but for those named with a reason", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "orders");
  await produce(broker, "orders", sampleBatch(["a"]));
  const there = new Set([...(await samplesOf(broker)).keys()].map((key) => key.replace(/\{.*/, "")));
  for (const [name, absence] of Object.entries(dashboardNames))
    assert.equal(there.has(name), absence === undefined, `${name}: ${absence ?? "there"}`);
});

test("a deleted topic takes its own counts along; those of all topics stay", async () => {
  await using broker = await TestBroker.start();
  await createTopic(broker, "gone");
  await produce(broker, "gone", sampleBatch(["a", "b"]));
  const { topicId } = broker.running.state.metadata.topic("gone")!;
  await broker.running.state.controller.change(() => [{ kind: "topic-deleted", topicId }]);
  const samples = await samplesOf(broker);
  assert.ok(![...samples.keys()].some((key) => key.includes('topic="gone"')));
  assert.equal(samples.get("kafka_server_brokertopicmetrics_messagesin_total"), 2);
});

test("a broker whose metadata failed is not healthy, and says why", async () => {
  const disk = new SimulatedDisk();
  await using broker = await TestBroker.start({ disk });
  assert.deepEqual(brokerHealth(broker.running.state), { faults: [], waitsFor: [] });
  disk.fail({ operation: "sync", path: "metadata.journal" });
  await createTopic(broker, "t").catch(() => {});
  const { faults } = brokerHealth(broker.running.state);
  assert.match(faults.join(" "), /metadata journal .* has failed/);
});
