import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "@ottla/protocol";
import { apiVersionsApi, makeApiVersionsResponse } from "@ottla/protocol/apis/api-versions";
import { makeMetadataResponse, makeMetadataResponseBroker, metadataApi } from "@ottla/protocol/apis/metadata";
import { ClientError } from "../client-error.ts";
import { resolveClientOptions } from "../options/resolve-client-options.ts";
import { HANG_UP, HOST, ScriptedBroker } from "../testing/scripted-broker.ts";
import { makeWorld } from "../testing/simulated-world.ts";
import { Cluster } from "./cluster.ts";

async function start(brokerCount = 1) {
  const world = makeWorld();
  const brokers = await Promise.all(Array.from({ length: brokerCount }, (_, i) => ScriptedBroker.start(world.net, i + 1)));
  for (const broker of brokers) broker.serveMetadata(() => ({ t: [1], u: [1] }), brokers);
  const cluster = new Cluster(world, resolveClientOptions({ bootstrapServers: brokers[0]!.bootstrap, requestTimeoutMs: 1000 }));
  const asked = () =>
    brokers.flatMap((broker) => broker.requestsOf(metadataApi)).map((request) => request.topics?.map(({ name }) => name).join() ?? "all");
  return { world, brokers, cluster, asked };
}

describe("the metadata cache", () => {
  test("any number of callers share one question while one is on the way, and one more behind it", async () => {
    const { world, cluster, asked } = await start();
    cluster.metadata.track("t", false);
    await world.settle(Promise.all(Array.from({ length: 10 }, () => cluster.metadata.refresh())));
    assert.equal(asked().length, 2);
  });

  test("a question never creates a topic, unless somebody who may create it tracks it", async () => {
    const { world, brokers, cluster } = await start();
    cluster.metadata.track("t", false);
    cluster.metadata.track("u", true);
    await world.settle(cluster.metadata.refresh());
    const requests = brokers[0]!
      .requestsOf(metadataApi)
      .map(({ topics, allowAutoTopicCreation }) => [topics!.map(({ name }) => name).join(), allowAutoTopicCreation]);
    assert.deepEqual(requests, [
      ["u", true],
      ["t", false],
    ]);
  });

  test("what is learned while a question is on the way is not forgotten with its answer", async () => {
    for (const ask of [
      (metadata: Cluster["metadata"]) => metadata.refreshBrokers(),
      (metadata: Cluster["metadata"]) => metadata.refreshTopics(["u"]),
      (metadata: Cluster["metadata"]) => metadata.refresh(),
      (metadata: Cluster["metadata"]) => {
        metadata.track("u", true);
        return metadata.refresh();
      },
    ]) {
      const { world, cluster } = await start();
      const { metadata } = cluster;
      await world.settle(Promise.all([metadata.refreshTopics(["t"]), ask(metadata)]));
      assert.deepEqual(metadata.topic("t")?.partitions.length, 1, String(ask));
      const asking = ask(metadata);
      metadata.noteLeader("t", 0, 1, 1000);
      await world.settle(asking);
      assert.equal(metadata.topic("t")?.partitions[0]?.leaderEpoch, 1000, String(ask));
    }
  });

  test("a leader that is named while all topics are asked for is not taken back", async () => {
    const { world, cluster } = await start();
    const { metadata } = cluster;
    await world.settle(metadata.refreshTopics(["t"]));
    metadata.trackAll();
    const asking = metadata.refresh();
    metadata.noteLeader("t", 0, 1, 1000);
    await world.settle(asking);
    assert.equal(metadata.topic("t")?.partitions[0]?.leaderEpoch, 1000);
  });

  test("who asks for brokers asks for no topic, and who asks for some for those alone, created only where somebody may", async () => {
    const { world, brokers, cluster, asked } = await start();
    cluster.metadata.track("t", false);
    cluster.metadata.track("u", true);
    await world.settle(cluster.metadata.refreshBrokers());
    assert.deepEqual([asked(), [...cluster.metadata.current.brokers.keys()]], [[""], [1]]);
    await world.settle(cluster.metadata.refreshTopics(["u", "new", "u"]));
    assert.deepEqual(
      brokers[0]!
        .requestsOf(metadataApi)
        .map(({ topics, allowAutoTopicCreation }) => [topics!.map(({ name }) => name), allowAutoTopicCreation]),
      [
        [[], false],
        [["u"], true],
        [["new"], false],
      ],
    );
    await world.settle(cluster.metadata.refreshTopics(Array.from({ length: 2001 }, (_, i) => `n${i}`)));
    assert.deepEqual(
      brokers[0]!
        .requestsOf(metadataApi)
        .slice(3)
        .map(({ topics }) => topics!.length),
      [1000, 1000, 1],
    );
    cluster.close(new ClientError("CLIENT_CLOSED", "closed"));
    await assert.rejects(cluster.metadata.refreshBrokers(), { code: "CLIENT_CLOSED" });
    await assert.rejects(cluster.metadata.refreshTopics(["t"]), { code: "CLIENT_CLOSED" });
  });

  test("a topic that nobody used for five minutes is not asked for again", async () => {
    const { world, cluster, asked } = await start();
    cluster.metadata.track("t", true);
    cluster.metadata.track("u", true);
    await world.clock.advanceAsync(299_000);
    cluster.metadata.track("u", true);
    await world.clock.advanceAsync(2000);
    await world.settle(cluster.metadata.refresh());
    assert.deepEqual(asked(), ["u"]);
  });

  test("a request for news made while an answer is taken in leads to another question, after its pause", async () => {
    const { world, cluster, asked } = await start();
    const stop = cluster.metadata.onUpdate(() => {
      stop();
      cluster.metadata.requestRefresh(700);
    });
    cluster.metadata.requestRefresh();
    await world.until("two questions", () => asked().length === 2);
    assert.equal(world.clock.monotonicMs(), 700);
    await world.clock.advanceAsync(5000);
    assert.equal(asked().length, 2);
  });

  test("when no known broker answers, the bootstrap servers are asked again (KIP-899)", async () => {
    const { world, brokers, cluster } = await start();
    const moved = await ScriptedBroker.start(world.net, 7);
    brokers[0]!.on(metadataApi, () =>
      makeMetadataResponse({ brokers: [{ nodeId: 7, host: "127.0.0.1", port: 1, rack: null, unknownTaggedFields: undefined }] }),
    );
    await world.settle(cluster.metadata.refresh());
    assert.deepEqual([...cluster.metadata.current.brokers.keys()], [7]);
    brokers[0]!.serveMetadata(() => ({ t: [7] }), [moved]);
    world.net.resetAll();
    await world.clock.advanceAsync(100);
    await world.settle(cluster.metadata.refresh());
    assert.equal(cluster.metadata.current.brokers.get(7)!.port, moved.port);
  });

  test("a cluster that hangs up is asked with growing pauses, not in a loop", async () => {
    const { world, brokers, cluster } = await start();
    brokers[0]!.on(metadataApi, () => HANG_UP);
    cluster.metadata.requestRefresh();
    await world.until("thirty seconds have passed", () => world.clock.monotonicMs() > 30_000);
    const attempts = brokers[0]!.requestsOf(metadataApi).length;
    assert.ok(attempts > 10 && attempts < 60, `${attempts} attempts in 30 s`);
    cluster.close(new ClientError("CLIENT_CLOSED", "closed"));
    await assert.rejects(cluster.metadata.refresh(), (error: unknown) => error instanceof ClientError && error.code === "CLIENT_CLOSED");
  });

  test("one question at a time reaches a healthy broker although others are down", async () => {
    const { world, brokers, cluster } = await start(3);
    await world.settle(cluster.metadata.refresh());
    for (const broker of brokers.slice(0, 2)) broker.on(metadataApi, () => HANG_UP);
    await world.settle(cluster.retrying("Metadata", cluster.limit({ timeoutMs: Infinity }), () => cluster.metadata.refresh()));
    assert.equal(cluster.metadata.current.brokers.size, 3);
  });

  test("an answer without a broker is none: it is asked again, and what was known stays", async () => {
    const { world, brokers, cluster } = await start();
    let empty = 3;
    brokers[0]!.distort((api) =>
      api.key === metadataApi.key && empty-- > 0 ? makeMetadataResponse({ clusterId: "scripted" }) : undefined,
    );
    await assert.rejects(world.settle(cluster.metadata.refresh()), {
      code: "NO_BROKER_REACHABLE",
      message: /knows of no broker of its cluster yet/,
    });
    assert.equal((await world.settle(cluster.metadata.awaitTopic("t", false, cluster.limit()))).partitions.length, 1);
    empty = 1;
    await assert.rejects(world.settle(cluster.metadata.refresh()), { retriable: true });
    assert.deepEqual([...cluster.metadata.current.brokers.keys()], [1]);
  });

  test("a broker that wants it to start again is left, and the cluster is found from the bootstrap servers (KIP-1102)", async () => {
    const { world, brokers, cluster } = await start(2);
    await world.settle(cluster.metadata.refresh());
    const [bootstrap, other] = brokers as [ScriptedBroker, ScriptedBroker];
    // The cluster has moved to other addresses; its old brokers say no more than that.
    const moved = await ScriptedBroker.start(world.net, 1, 9999);
    moved.serveMetadata(() => ({ t: [1] }), [moved]);
    for (const broker of brokers) broker.on(metadataApi, () => makeMetadataResponse({ errorCode: ErrorCode.REBOOTSTRAP_REQUIRED }));
    await assert.rejects(world.settle(cluster.metadata.refresh()), { code: "NO_BROKER_REACHABLE", retriable: true });
    assert.equal(cluster.metadata.current.brokers.size, 0);
    bootstrap.serveMetadata(() => ({ t: [1] }), [moved]);
    const told = other.requestsOf(metadataApi).length;
    await world.settle(cluster.metadata.refresh());
    assert.deepEqual(
      [...cluster.metadata.current.brokers.values()].map(({ port }) => port),
      [9999],
    );
    assert.equal(other.requestsOf(metadataApi).length, told);
    cluster.close(new ClientError("CLIENT_CLOSED", "Over."));
  });

  test("an address that another cluster has by now is not taken for the broker that was there (KIP-1242)", async () => {
    const { world, brokers, cluster } = await start(2);
    await world.settle(cluster.metadata.refresh());
    const [bootstrap, lost] = brokers as [ScriptedBroker, ScriptedBroker];
    const strangers = await ScriptedBroker.start(world.net, 1, 9999);
    // Broker 2 is gone, and who listens where it was belongs to others.
    const addressOf = ({ port }: ScriptedBroker, nodeId: number) => makeMetadataResponseBroker({ nodeId, host: HOST, port });
    bootstrap.on(metadataApi, () =>
      makeMetadataResponse({ clusterId: "scripted", brokers: [addressOf(bootstrap, 1), addressOf(strangers, 2)] }),
    );
    strangers.on(apiVersionsApi, ({ clusterId, nodeId }) =>
      clusterId === null || (clusterId === "theirs" && nodeId === 1)
        ? strangers.versions()
        : makeApiVersionsResponse({ errorCode: ErrorCode.REBOOTSTRAP_REQUIRED }),
    );
    await world.settle(cluster.metadata.refresh());
    const lane = cluster.openLane();
    await assert.rejects(world.settle(lane.connect(2)), {
      code: "NO_BROKER_REACHABLE",
      retriable: true,
      message: /not broker 2 of cluster scripted any more/,
    });
    assert.deepEqual(
      strangers.requestsOf(apiVersionsApi).map(({ clusterId, nodeId }) => [clusterId, nodeId]),
      [["scripted", 2]],
    );
    // A bootstrap server may be anybody.
    assert.deepEqual(
      [bootstrap, lost].flatMap((broker) => broker.requestsOf(apiVersionsApi)).map(({ clusterId, nodeId }) => [clusterId, nodeId]),
      [[null, -1]],
    );
    cluster.close(new ClientError("CLIENT_CLOSED", "Over."));
  });
});
