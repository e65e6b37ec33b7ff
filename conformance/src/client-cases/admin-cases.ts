import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Outcome, QuotaFilter } from "@ottla/client";
import { uniqueName } from "../clients/unique-name.ts";
import { waitUntil } from "../process/wait-until.ts";
import { CASES_AT_ONCE, makeTopic, pollUntil, type TargetSource, withClient } from "./case-client.ts";

const codes = (outcomes: readonly Outcome<unknown>[]) => outcomes.map(({ error }) => error?.code);

export function defineAdminCases(target: TargetSource): void {
  describe("our admin", { concurrency: CASES_AT_ONCE }, () => {
    test("topics: created, listed, described, grown and deleted, each refusal beside its topic", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const name = uniqueName("admin");
        const created = await admin.createTopics([
          { name, partitionCount: 2, configs: { "retention.ms": "60000" } },
          { name: "no good" },
          { name: `${name}-b`, replicationFactor: 99 },
        ]);
        assert.deepEqual(codes(created), [undefined, "INVALID_TOPIC_EXCEPTION", "INVALID_REPLICATION_FACTOR"]);
        assert.equal(created[0]?.value?.partitionCount, 2);
        assert.deepEqual(codes(await admin.createTopics([{ name }])), ["TOPIC_ALREADY_EXISTS"]);
        assert.deepEqual(codes(await admin.createTopics([{ name: `${name}-c` }], { validateOnly: true })), [undefined]);
        const listed = await admin.listTopics();
        assert.equal(listed.find((topic) => topic.name === name)?.partitionCount, 2);
        assert.equal(
          listed.some((topic) => topic.name === `${name}-c`),
          false,
        );
        assert.deepEqual(codes(await admin.createPartitions([{ topic: name, partitionCount: 4 }])), [undefined]);
        assert.deepEqual(codes(await admin.createPartitions([{ topic: name, partitionCount: 1 }])), ["INVALID_PARTITIONS"]);
        const describe = () => admin.describeTopics([name, `${name}-none`]);
        assert.deepEqual(codes(await describe()), [undefined, "UNKNOWN_TOPIC_OR_PARTITION"]);
        await waitUntil("the new partitions are seen", async () => (await describe())[0]?.value?.partitions.length === 4);
        assert.deepEqual(codes(await admin.deleteTopics([name, `${name}-none`])), [undefined, "UNKNOWN_TOPIC_OR_PARTITION"]);
      }));

    test("configs: described with source and documentation, changed in part, refused as a whole", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const name = await makeTopic(client, 1, { "retention.ms": "60000" });
        const resource = { type: "topic", name } as const;
        const valueOf = async (key: string) => (await admin.describeConfigs([resource], { keys: [key] }))[0]?.value?.[0];
        assert.deepEqual([(await valueOf("retention.ms"))?.value, (await valueOf("retention.ms"))?.source], ["60000", "dynamicTopic"]);
        const changes = [
          { op: "set", name: "retention.ms", value: "5000" },
          { op: "append", name: "cleanup.policy", value: "compact" },
        ] as const;
        assert.deepEqual(codes(await admin.alterConfigs([{ ...resource, changes }])), [undefined]);
        await waitUntil("the change is seen", async () => (await valueOf("cleanup.policy"))?.value === "delete,compact");
        const bad = [
          { op: "set", name: "retention.ms", value: "7000" },
          { op: "set", name: "segment.bytes", value: "many" },
        ] as const;
        assert.deepEqual(codes(await admin.alterConfigs([{ ...resource, changes: bad }])), ["INVALID_CONFIG"]);
        assert.equal((await valueOf("retention.ms"))?.value, "5000");
        await admin.alterConfigs([{ ...resource, changes: [{ op: "delete", name: "retention.ms" }] }]);
        await waitUntil("the default is back", async () => (await valueOf("retention.ms"))?.isDefault);
        const [documented] = await admin.describeConfigs([resource], {
          keys: ["segment.bytes"],
          includeDocumentation: true,
          includeSynonyms: true,
        });
        assert.ok(documented!.value![0]!.documentation!.length > 20);
        assert.ok(documented!.value![0]!.synonyms.length > 0);
        const [node] = (await admin.describeCluster()).nodes;
        assert.deepEqual(codes(await admin.describeConfigs([{ type: "broker", name: String(node?.nodeId) }])), [undefined]);
      }));

    test("offsets: every kind of look-up, several for one partition at once", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 1);
        await client.producer().send([3000, 5000, 4000].map((timestamp) => ({ topic, partition: 0, value: "v", timestamp })));
        const specs = ["earliest", "latest", "maxTimestamp", { timestamp: 3500 }, { timestamp: 9000 }] as const;
        const listed = await client
          .admin()
          .listOffsets([...specs.map((spec) => ({ topic, partition: 0, spec })), { topic, partition: 7, spec: "latest" }]);
        assert.deepEqual(
          listed.map(({ value }) => value?.offset),
          [0, 3, 1, 1, undefined, undefined],
        );
        assert.deepEqual(
          listed.map(({ value }) => value?.timestamp),
          [undefined, undefined, 5000, 5000, undefined, undefined],
        );
        assert.equal(listed.at(-1)?.error?.code, "UNKNOWN_TOPIC_OR_PARTITION");
      }));

    test("records before an offset are deleted; an offset beyond the end is refused", () =>
      withClient(target, async (client) => {
        const topic = await makeTopic(client, 2);
        await client.producer().send(Array.from({ length: 10 }, () => ({ topic, partition: 0, value: "v" })));
        const admin = client.admin();
        const results = await admin.deleteRecords([
          { topic, partition: 0, beforeOffset: 4 },
          { topic, partition: 1, beforeOffset: 1 },
        ]);
        assert.deepEqual(codes(results), [undefined, "OFFSET_OUT_OF_RANGE"]);
        assert.deepEqual((await admin.deleteRecords([{ topic, partition: 0, beforeOffset: -1 }]))[0]?.value, { logStartOffset: 10 });
        assert.equal((await admin.listOffsets([{ topic, partition: 0, spec: "earliest" }]))[0]?.value?.offset, 10);
      }));

    test("groups: their offsets are set, listed and deleted, then the groups themselves", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const topic = await makeTopic(client, 3);
        const groupId = uniqueName("group");
        await admin.alterGroupOffsets(groupId, [
          { topic, partition: 0, offset: 6, metadata: "note" },
          { topic, partition: 2, offset: 1 },
        ]);
        assert.deepEqual(
          (await admin.listGroupOffsets(groupId)).map(({ partition, value }) => [partition, value?.offset, value?.metadata]),
          [
            [0, 6, "note"],
            [2, 1, ""],
          ],
        );
        const some = await admin.listGroupOffsets(groupId, [
          { topic, partition: 2 },
          { topic, partition: 1 },
        ]);
        assert.deepEqual(
          some.map(({ value }) => value?.offset),
          [1, undefined],
        );
        assert.deepEqual(codes(await admin.deleteGroupOffsets(groupId, [{ topic, partition: 0 }])), [undefined]);
        assert.ok((await admin.listGroups()).some((group) => group.groupId === groupId && group.state === "Empty"));
        const described = await admin.describeGroups([groupId, `${groupId}-none`]);
        assert.deepEqual(codes(described), [undefined, "GROUP_ID_NOT_FOUND"]);
        assert.deepEqual(codes(await admin.deleteGroups([groupId, `${groupId}-none`])), [undefined, "GROUP_ID_NOT_FOUND"]);
      }));

    test("a group with members: described with assignments, not deleted, emptied by removing them", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const topic = await makeTopic(client, 2);
        const groupId = uniqueName("group");
        const consumer = client.consumer({ groupId, groupInstanceId: "one" });
        consumer.subscribe(topic);
        await pollUntil(consumer, "it has both partitions", () => consumer.assignment().length === 2);
        const [group] = await admin.describeGroups([groupId]);
        assert.deepEqual([group?.value?.state, group?.value?.protocol, group?.value?.type], ["Stable", "range", "classic"]);
        assert.deepEqual(
          group?.value?.members.map(({ groupInstanceId, assignment }) => [groupInstanceId, assignment]),
          [
            [
              "one",
              [
                { topic, partition: 0 },
                { topic, partition: 1 },
              ],
            ],
          ],
        );
        assert.deepEqual(codes(await admin.deleteGroups([groupId])), ["NON_EMPTY_GROUP"]);
        assert.deepEqual(codes(await admin.removeGroupMembers(groupId)), [undefined]);
        assert.equal((await admin.describeGroups([groupId]))[0]?.value?.state, "Empty");
      }));

    test("reassignments, directories of replicas, features and config resources", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const topic = await makeTopic(client, 1, { "retention.ms": "60000" });
        const nodeId = (await admin.describeTopics([topic]))[0]!.value!.partitions[0]!.leader!;
        const moved = await admin.alterPartitionReassignments([
          { topic, partition: 0, replicas: [nodeId] },
          { topic, partition: 7, replicas: [nodeId] },
        ]);
        assert.deepEqual(codes(moved), [undefined, "UNKNOWN_TOPIC_OR_PARTITION"]);
        assert.deepEqual(codes(await admin.alterPartitionReassignments([{ topic, partition: 0, replicas: null }])), [
          "NO_REASSIGNMENT_IN_PROGRESS",
        ]);
        assert.deepEqual(await admin.listPartitionReassignments([{ topic, partition: 0 }]), []);
        const at = { topic, partition: 0, nodeId };
        const [place] = await admin.describeReplicaLogDirs([at]);
        assert.ok(place?.value?.path);
        assert.deepEqual(
          [place.value.futurePath, codes(await admin.describeReplicaLogDirs([{ ...at, nodeId: 99 }]))],
          [undefined, ["BROKER_NOT_AVAILABLE"]],
        );
        assert.deepEqual(codes(await admin.alterReplicaLogDirs([{ ...at, path: place.value.path }])), [undefined]);
        assert.deepEqual(codes(await admin.alterReplicaLogDirs([{ ...at, path: "/no/such/place" }])), ["LOG_DIR_NOT_FOUND"]);
        const features = await admin.describeFeatures();
        assert.ok((features.finalized.get("metadata.version") ?? 0) > 0);
        assert.ok(features.supported.get("transaction.version"));
        const resources = await admin.listConfigResources(["topic"]);
        assert.ok(resources.some(({ type, name }) => type === "topic" && name === topic));
        const missing = uniqueName("group");
        assert.deepEqual(codes(await admin.describeShareGroups([missing])).length, 1);
        assert.deepEqual((await admin.listOffsetsOfGroups([missing]))[0]?.value, []);
      }));

    test("client quotas: set, found by exact name, default and any, changed and deleted", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const entity = { user: uniqueName("user"), clientId: null };
        const set = { op: "set", name: "producer_byte_rate", value: 1024 } as const;
        assert.deepEqual(codes(await admin.alterClientQuotas([{ entity, changes: [set] }], { validateOnly: true })), [undefined]);
        assert.deepEqual(await admin.describeClientQuotas({ user: { name: entity.user } }), []);
        const outcomes = await admin.alterClientQuotas([
          { entity, changes: [set, { op: "set", name: "request_percentage", value: 50 }] },
          { entity: { ip: "no address" }, changes: [{ op: "set", name: "connection_creation_rate", value: 1 }] },
          { entity: { user: entity.user }, changes: [{ op: "set", name: "no_such_quota", value: 1 }] },
          { entity: { user: uniqueName("half") }, changes: [{ op: "set", name: "producer_byte_rate", value: 1024.5 }] },
        ]);
        assert.deepEqual(codes(outcomes), [undefined, "INVALID_REQUEST", "INVALID_REQUEST", "INVALID_REQUEST"]);
        assert.deepEqual(outcomes[0]!.entity, entity);
        const find = async (filter: QuotaFilter) =>
          (await admin.describeClientQuotas(filter))
            .filter(({ entity: found }) => found.user === entity.user)
            .map((each) => ({ ...each, quotas: [...each.quotas].sort(([a], [b]) => (a < b ? -1 : 1)) }));
        const expected = [
          {
            entity,
            quotas: [
              ["producer_byte_rate", 1024],
              ["request_percentage", 50],
            ],
          },
        ];
        await waitUntil("the quotas are known", async () => (await find({ user: { name: entity.user } })).length === 1);
        assert.deepEqual(await find({ user: "any", clientId: "default" }), expected);
        assert.deepEqual(await find({ user: { name: entity.user }, strict: true }), []);
        assert.deepEqual(await find({ ip: "any" }), []);
        const deletions = expected[0]!.quotas.map(([name]) => ({ op: "delete", name: String(name) }) as const);
        assert.deepEqual(codes(await admin.alterClientQuotas([{ entity, changes: deletions }])), [undefined]);
        await waitUntil("the quotas are gone", async () => (await find({ user: { name: entity.user } })).length === 0);
      }));

    test("the cluster: nodes, versions, log directories, quorum, elections", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const { nodes, clusterId } = await admin.describeCluster();
        assert.equal(nodes.length, target().brokers);
        assert.ok(clusterId);
        const versions = await admin.apiVersions();
        assert.deepEqual(
          versions.map(({ nodeId }) => nodeId),
          nodes.map(({ nodeId }) => nodeId),
        );
        assert.ok(versions.every(({ value }) => value?.apis.some(({ name, maxVersion }) => name === "Fetch" && maxVersion >= 12)));
        const topic = await makeTopic(client, 3);
        const inDirs = async () =>
          (await admin.describeLogDirs()).flatMap(
            ({ value }) => value?.flatMap((dir) => dir.partitions.filter((each) => each.topic === topic)) ?? [],
          );
        await waitUntil("the topic's partitions are in the directories", async () => (await inDirs()).length === 3);
        assert.deepEqual(codes(await admin.describeLogDirs([12_345])), ["BROKER_NOT_AVAILABLE"]);
        const quorum = await admin.describeQuorum();
        assert.ok(quorum.voters.some(({ nodeId }) => nodeId === quorum.leaderId));
        assert.deepEqual(codes(await admin.electLeaders("preferred", [{ topic, partition: 0 }])), ["ELECTION_NOT_NEEDED"]);
      }));

    test("voters and nodes: described with their directories; what cannot be added or taken away is refused by name", () =>
      withClient(target, async (client) => {
        const admin = client.admin();
        const { voters, leaderId } = await admin.describeQuorum();
        const leader = voters.find(({ nodeId }) => nodeId === leaderId);
        const isKafka = target().kind === "kafka";
        const voter = { nodeId: 4711, directoryId: "2n0yXvOSQmmqsLdlrnDGWg" };
        const refused = async (call: Promise<void>) => call.then(() => undefined).catch(({ code }: { code: string }) => code);
        assert.deepEqual(
          [
            await refused(admin.addRaftVoter(voter, [{ listener: "CONTROLLER", host: "127.0.0.1", port: 9 }])),
            await refused(admin.removeRaftVoter(voter)),
            await refused(admin.unregisterBroker(4711)),
            await refused(admin.unregisterController(4711)),
          ],
          isKafka
            ? ["UNSUPPORTED_VERSION", "UNSUPPORTED_VERSION", "BROKER_ID_NOT_REGISTERED", "CONTROLLER_ID_NOT_REGISTERED"]
            : Array.from({ length: 4 }, () => "NO_COMMON_VERSION"),
        );
        assert.equal(typeof leader, "object");
      }));
  });
}
