import assert from "node:assert/strict";
import { test } from "node:test";
import { downBroker, exampleBroker, exampleCluster, exampleGroup, examplePartition, exampleTopic } from "../doctor/example-cluster.ts";
import { notObserved, observed } from "../snapshot/observed.ts";
import { StillCluster, withAgent } from "./testing/scripted-agent.ts";

/** What somebody asks an agent, the calls that answer it, and what each answer must say. */
interface Scenario {
  readonly asked: string;
  readonly cluster?: ConstructorParameters<typeof StillCluster>[0];
  readonly calls: readonly (readonly [tool: string, input: object, says: RegExp])[];
}

const DOMAIN = `system: shop
cluster: { brokers: 3 }
events:
  orders.order.placed: { key: orderId, rate: 500/s, size: 2KB, order: perKey, retention: 7d, fields: { orderId: string, total: decimal } }
services:
  checkout: { produces: [orders.order.placed] }
  warehouse: { consumes: [orders.order.placed], timePerRecord: 8ms }
`;
const lagging = (
  committed: readonly number[],
  end: number,
  members: Readonly<Record<string, readonly number[]>> = { "a-1": [0, 1], "a-2": [2] },
) => exampleCluster({ read: [exampleGroup("billing", "orders", { committed, ends: [end, end, end], members })] });
const lint = (path: string, text: string, says: RegExp): Scenario["calls"][number] => ["lint", { files: [{ path, text }] }, says];
const size = (calculator: string, inputs: object, says: RegExp): Scenario["calls"][number] => ["size", { calculator, inputs }, says];
const CLIENT = "bootstrap.servers=a:9092,b:9092,c:9092\n";

const scenarios: readonly Scenario[] = [
  { asked: "How should we design the topics of our shop?", calls: [["design", { domain: DOMAIN }, /orders\.order\.placed/]] },
  { asked: "Is our design file complete?", calls: [["design", { domain: "system: shop\nevents: {}\n" }, /"problems":\[".+/]] },
  {
    asked: "We need exactly-once for payments",
    calls: [lint("producer.properties", `${CLIENT}enable.idempotence=true\nacks=1\n`, /PRD-04/)],
  },
  {
    asked: "Make producing as fast as possible",
    calls: [lint("producer.properties", `${CLIENT}acks=0\n`, /PRD-01/), ["explain_rule", { id: "PRD-01" }, /lost|loss|lose/i]],
  },
  {
    asked: "Our consumer keeps rebalancing",
    calls: [lint("consumer.properties", `${CLIENT}group.id=g\nsession.timeout.ms=10000\nheartbeat.interval.ms=9000\n`, /CNS-02/)],
  },
  {
    asked: "Is this broker configuration fine for production?",
    calls: [
      lint(
        "server.properties",
        "process.roles=broker\nnode.id=1\ncontroller.quorum.bootstrap.servers=c:9093\nunclean.leader.election.enable=true\n",
        /BRK-01/,
      ),
    ],
  },
  {
    asked: "Review this, and keep the secret",
    calls: [
      lint(
        "client.properties",
        `${CLIENT}security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="hunter2";\n`,
        /SEC-11(?!.*hunter2)/s,
      ),
    ],
  },
  {
    asked: "Is this file something you can read?",
    calls: [["lint", { files: [{ path: "notes.bin", text: "x" }] }, /notes\.bin: its name is none of a kind that is read/]],
  },
  {
    asked: "Is this Avro schema fine?",
    calls: [lint("order.avsc", '{"type":"record","name":"Order","fields":[{"name":"total","type":"double"}]}', /SCH-06/)],
  },
  {
    asked: "How many partitions for 100 MB/s and 20 consumers?",
    calls: [
      ["list_calculators", {}, /"name":"partitions"/],
      size("partitions", { write: "100MB/s", consumers: 20, use: 1 }, /"result":"partitions"/),
    ],
  },
  { asked: "How long until the backlog is gone?", calls: [size("drain", { lag: 3_600_000, produced: 1000, consumed: 1500 }, /7200|2 h/)] },
  { asked: "Which calculators are there for a rate without a unit?", calls: [size("disk", { write: "100" }, /100.*no quantity|unit/)] },
  { asked: "How much disk do we need?", calls: [size("disk", { write: "50MB/s", retention: "7d", ratio: 0.5 }, /"result":"[a-zA-Z]+"/)] },
  {
    asked: "Set up monitoring for Strimzi",
    calls: [
      ["gen_monitoring", { profiles: ["strimzi"] }, /KafkaOfflinePartitions/],
      ["gen_monitoring", { profiles: ["strimzi"], file: "kafka-rules.test.yaml" }, /KafkaOfflinePartitions fires/],
    ],
  },
  {
    asked: "What do I do about KafkaGroupStopped of billing?",
    calls: [["gen_runbook", { alert: "KafkaGroupStopped", labels: { group: "billing" } }, /ottla lag explain billing/]],
  },
  {
    asked: "What is in these bytes?",
    calls: [["decode_record", { bytes: Buffer.from([0, 0, 0, 0, 42, 1, 2]).toString("base64") }, /"schemaId":42/]],
  },
  {
    asked: "What are these bytes, cut or in the other encoding?",
    calls: [
      ["decode_record", { bytes: "aazz", encoding: "hex" }, /INVALID_INPUT: bytes is no hex/],
      ["decode_record", { bytes: "abc", encoding: "hex" }, /INVALID_INPUT: bytes is no hex/],
      ["decode_record", { bytes: "aa bb", encoding: "hex" }, /"length":2/],
      ["decode_record", { bytes: "!!!!" }, /INVALID_INPUT: bytes is no base64/],
      ["decode_record", { bytes: "AAAAA" }, /INVALID_INPUT: bytes is no base64/],
    ],
  },
  {
    asked: "Change nothing, but as a plan",
    calls: [
      ["plan_config", { type: "topic", name: "orders", settings: {} }, /INVALID_INPUT: .*it names no setting/s],
      ["plan_config", JSON.parse('{"type":"topic","name":"orders","settings":{"__proto__":"1"}}'), /INVALID_INPUT: .*it names no setting/s],
      ["plan_quota", { user: "alice", quotas: {} }, /INVALID_INPUT: .*it names no quota/s],
    ],
  },
  { asked: "What rules are there about retention?", calls: [["list_rules", { text: "retention" }, /"id":"TOP-|"id":"BRK-/]] },
  {
    asked: "How is the cluster?",
    calls: [
      ["cluster_overview", {}, /"offlinePartitions":0.*"groups":0/],
      ["health_check", {}, /"verdict":"healthy"/],
    ],
  },
  {
    asked: "Broker 2 is gone, what now?",
    cluster: {
      snapshot: exampleCluster({
        brokers: [exampleBroker(1), downBroker(2), exampleBroker(3)],
        only: [exampleTopic("orders", [examplePartition(0, { replicas: [1, 2, 3], isr: [1, 3], offline: [2] })])],
      }),
    },
    calls: [
      ["health_check", {}, /"verdict":"findings".*[Bb]roker 2/],
      ["can_restart_broker", { broker: 1 }, /"answer":"no"/],
    ],
  },
  {
    asked: "Nobody can write to orders",
    cluster: {
      snapshot: exampleCluster({
        only: [exampleTopic("orders", [examplePartition(0, { isr: [], leader: undefined, offline: [1, 2, 3] })])],
      }),
    },
    calls: [
      ["cluster_overview", {}, /"offlinePartitions":1/],
      ["health_check", {}, /CLU-01/],
      ["gen_runbook", { alert: "KafkaOfflinePartitions" }, /CLU-01/],
    ],
  },
  { asked: "May I restart broker 1?", calls: [["can_restart_broker", { broker: 1 }, /"answer":"yes"/]] },
  {
    asked: "May I restart broker 1, if I may not see the topics?",
    cluster: { snapshot: { ...exampleCluster(), topics: notObserved("refused", "This principal may not list topics.") } },
    calls: [["can_restart_broker", { broker: 1 }, /"answer":"unknown".*may not list topics/]],
  },
  {
    asked: "Is everything well, although you see little?",
    cluster: { snapshot: { ...exampleCluster(), groups: notObserved("timedOut", "No answer in time.") } },
    calls: [["health_check", {}, /"notChecked":\[.*No answer in time/]],
  },
  {
    asked: "Why is billing behind?",
    cluster: { snapshot: lagging([100, 100, 100], 1000), later: lagging([110, 110, 110], 3000) },
    calls: [["explain_lag", { groupId: "billing" }, /"causes":\[\{"id":"too-slow"/]],
  },
  {
    asked: "Is billing stuck?",
    cluster: { snapshot: lagging([100, 100, 100], 1000), later: lagging([100, 500, 900], 1200) },
    calls: [["explain_lag", { groupId: "billing" }, /stuck-|orders:0/]],
  },
  {
    asked: "Nobody reads for billing",
    cluster: { snapshot: lagging([100, 100, 100], 1000, {}) },
    calls: [
      ["explain_lag", { groupId: "billing" }, /no-members/],
      ["describe_group", { groupId: "billing" }, /"state":"Empty"/],
    ],
  },
  {
    asked: "What about a group that is not there?",
    calls: [
      ["explain_lag", { groupId: "ghost" }, /UNKNOWN_GROUP: group ghost/],
      ["describe_group", { groupId: "ghost" }, /UNKNOWN_GROUP/],
    ],
  },
  {
    asked: "How far behind are all groups?",
    cluster: { snapshot: lagging([900, 900, 900], 1000) },
    calls: [
      ["list_groups", {}, /"lag":300/],
      ["lag_report", {}, /"totalLag":300/],
    ],
  },
  {
    asked: "What are the settings of orders?",
    cluster: { snapshot: exampleCluster() },
    calls: [
      ["describe_topic", { topic: "orders" }, /"min\.insync\.replicas"/],
      ["describe_topic", { topic: "nope" }, /UNKNOWN_TOPIC/],
    ],
  },
  {
    asked: "Do the brokers agree?",
    cluster: {
      snapshot: exampleCluster({
        brokers: [
          exampleBroker(1),
          exampleBroker(2, { set: { "num.io.threads": "4" } }),
          exampleBroker(3, { set: { "num.io.threads": "8" } }),
        ],
      }),
    },
    calls: [
      ["config_diff", {}, /num\.io\.threads/],
      ["broker_config", { broker: 2, contains: "num.io" }, /"value":"4"/],
    ],
  },
  { asked: "Are the controllers well?", calls: [["quorum_status", {}, /"leaderId":101.*"lacksRecords":0/]] },
  { asked: "Are the disks filling up?", calls: [["log_dirs", {}, /"usableBytes":700000000000/]] },
  {
    asked: "Who can write to orders?",
    cluster: {
      snapshot: exampleCluster({
        acls: observed({
          authorizer: "enabled",
          acls: [
            {
              resourceType: "topic",
              resourceName: "ord",
              patternType: "prefixed",
              principal: "User:shop",
              host: "*",
              operation: "write",
              permission: "allow",
            },
            {
              resourceType: "topic",
              resourceName: "*",
              patternType: "literal",
              principal: "User:evil",
              host: "*",
              operation: "all",
              permission: "allow",
            },
            {
              resourceType: "topic",
              resourceName: "orders",
              patternType: "literal",
              principal: "User:evil",
              host: "*",
              operation: "write",
              permission: "deny",
            },
          ],
        }),
      }),
    },
    calls: [
      [
        "who_can",
        { operation: "write", resourceType: "topic", resourceName: "orders" },
        /"allowedBy":\[\{[^\]]*User:shop[^\]]*\}\],"deniedBy":\[\{[^\]]*User:evil/,
      ],
      ["list_acls", { principal: "User:evil" }, /"total":3/],
    ],
  },
  {
    asked: "Is the cluster secured at all?",
    cluster: { snapshot: exampleCluster({ acls: observed({ authorizer: "disabled" }) }) },
    calls: [["list_acls", {}, /Everybody may do everything/]],
  },
  {
    asked: "Who has quotas?",
    calls: [
      ["list_quotas", {}, /producer_byte_rate/],
      ["list_users", {}, /"users":\[\]/],
    ],
  },
  { asked: "Are partitions being moved?", calls: [["reassignments", {}, /"reassignments":\[\]/]] },
  { asked: "Does a transaction hang?", calls: [["transactions", {}, /"hanging":\[\]/]] },
  {
    asked: "Keep orders for two weeks",
    calls: [
      [
        "plan_config",
        { type: "topic", name: "orders", settings: { "retention.ms": "1209600000" }, reason: "billing is behind" },
        /"digest":".+"steps":\[\{"id":"1"/,
      ],
    ],
  },
  {
    asked: "Twelve partitions for orders, please",
    calls: [["plan_partition_increase", { topic: "orders", partitionCount: 12 }, /"highestRisk":"high"/]],
  },
  { asked: "Delete everything", calls: [["plan_changes", { changes: [{ kind: "deleteEverything" }] }, /INVALID_INPUT/]] },
  { asked: "Just do it without a plan", calls: [["apply_plan", { planId: "plan-000000000000", digest: "x" }, /UNKNOWN_PLAN/]] },
  {
    asked: "Mend min ISR",
    cluster: { set: { "min.insync.replicas": "3" }, topics: 1 },
    calls: [["plan_fix", { only: ["TOP-03"] }, /"settings":\{"min\.insync\.replicas":"2"\}/]],
  },
];

for (const { asked, cluster, calls } of scenarios)
  test(`“${asked}”`, async () => {
    const still = new StillCluster(cluster);
    await withAgent({ cluster: still, limits: { allowWrites: true } }, async (call) => {
      for (const [tool, input, says] of calls) assert.match((await call(tool, input)).text, says, tool);
    });
    assert.deepEqual(still.applied, []);
  });
