import assert from "node:assert/strict";
import { test } from "node:test";
import { type AuditBody, type AuditEvent, parseAuditLine } from "@ottla/base";
import { FaultyDisk, MemoryDisk } from "@ottla/base/simulated";
import { AclOperation, AclPermissionType, ErrorCode, PatternType, ResourceType } from "@ottla/protocol";
import {
  alterUserScramCredentialsApi,
  makeAlterUserScramCredentialsRequest,
  makeScramCredentialUpsertion,
} from "@ottla/protocol/apis/alter-user-scram-credentials";
import { createAclsApi, makeAclCreation, makeCreateAclsRequest } from "@ottla/protocol/apis/create-acls";
import { createTopicsApi, makeCreatableTopic, makeCreatableTopicConfig, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { fetchApi, makeFetchPartition, makeFetchRequest, makeFetchTopic } from "@ottla/protocol/apis/fetch";
import {
  incrementalAlterConfigsApi,
  makeAlterableConfig,
  makeAlterConfigsResource,
  makeIncrementalAlterConfigsRequest,
} from "@ottla/protocol/apis/incremental-alter-configs";
import { makePartitionProduceData, makeProduceRequest, makeTopicProduceData, produceApi } from "@ottla/protocol/apis/produce";
import { RecordBatchBuilder, RecordCursor } from "@ottla/protocol/records";
import { TestBroker, type TestBrokerOptions } from "../../testing/test-broker.ts";

const FILE = "/audit/audit.jsonl";
const AUTHORIZER = { "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer" };
const SUPER = { ...AUTHORIZER, "super.users": "User:ANONYMOUS" };
/** What is not the same in each run. */
type Steady = AuditBody;

async function start(settings: Readonly<Record<string, string>>, more: TestBrokerOptions = {}): Promise<TestBroker> {
  return TestBroker.start({ ...more, settings: { "ottla.audit.file": FILE, ...settings } });
}

/** All events, when no more are taken. */
async function eventsOf(broker: TestBroker): Promise<AuditEvent[]> {
  await broker.running.state.audit?.close();
  return read(broker.disk.readFile(FILE).toString());
}

function read(text: string): AuditEvent[] {
  assert.ok(text.endsWith("\n"));
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => {
      const parsed = parseAuditLine(line);
      assert.ok(parsed.kind === "event", line);
      return parsed.event;
    });
}

function steady(event: AuditEvent): Steady {
  const { time: _time, seq: _seq, node: _node, v: _v, ...rest } = event;
  if ("client" in rest) return { ...rest, client: { ...rest.client, connection: 0 } };
  return rest;
}

const createTopic = (broker: TestBroker, name: string) =>
  broker.send(
    createTopicsApi,
    7,
    makeCreateTopicsRequest({
      topics: [
        makeCreatableTopic({
          name,
          numPartitions: 1,
          replicationFactor: 1,
          configs: [makeCreatableTopicConfig({ name: "retention.ms", value: "1000" })],
        }),
      ],
    }),
  );

const CLIENT = { principal: "User:ANONYMOUS", host: "127.0.0.1", listener: "PLAINTEXT", clientId: "test", connection: 0 };
const CREATE = { api: "CreateTopics", version: 7, correlation: 1 };

test("a change is told with who, what, from where, by which rule, and how it went", async () => {
  await using broker = await start(SUPER);
  await createTopic(broker, "orders");
  await createTopic(broker, "orders");
  const events = await eventsOf(broker);
  assert.deepEqual(
    events.map(({ v, seq, node }) => [v, seq, node]),
    events.map((_, at) => [1, at + 1, 1]),
  );
  const detail = { partitions: 1, replicationFactor: 1, configs: [{ name: "retention.ms", value: "1000" }] };
  const resource = { type: "TOPIC", name: "orders" };
  const change = { kind: "change", client: CLIENT, request: CREATE, action: "create", resource } as const;
  const access = events.filter(({ kind }) => kind === "access").map(steady);
  assert.deepEqual(access[0], {
    kind: "access",
    outcome: "allowed",
    client: CLIENT,
    request: CREATE,
    operation: "CREATE",
    resource: { type: "CLUSTER", name: "kafka-cluster" },
    rule: { kind: "super-user" },
  });
  assert.deepEqual(events.filter(({ kind }) => kind === "change").map(steady), [
    { ...change, outcome: "succeeded", detail },
    { ...change, outcome: "failed", error: "TOPIC_ALREADY_EXISTS", detail },
  ]);
  assert.deepEqual([events[0]!.kind, events.at(-1)!.kind], ["started", "stopped"]);
});

test("what is denied is told with the rule, each time it counts; a client in a loop does not flood", async () => {
  await using broker = await start(AUTHORIZER);
  for (let at = 0; at < 300; at++) await createTopic(broker, at < 150 ? "secret" : `secret-${at}`);
  const denied = (await eventsOf(broker)).flatMap((event) => (event.kind === "access" && event.outcome === "denied" ? [event] : []));
  assert.deepEqual(denied[0]!.rule, { kind: "no-acl" });
  assert.ok(denied.length <= 110, `${denied.length} events`);
  assert.equal(
    denied.reduce((sum, { count = 1 }) => sum + count, 0),
    300,
  );
});

test("an ACL that decides is told, and so is the making of it", async () => {
  await using broker = await start({ ...AUTHORIZER, "allow.everyone.if.no.acl.found": "true" });
  const deny = {
    resourceType: ResourceType.TOPIC,
    resourceName: "pay",
    resourcePatternType: PatternType.PREFIXED,
    principal: "User:*",
    host: "*",
    operation: AclOperation.CREATE,
    permissionType: AclPermissionType.DENY,
  };
  const open = { ...deny, resourceType: ResourceType.CLUSTER, resourceName: "kafka-cluster", resourcePatternType: PatternType.LITERAL };
  await broker.send(createAclsApi, 3, makeCreateAclsRequest({ creations: [makeAclCreation(deny), makeAclCreation(open)] }));
  await createTopic(broker, "payments");
  const events = await eventsOf(broker);
  const acl = {
    principal: "User:*",
    host: "*",
    operation: "CREATE",
    permission: "DENY",
    resourceType: "TOPIC",
    resourceName: "pay",
    patternType: "PREFIXED",
  };
  const made = events.find(({ kind }) => kind === "change")!;
  assert.ok(made.kind === "change" && made.resource.type === "ACL");
  assert.deepEqual(made.detail, acl);
  const denied = events.find((event) => event.kind === "access" && event.outcome === "denied" && event.resource.name === "payments");
  assert.deepEqual(denied?.kind === "access" && denied.rule, { kind: "acl", acl });
  const change = events.findLast(({ kind }) => kind === "change");
  assert.equal(change?.kind === "change" && change.error, "TOPIC_AUTHORIZATION_FAILED");
});

test("no secret is told: neither passwords of users nor of settings, known or not", async () => {
  await using broker = await start(SUPER);
  const secrets = ["GEHEIM-salted", "GEHEIM-salt", "GEHEIM-key", "GEHEIM-jaas", "GEHEIM-unknown"];
  await broker.send(
    alterUserScramCredentialsApi,
    0,
    makeAlterUserScramCredentialsRequest({
      upsertions: [
        makeScramCredentialUpsertion({
          name: "alice",
          mechanism: 1,
          iterations: 4096,
          salt: Buffer.from("GEHEIM-salt"),
          saltedPassword: Buffer.from("GEHEIM-salted"),
        }),
      ],
    }),
  );
  const configs = [
    ["ssl.key.password", "GEHEIM-key"],
    ["listener.name.x.plain.sasl.jaas.config", "GEHEIM-jaas"],
    ["my.own.secret", "GEHEIM-unknown"],
    ["log.retention.ms", "5000"],
  ].map(([name = "", value = ""]) => makeAlterableConfig({ name, value, configOperation: 0 }));
  const resources = [makeAlterConfigsResource({ resourceType: 4, resourceName: "1", configs })];
  await broker.send(incrementalAlterConfigsApi, 1, makeIncrementalAlterConfigsRequest({ resources }));
  const events = await eventsOf(broker);
  const text = broker.disk.readFile(FILE).toString();
  for (const secret of secrets) {
    assert.ok(!text.includes(secret), secret);
    assert.ok(!text.includes(Buffer.from(secret).toString("base64")), secret);
  }
  assert.match(text, /"name":"log\.retention\.ms","operation":"set","value":"5000"/);
  const user = events.find((event) => event.kind === "change" && event.resource.type === "USER");
  assert.deepEqual(user?.kind === "change" && [user.action, user.resource.name, user.detail], [
    "alter",
    "alice",
    { mechanism: "SCRAM-SHA-256", iterations: 4096 },
  ]);
});

function produceTo(broker: TestBroker, name: string) {
  const builder = new RecordBatchBuilder({ limitBytes: 1000 });
  builder.append(null, Buffer.from("x"), [], 1);
  const records = builder.close("none");
  const topicData = [makeTopicProduceData({ name, partitionData: [makePartitionProduceData({ index: 0, records })] })];
  return broker.send(produceApi, 9, makeProduceRequest({ acks: -1, timeoutMs: 1000, topicData }));
}

test("of allowed uses of data the first in a connection is told, and none after it where nothing is sampled", async () => {
  for (const [sampleOneIn, counted] of [
    ["0", 0],
    ["1", 9],
  ] as const) {
    await using broker = await start({ ...SUPER, "ottla.audit.data.sample.one.in": sampleOneIn });
    await createTopic(broker, "t");
    // Each comes through a connection of its own, so that only the counts show it.
    for (let at = 0; at < 10; at++) await produceTo(broker, "t");
    const uses = (await eventsOf(broker)).flatMap((event) => (event.kind === "access" && event.request.api === "Produce" ? [event] : []));
    assert.equal(
      uses.reduce((sum, { count = 1 }) => sum + count, 0),
      10,
      `${counted}`,
    );
    assert.equal(uses.length, 2);
  }
});

test("the topic gets the same events, is made at need, takes nothing from clients, and reading it makes no events", async () => {
  const settings = { "ottla.audit.topic": "__ottla_audit", "ottla.audit.data.sample.one.in": "1" };
  await using broker = await start({ ...SUPER, ...settings });
  await createTopic(broker, "t");
  const fetchAll = async (): Promise<AuditEvent[]> => {
    const partitions = [makeFetchPartition({ partition: 0, fetchOffset: 0, partitionMaxBytes: 1_000_000 })];
    const topics = [makeFetchTopic({ topic: "__ottla_audit", partitions })];
    const { responses } = await broker.send(fetchApi, 12, makeFetchRequest({ maxWaitMs: 100, minBytes: 1, maxBytes: 1_000_000, topics }));
    const records = responses[0]?.partitions[0]?.records;
    return records ? eventsIn(Buffer.isBuffer(records) ? records : Buffer.concat(records as Buffer[])) : [];
  };
  let events: AuditEvent[] = [];
  while (!events.some(({ kind }) => kind === "change")) events = await fetchAll();
  const refused = await produceTo(broker, "__ottla_audit");
  assert.equal(refused.responses[0]!.partitionResponses[0]!.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION);
  for (let at = 0; at < 20; at++) await fetchAll();
  const reads = (await eventsOf(broker)).filter((event) => event.kind === "access" && event.request.api === "Fetch");
  assert.ok(reads.length <= 2, `${reads.length}`);
});

function eventsIn(bytes: Buffer): AuditEvent[] {
  const cursor = new RecordCursor();
  const events: AuditEvent[] = [];
  for (let at = 0; at < bytes.length; at += 12 + bytes.readInt32BE(at + 8)) {
    cursor.open(bytes, at);
    while (cursor.moveNext()) events.push(JSON.parse(cursor.value()!.toString()) as AuditEvent);
  }
  return events;
}

test("a disk that is full never stops the broker, and what was told meanwhile comes when there is room", async () => {
  const disk = new FaultyDisk(new MemoryDisk(), (path) => !path.startsWith("/audit"));
  disk.isFull = true;
  await using broker = await start(SUPER, { disk });
  for (let at = 0; at < 5; at++) assert.equal((await createTopic(broker, `t${at}`)).topics[0]!.errorCode, 0);
  disk.isFull = false;
  const changes = (await eventsOf(broker)).filter(({ kind }) => kind === "change");
  assert.equal(changes.length, 5);
});

test("a killed broker leaves whole lines, and the next one writes on", async () => {
  const broker = await start(SUPER);
  await createTopic(broker, "t");
  while (broker.disk.stat(FILE) === undefined) await new Promise((resolve) => setImmediate(resolve));
  await broker.running.abandon();
  const file = broker.disk.open(FILE);
  file.append([Buffer.from('{"v":1,"time":"20')]);
  file.close();
  await using next = await start(SUPER, { disk: broker.disk });
  const kinds = (await eventsOf(next)).map(({ kind }) => kind);
  assert.equal(kinds[0], "started");
  assert.deepEqual(kinds.slice(-2), ["started", "stopped"]);
});

test("settings that cannot be are refused before anything is opened", async () => {
  await assert.rejects(start({ "ottla.audit.topic": "no topic" }), { code: "INVALID_CONFIG", message: /ottla\.audit\.topic/ });
});

test("what a fetch session keeps of a client's access stays, request after request", async () => {
  await using broker = await start(SUPER);
  const { access, audit } = broker.running.state;
  const session = {
    id: 1,
    nodeId: 1,
    listenerName: "PLAINTEXT",
    clientHost: "/127.0.0.1",
    principal: { type: "User", name: "ANONYMOUS" },
    authentication: "done" as const,
  };
  const call = { session, handler: { api: { key: 1, name: "Fetch" } }, version: 17, clientId: null, correlationId: 1 };
  const check = access!.of(session);
  const holders = [1, 2].map(() => audit!.accessOf(call, check, check).holder);
  assert.equal(holders[0], holders[1]);
  assert.notEqual(audit!.accessOf(call, check, check), check);
});

test("a use of data that is refused is refused and counted each time, though nothing is sampled", async () => {
  await using broker = await start({ ...AUTHORIZER, "ottla.audit.data.sample.one.in": "0" });
  const { access, audit } = broker.running.state;
  const session = {
    id: 1,
    nodeId: 1,
    listenerName: "PLAINTEXT",
    clientHost: "/127.0.0.1",
    principal: { type: "User", name: "mallory" },
    authentication: "done" as const,
  };
  const call = { session, handler: { api: { key: 0, name: "Produce" } }, version: 9, clientId: null, correlationId: 1 };
  const check = access!.of(session);
  const mayWrite = (): boolean => audit!.accessOf(call, check, check).allows(AclOperation.WRITE, ResourceType.TOPIC, "t");
  assert.deepEqual([mayWrite(), mayWrite(), mayWrite()], [false, false, false]);
  const denied = (await eventsOf(broker)).flatMap((event) => (event.kind === "access" && event.outcome === "denied" ? [event] : []));
  assert.equal(
    denied.reduce((sum, { count = 1 }) => sum + count, 0),
    3,
  );
});
