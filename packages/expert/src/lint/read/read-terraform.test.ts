import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFile } from "../lint-file.ts";
import { printHcl } from "../../design/outputs/hcl.ts";
import { readFile } from "./read-file.ts";

async function read(path: string, text: string): Promise<readonly string[]> {
  const { documents } = await readFile({ path, text });
  return documents.map(
    ({ document: { kind, part, entries } }) =>
      `${kind} ${part ?? "-"}: ${entries.map(({ key, line, value }) => `${key}@${line}=${value}`).join(" ")}`,
  );
}

const MAIN = `# ottla: allow TOP-01 because this cluster has one node
terraform {
  required_providers {
    kafka = { source = "Mongey/kafka" }
  }
}
locals {
  copies = 3
}
provider "kafka" {
  bootstrap_servers = ["a:9092", "b:9092"]
  sasl_username     = "x"
  sasl_password     = "hunter2"
  tls_enabled       = false
}
resource "kafka_topic" "orders" {
  name               = "shop.orders"
  replication_factor = local.copies
  partitions         = var.partitions
  config = {
    "retention.ms"        = "-1" // for ever
    "min.insync.replicas" : 3,
    "cleanup.policy"      = "\${var.policy}"
  }
}
resource "confluent_kafka_topic" "paid" {
  topic_name       = "paid"
  partitions_count = 6
  config           = merge(local.defaults, { "retention.ms" = "1" })
  kafka_cluster { id = confluent_kafka_cluster.main.id }
}
resource "kafka_acl" "all" {
  resource_name                = "*"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:web"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}
resource "aws_msk_configuration" "main" {
  server_properties = <<-PROPERTIES
    unclean.leader.election.enable = true
    num.partitions = 3
  PROPERTIES
}
`;

test("Terraform: topics, rules and logins of the providers for Kafka, with what locals say", async () => {
  assert.deepEqual(await read("main.tf", MAIN), [
    "client provider.kafka: bootstrap.servers@11=a:9092,b:9092 sasl.password@13=hunter2 security.protocol@14=SASL_PLAINTEXT",
    "topic topic shop.orders: topic@17=shop.orders partitions@19=${var.partitions} replication-factor@18=3 retention.ms@21=-1 min.insync.replicas@22=3 cleanup.policy@23=${var.policy}",
    "topic topic paid: topic@27=paid partitions@28=6",
    "acl ACL of User:web: principal@32=User:web permission@32=allow operation@32=write resource-type@32=topic resource-name@32=* pattern-type@32=literal host@32=*",
    "broker aws_msk_configuration.main: unclean.leader.election.enable@43=true num.partitions@44=3",
  ]);
});

test("Terraform: what is found, and what variables keep from being judged is said", async () => {
  const { findings, notChecked } = await lintFile({ path: "main.tf", text: MAIN });
  assert.deepEqual(
    findings.map(({ rule, line }) => `${rule}@${line}`),
    ["SEC-11@13", "SEC-01@14", "TOP-12@21", "TOP-03@22", "SEC-07@32", "BRK-01@43"],
  );
  assert.ok(findings.every(({ evidence, message }) => !`${evidence}${message}`.includes("hunter2")));
  assert.deepEqual(notChecked, [
    {
      subject: "main.tf",
      reason: "Variables and expressions fill in 2 values (line 19, 23); what they become is not known here.",
      isValueOnly: true,
    },
  ]);
});

test("Terraform: its JSON is read as its own form is", async () => {
  const text = JSON.stringify({ resource: { kafka_topic: { orders: { name: "orders", partitions: 3, replication_factor: 1 } } } });
  assert.deepEqual(await read("topics.tf.json", text), ["topic topic orders: topic@1=orders partitions@1=3 replication-factor@1=1"]);
});

test("Terraform: half of a file, other providers' files, and what nests too deep", async () => {
  const half = await readFile({ path: "a.tf", text: 'resource "kafka_topic" "a" {\n  name = "a"\n  partitions = 3\n  config = {\n' });
  assert.match(half.notChecked[0]!.reason, /no HCL that can be read; the rest/);
  const open = await readFile({ path: "a.tf", text: 'resource "kafka_topic" "a" {\n  name = "a\n' });
  assert.match(open.notChecked[0]!.reason, /no HCL that can be read/);
  assert.deepEqual((await readFile({ path: "b.tf", text: 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n}\n' })).documents, []);
  const deep = await readFile({ path: "c.tf", text: `x = "kafka_topic"\ny = ${"[".repeat(10_000)}` });
  assert.match(deep.notChecked[0]!.reason, /nests too deep/);
});

test("Terraform: what design writes is read back", async () => {
  const text = printHcl([
    {
      words: ["resource", "kafka_topic", "a"],
      attributes: [
        ["name", "shop.a"],
        ["replication_factor", 3],
        ["partitions", 12],
        ["config", { "retention.ms": "604800000", "x.y": 'quote " and ${ template' }],
      ],
    },
  ]);
  assert.deepEqual(await read("main.tf", text), [
    'topic topic shop.a: topic@2=shop.a partitions@4=12 replication-factor@3=3 retention.ms@6=604800000 x.y@7=quote " and ${ template',
  ]);
});

test("tables of rules and topics, and what Kafka's tools list", async () => {
  assert.deepEqual(
    await read(
      "acls.csv",
      'Principal,ResourceType,PatternType,ResourceName,Operation,PermissionType,Host\nUser:a,TOPIC,LITERAL,"o,1",READ,ALLOW,*\nUser:*,TOPIC,PREFIXED,x,ALL,ALLOW,*\n',
    ),
    [
      "acl ACL of User:a: principal@2=User:a permission@2=allow operation@2=read resource-type@2=topic resource-name@2=o,1 pattern-type@2=literal host@2=*",
      "acl ACL of User:*: principal@3=User:* permission@3=allow operation@3=all resource-type@3=topic resource-name@3=x pattern-type@3=prefixed host@3=*",
    ],
  );
  assert.deepEqual(
    await read(
      "topics.csv",
      "\u{feff}# made by hand\nTopic;Partitions;Replication Factor;retention.ms\r\norders;3;1;-1\r\n\r\npaid;6;3;\r\n",
    ),
    [
      "topic topic orders: topic@3=orders partitions@3=3 replication-factor@3=1 retention.ms@3=-1",
      "topic topic paid: topic@5=paid partitions@5=6 replication-factor@5=3",
    ],
  );
  assert.deepEqual(await read("people.csv", "name,age\nx,3\n"), []);
  assert.deepEqual(
    await read(
      "described.txt",
      "Topic: orders\tTopicId: abc\tPartitionCount: 3\tReplicationFactor: 1\tConfigs: cleanup.policy=compact,delete,min.insync.replicas=1\n\tTopic: orders\tPartition: 0\tLeader: 1\n",
    ),
    ["topic topic orders: topic@1=orders partitions@1=3 replication-factor@1=1 cleanup.policy@1=compact,delete min.insync.replicas@1=1"],
  );
  assert.deepEqual(
    await read(
      "acls.txt",
      "Current ACLs for resource `ResourcePattern(resourceType=TOPIC, name=orders, patternType=LITERAL)`: \n \t(principal=User:a, host=*, operation=WRITE, permissionType=ALLOW)\n",
    ),
    [
      "acl ACL of User:a: principal@2=User:a permission@2=allow operation@2=write resource-type@2=topic resource-name@2=orders pattern-type@2=literal host@2=*",
    ],
  );
});

test("Terraform: what a variable decides of TLS is not judged as none", async () => {
  const text = 'provider "kafka" {\n  bootstrap_servers = ["a:1"]\n  tls_enabled = var.tls\n  skip_tls_verify = var.skip\n}\n';
  assert.deepEqual(await read("main.tf", text), ["client provider.kafka: bootstrap.servers@2=a:1"]);
});
