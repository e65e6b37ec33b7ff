// Plans of share groups whose broker goes while they are carried out, on Apache Kafka: our broker has no share groups.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { nodeNet, OpenPort } from "@ottla/base/node";
import { MemoryDisk } from "@ottla/base/simulated";
import { type Client, createClient } from "@ottla/client";
import { serveConsole } from "@ottla/console";
import type { ClusterChange } from "@ottla/expert/plan";
import type { RunningCluster } from "../cluster.ts";
import { waitUntil } from "../process/wait-until.ts";
import { startCluster, testProfile } from "../target.ts";
import { losingNet } from "./losing-net.ts";

const TOPIC = "orders";
const CHANGES: readonly {
  readonly api: "AlterShareGroupOffsets" | "DeleteShareGroupOffsets";
  readonly change: ClusterChange;
  readonly made: readonly number[];
}[] = [
  {
    api: "AlterShareGroupOffsets",
    change: { kind: "setShareGroupOffsets", group: "workers", offsets: [{ topic: TOPIC, partition: 0, offset: 7 }] },
    made: [7],
  },
  { api: "DeleteShareGroupOffsets", change: { kind: "deleteShareGroupOffsets", group: "workers", topics: [TOPIC] }, made: [] },
];

describe("plans of share groups", () => {
  let cluster: RunningCluster;
  let client: Client;
  const begun = async (): Promise<readonly number[]> =>
    (await client.admin().listShareGroupOffsets("workers", undefined)).flatMap(({ value }) =>
      value?.startOffset === undefined ? [] : [value.startOffset],
    );

  before(async () => {
    cluster = await startCluster("kafka", { config: { ...testProfile, "num.partitions": "1" } });
    client = createClient({ bootstrapServers: cluster.bootstrap });
    const producer = client.producer();
    await producer.send(Array.from({ length: 9 }, (_, n) => ({ topic: TOPIC, value: `${n}` })));
    const worker = client.shareConsumer({ groupId: "workers" });
    worker.subscribe([TOPIC]);
    await waitUntil("the group reads the topic", async () => {
      // It begins with what comes after it.
      await producer.send({ topic: TOPIC, value: "shared" });
      await worker.poll(100);
      return (await begun()).length === 1;
    });
    await worker.close();
    await producer.close();
  });
  after(async () => {
    await client?.close();
    await cluster?.stop();
  });

  for (const { api, change, made } of CHANGES)
    for (const lose of ["request", "answer"] as const)
      test(`${change.kind}, the ${lose} lost: what is done is said, and it is carried out to its end later, and taken back`, async () => {
        const net = losingNet(nodeNet, api, lose);
        const lost = createClient({ bootstrapServers: cluster.bootstrap, apiTimeoutMs: 5_000, requestTimeoutMs: 2_500 }, { net });
        const port = await OpenPort.open({ what: "The console", host: "127.0.0.1", port: 0 });
        const server = await serveConsole({
          client: lost,
          port,
          door: { boundHost: "127.0.0.1", names: [], origins: [] },
          uiFolder: "/there-is-none",
          journals: { disk: new MemoryDisk(), folder: "/" },
        });
        const ask = async (path: string, body?: unknown) => {
          const answer = await fetch(`${server.url}/api${path}`, {
            headers: { "content-type": "application/json" },
            ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
          });
          // oxlint-disable-next-line typescript/no-explicit-any -- each place knows what it asked for
          return { status: answer.status, body: (await answer.json()) as any };
        };
        try {
          await client.admin().alterShareGroupOffsets("workers", [{ topic: TOPIC, partition: 0, offset: 2 }]);
          await waitUntil("it reads from there", async () => (await begun())[0] === 2);
          const { body: plan } = await ask("/plans", { changes: [change] });
          const apply = () => ask(`/plans/${plan.planId}/apply`, { digest: plan.digest, agreed: ["workers"] });
          const broken = await apply();
          assert.ok(broken.status >= 400, JSON.stringify(broken.body));
          assert.equal(net.count, 1, `it was asked once, ${JSON.stringify(broken.body)}`);
          const told = (await ask("/plans")).body.plans.find(({ planId }: { readonly planId: string }) => planId === plan.planId);
          assert.deepEqual([told.state, told.goesOn, told.progress.at(-1)], ["failed", true, `ended here: ${broken.body.message}`]);
          assert.ok(!told.progress.some((line: string) => line.startsWith("step 1 done")), told.progress.join("; "));
          assert.deepEqual(await begun(), lose === "answer" ? made : [2]);
          net.mend();
          const again = await apply();
          assert.deepEqual([again.status, again.body.state], [200, "done"], JSON.stringify(again.body));
          assert.deepEqual(await begun(), made);
          const undone = await ask(`/plans/${plan.planId}/undo`, { digest: plan.digest });
          assert.equal(undone.status, 200, JSON.stringify(undone.body));
          assert.deepEqual(await begun(), [2]);
        } finally {
          await server.close();
          await lost.close();
        }
      });
});
