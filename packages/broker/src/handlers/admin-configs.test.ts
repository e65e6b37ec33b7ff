import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import {
  alterConfigsApi,
  makeAlterConfigsRequest,
  makeAlterConfigsResource as makeReplacedResource,
  makeAlterableConfig as makeReplacement,
} from "@ottla/protocol/apis/alter-configs";
import { createTopicsApi, makeCreatableTopic, makeCreateTopicsRequest } from "@ottla/protocol/apis/create-topics";
import { describeConfigsApi, makeDescribeConfigsRequest, makeDescribeConfigsResource } from "@ottla/protocol/apis/describe-configs";
import {
  incrementalAlterConfigsApi,
  makeAlterableConfig,
  makeAlterConfigsResource,
  makeIncrementalAlterConfigsRequest,
} from "@ottla/protocol/apis/incremental-alter-configs";
import { listConfigResourcesApi, makeListConfigResourcesRequest } from "@ottla/protocol/apis/list-config-resources";
import { ConfigOperation } from "../config/config-change.ts";
import { ResourceType } from "../config/config-resource.ts";
import { TestBroker, type TestBrokerOptions } from "../testing/test-broker.ts";

const { TOPIC, BROKER, BROKER_LOGGER, GROUP, CLIENT_METRICS } = ResourceType;
const { SET, DELETE, APPEND } = ConfigOperation;

async function brokerWithTopic(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const broker = await TestBroker.start(options);
  const topics = [makeCreatableTopic({ name: "t", numPartitions: 1, replicationFactor: 1 })];
  await broker.send(createTopicsApi, 7, makeCreateTopicsRequest({ topics, timeoutMs: 5000 }));
  return broker;
}

type Edit = readonly [name: string, operation: number, value: string | null];
type Asked = readonly [type: number, resource: string, ...edits: Edit[]];

async function alter(broker: TestBroker, asked: readonly Asked[], validateOnly = false) {
  const resources = asked.map(([resourceType, resourceName, ...edits]) =>
    makeAlterConfigsResource({
      resourceType,
      resourceName,
      configs: edits.map(([name, configOperation, value]) => makeAlterableConfig({ name, configOperation, value })),
    }),
  );
  const answer = await broker.send(incrementalAlterConfigsApi, 1, makeIncrementalAlterConfigsRequest({ resources, validateOnly }));
  return answer.responses.map(({ errorCode }) => errorCode);
}

async function replace(broker: TestBroker, resourceType: number, resourceName: string, settings: Record<string, string>) {
  const configs = Object.entries(settings).map(([name, value]) => makeReplacement({ name, value }));
  const resources = [makeReplacedResource({ resourceType, resourceName, configs })];
  return (await broker.send(alterConfigsApi, 2, makeAlterConfigsRequest({ resources }))).responses.map(({ errorCode }) => errorCode);
}

async function describe(
  broker: TestBroker,
  resourceType: number,
  resourceName: string,
  configurationKeys: string[] | null = null,
  nodeId?: number,
) {
  const resources = [makeDescribeConfigsResource({ resourceType, resourceName, configurationKeys })];
  const request = makeDescribeConfigsRequest({ resources, includeSynonyms: true, includeDocumentation: true });
  return (await broker.send(describeConfigsApi, 4, request, nodeId)).results[0]!;
}

async function valueOf(broker: TestBroker, type: number, resource: string, name: string) {
  const { configs } = await describe(broker, type, resource, [name]);
  return configs[0] && [configs[0].value, configs[0].configSource];
}

test("DescribeConfigs lists every topic setting, or those asked for, with type, synonyms and documentation", async () => {
  await using broker = await brokerWithTopic();
  assert.equal((await describe(broker, TOPIC, "t")).configs.length, 37);
  assert.equal((await describe(broker, TOPIC, "t", [])).configs.length, 37);
  const { configs } = await describe(broker, TOPIC, "t", ["max.message.bytes", "no.such.key"]);
  assert.deepEqual(
    configs.map(({ unknownTaggedFields, documentation, synonyms, ...rest }) => ({
      ...rest,
      hasTags: unknownTaggedFields !== undefined,
      isDocumented: documentation !== null && documentation.length > 20,
      synonyms: synonyms.map(({ name, value, source }) => [name, value, source]),
    })),
    [
      {
        name: "max.message.bytes",
        value: "1048588",
        readOnly: false,
        configSource: 5,
        isSensitive: false,
        configType: 3,
        hasTags: false,
        isDocumented: true,
        synonyms: [["message.max.bytes", "1048588", 5]],
      },
    ],
  );
});

test("DescribeConfigs refuses what is not there or not its own", async () => {
  await using broker = await brokerWithTopic({ brokers: 2 });
  const code = async (type: number, name: string) => (await describe(broker, type, name)).errorCode;
  assert.equal(await code(TOPIC, "missing"), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assert.equal(await code(TOPIC, "a b"), ErrorCode.INVALID_TOPIC_EXCEPTION);
  assert.equal(await code(TOPIC, ""), ErrorCode.INVALID_TOPIC_EXCEPTION);
  assert.equal(await code(BROKER, "2"), ErrorCode.INVALID_REQUEST);
  assert.equal(await code(BROKER, "one"), ErrorCode.INVALID_REQUEST);
  assert.equal(await code(BROKER_LOGGER, ""), ErrorCode.INVALID_REQUEST);
  assert.equal(await code(GROUP, ""), ErrorCode.INVALID_REQUEST);
  assert.equal(await code(CLIENT_METRICS, ""), ErrorCode.INVALID_REQUEST);
  assert.equal(await code(77, "x"), ErrorCode.INVALID_REQUEST);
  assert.equal(await code(BROKER_LOGGER, "1"), ErrorCode.NONE);
});

test("each virtual broker describes itself", async () => {
  await using broker = await brokerWithTopic({ brokers: 2, settings: { "ssl.key.password": "hunter2" } });
  const second = await describe(broker, BROKER, "2", ["node.id", "ssl.key.password"], 2);
  assert.deepEqual(
    second.configs.map(({ name, value, isSensitive }) => [name, value, isSensitive]),
    [
      ["node.id", "2", false],
      ["ssl.key.password", null, true],
    ],
  );
});

test("changes hold at once, in order of the layers, and over a restart", async () => {
  const broker = await brokerWithTopic();
  assert.deepEqual(await alter(broker, [[BROKER, "", ["message.max.bytes", SET, "3000000"]]]), [ErrorCode.NONE]);
  assert.deepEqual(await valueOf(broker, TOPIC, "t", "max.message.bytes"), ["3000000", 3]);
  assert.deepEqual(await alter(broker, [[BROKER, "1", ["message.max.bytes", SET, "2000000"]]]), [ErrorCode.NONE]);
  assert.deepEqual(await valueOf(broker, TOPIC, "t", "max.message.bytes"), ["2000000", 2]);
  assert.equal(broker.running.state.topicSettings.limits("t").maxMessageBytes, 2000000);
  assert.deepEqual(await alter(broker, [[TOPIC, "t", ["max.message.bytes", SET, "1000000"], ["cleanup.policy", APPEND, "compact"]]]), [
    ErrorCode.NONE,
  ]);
  assert.equal(broker.running.state.topicSettings.limits("t").maxMessageBytes, 1000000);
  await broker.stop();
  await using again = await TestBroker.start({ disk: broker.disk });
  assert.deepEqual(await valueOf(again, TOPIC, "t", "max.message.bytes"), ["1000000", 1]);
  assert.deepEqual(await valueOf(again, TOPIC, "t", "cleanup.policy"), ["delete,compact", 1]);
  assert.deepEqual(
    await alter(again, [
      [TOPIC, "t", ["max.message.bytes", DELETE, null]],
      [BROKER, "1", ["message.max.bytes", DELETE, null]],
    ]),
    [0, 0],
  );
  assert.deepEqual(await valueOf(again, TOPIC, "t", "max.message.bytes"), ["3000000", 3]);
});

test("a lower limit of connections holds from the next connection on", async () => {
  await using broker = await brokerWithTopic();
  assert.deepEqual(await alter(broker, [[BROKER, "", ["max.connections", SET, "0"]]]), [ErrorCode.NONE]);
  await assert.rejects(describe(broker, TOPIC, "t"));
});

test("a refused resource does not hold back the others, and a bad edit refuses its whole resource", async () => {
  await using broker = await brokerWithTopic();
  const codes = await alter(broker, [
    [TOPIC, "t", ["retention.ms", SET, "5"]],
    [TOPIC, "missing", ["retention.ms", SET, "5"]],
    [TOPIC, "", ["retention.ms", SET, "5"]],
    [BROKER, "1", ["num.partitions", SET, "5"]],
    [BROKER, "2", ["log.retention.ms", SET, "5"]],
    [BROKER, "", ["log.retention.ms", SET, "soon"]],
    [GROUP, "g", ["consumer.session.timeout.ms", SET, "5"]],
    [CLIENT_METRICS, "m", ["match", SET, "nonsense"]],
    [BROKER_LOGGER, "1", ["root", SET, "INFO"]],
    [77, "x", ["root", SET, "INFO"]],
  ]);
  const { NONE, UNKNOWN_TOPIC_OR_PARTITION, INVALID_REQUEST, INVALID_CONFIG } = ErrorCode;
  const refusals = [
    UNKNOWN_TOPIC_OR_PARTITION,
    INVALID_REQUEST,
    INVALID_REQUEST,
    INVALID_REQUEST,
    INVALID_REQUEST,
    INVALID_CONFIG,
    INVALID_CONFIG,
  ];
  assert.deepEqual(codes, [NONE, ...refusals, INVALID_REQUEST, INVALID_REQUEST]);
  assert.deepEqual(await alter(broker, [[TOPIC, "t", ["retention.ms", SET, "9"], ["flush.ms", SET, "soon"]]]), [INVALID_CONFIG]);
  assert.deepEqual(
    await alter(broker, [
      [TOPIC, "t", ["flush.ms", SET, "1"]],
      [TOPIC, "t", ["flush.ms", SET, "2"]],
    ]),
    [INVALID_REQUEST, INVALID_REQUEST],
  );
  assert.deepEqual(await valueOf(broker, TOPIC, "t", "retention.ms"), ["5", 1]);
  assert.deepEqual(await valueOf(broker, TOPIC, "t", "flush.ms"), ["9223372036854775807", 5]);
});

test("a broker's number counts, however it is written", async () => {
  await using broker = await brokerWithTopic();
  assert.deepEqual(await alter(broker, [[BROKER, "01", ["message.max.bytes", SET, "7"]]]), [ErrorCode.NONE]);
  assert.deepEqual(await valueOf(broker, BROKER, "1", "message.max.bytes"), ["7", 2]);
  assert.deepEqual(await valueOf(broker, BROKER, "01", "message.max.bytes"), ["7", 2]);
  // Kafka answers what does not fit the key otherwise than what is illegal.
  assert.deepEqual(await alter(broker, [[BROKER, "1", ["message.max.bytes", APPEND, "7"]]]), [ErrorCode.INVALID_CONFIG]);
  assert.deepEqual(await alter(broker, [[BROKER, "1", ["message.max.bytes", SET, "x"]]]), [ErrorCode.INVALID_REQUEST]);
});

test("validate_only checks and changes nothing", async () => {
  await using broker = await brokerWithTopic();
  assert.deepEqual(
    await alter(
      broker,
      [
        [TOPIC, "t", ["retention.ms", SET, "5"]],
        [TOPIC, "no", ["flush.ms", SET, "5"]],
      ],
      true,
    ),
    [0, 3],
  );
  assert.deepEqual(await valueOf(broker, TOPIC, "t", "retention.ms"), ["604800000", 5]);
});

test("AlterConfigs replaces the whole set", async () => {
  await using broker = await brokerWithTopic();
  await alter(broker, [[TOPIC, "t", ["retention.ms", SET, "5"], ["flush.ms", SET, "6"]]]);
  assert.deepEqual(await replace(broker, TOPIC, "t", { "flush.ms": "7" }), [ErrorCode.NONE]);
  assert.deepEqual(
    [await valueOf(broker, TOPIC, "t", "retention.ms"), await valueOf(broker, TOPIC, "t", "flush.ms")],
    [
      ["604800000", 5],
      ["7", 1],
    ],
  );
  assert.deepEqual(await replace(broker, TOPIC, "t", { "no.such.key": "7" }), [ErrorCode.INVALID_CONFIG]);
  assert.deepEqual(await replace(broker, TOPIC, "t", {}), [ErrorCode.NONE]);
  assert.deepEqual(await valueOf(broker, TOPIC, "t", "flush.ms"), ["9223372036854775807", 5]);
});

test("ListConfigResources lists what has settings, in v0 client metrics alone", async () => {
  await using broker = await brokerWithTopic();
  await alter(broker, [
    [CLIENT_METRICS, "m", ["interval.ms", SET, "1000"]],
    [GROUP, "g", ["consumer.heartbeat.interval.ms", SET, "6000"]],
  ]);
  const list = async (version: number, resourceTypes: number[]) => {
    const answer = await broker.send(listConfigResourcesApi, version, makeListConfigResourcesRequest({ resourceTypes }));
    return answer.errorCode === ErrorCode.NONE
      ? answer.configResources.map(({ resourceType, resourceName }) => `${resourceType}:${resourceName}`)
      : answer.errorCode;
  };
  assert.deepEqual(await list(0, []), ["16:m"]);
  assert.deepEqual(await list(1, []), ["2:t", "4:1", "8:1", "16:m", "32:g"]);
  assert.deepEqual(await list(1, [GROUP, GROUP, TOPIC]), ["32:g", "2:t"]);
  assert.equal(await list(1, [99]), ErrorCode.UNSUPPORTED_VERSION);
});
