// What is particular to streams groups (KIP-1071), on Apache Kafka and on Ottla: standbys by the group's config, who can be asked, members that come back under their name, threads, and what the coordinator refuses.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { type Client, createClient } from "@ottla/client";
import { type ApplicationOptions, streams, type StreamsApplication } from "@ottla/streams";
import { waitUntil } from "./process/wait-until.ts";
import threadedCounts from "./streams/threaded-counts.ts";
import { requireTarget } from "./target.ts";

const { bootstrap } = requireTarget();
const module = new URL("./streams/threaded-counts.ts", import.meta.url);

describe("a streams group", () => {
  let client: Client;
  let applicationId: string;
  let topics: { readonly lines: string; readonly counts: string };

  before(() => {
    client = createClient({ bootstrapServers: bootstrap });
  });
  after(() => client.close());

  async function begin(partitionCount: number): Promise<void> {
    applicationId = `group-${randomUUID().slice(0, 8)}`;
    topics = { lines: `${applicationId}-lines`, counts: `${applicationId}-counts` };
    const created = await client.admin().createTopics(Object.values(topics).map((name) => ({ name, partitionCount })));
    for (const { error } of created) if (error !== undefined) throw error;
  }

  function instance(options: Partial<ApplicationOptions> = {}): StreamsApplication {
    const all = {
      applicationId,
      bootstrapServers: bootstrap,
      groupProtocol: "streams",
      commitIntervalMs: 50,
      cacheMaxBytes: 0,
      ...options,
    } as const;
    return options.workers === undefined ? streams(threadedCounts(topics), all) : streams({ module, data: topics }, all);
  }

  /** Each key is sent once more; all of them are to have been counted so often. */
  async function countEach(times: number, apps: readonly StreamsApplication[]): Promise<void> {
    const producer = client.producer();
    const keys = ["a", "b", "c", "d", "e", "f", "g", "h"];
    for (const key of keys) await producer.send([{ topic: topics.lines, key, value: "x" }]);
    await producer.close();
    await waitUntil(`every key is counted ${times} times`, async () => {
      const found = await Promise.all(
        keys.map(async (key) => {
          const asked = await Promise.allSettled(apps.map((app) => app.store<string, number>("counts").get(key)));
          return asked.some((outcome) => outcome.status === "fulfilled" && outcome.value === times);
        }),
      );
      return found.every(Boolean);
    });
  }

  test("keeps copies where its config says so, and all are told who has what", async () => {
    await begin(4);
    await client
      .admin()
      .alterConfigs([{ type: "group", name: applicationId, changes: [{ op: "set", name: "streams.num.standby.replicas", value: "1" }] }]);
    await using first = instance({ applicationServer: "127.0.0.1:1001" });
    await using second = instance({ applicationServer: "127.0.0.1:1002" });
    await Promise.all([first.start(), second.start()]);
    await countEach(1, [first, second]);
    for (const app of [first, second]) {
      await waitUntil("both instances are known, each with its half and a copy of the other", () => {
        const known = app.metadataForStore("counts");
        const halves = known.flatMap(({ stores }) =>
          stores.map(({ partitions, standbyPartitions }) => [partitions.length, standbyPartitions.length]),
        );
        return JSON.stringify(halves) === "[[2,2],[2,2]]";
      });
    }
    await first.close();
    await countEach(2, [second]);
  });

  test("takes a member back under its name, with its tasks, after it went for a while", async () => {
    await begin(2);
    const options = { groupInstanceId: "one" };
    await using other = instance();
    const first = instance(options);
    await Promise.all([first.start(), other.start()]);
    await countEach(1, [first, other]);
    const before = (await first.tasks()).map(({ taskId }) => taskId);
    await first.close({ leaveGroup: false });
    await using again = instance(options);
    await again.start();
    assert.deepEqual(
      (await again.tasks()).map(({ taskId }) => taskId),
      before,
    );
    await countEach(2, [again, other]);
  });

  test("has a member for each thread", async () => {
    await begin(4);
    await using app = instance({ workers: 2, guarantee: "exactlyOnce" });
    await app.start();
    const [described] = await client.admin().describeStreamsGroups([applicationId]);
    assert.equal(described?.value?.members.length, 2);
    await countEach(1, [app]);
    assert.equal(await app.removeWorker(), 2);
    await countEach(2, [app]);
  });

  test("refuses another topology, and the error says so", async () => {
    await begin(1);
    await using app = instance();
    await app.start();
    topics = { ...topics, lines: topics.counts };
    await using other = instance();
    await assert.rejects(other.start(), { message: /Topology updates are not supported/ });
  });
});
