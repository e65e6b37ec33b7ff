import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { serdes, streams, StreamsBuilder, type Topology } from "@ottla/streams";
import { ConsoleFixture } from "./console-fixture.ts";

function counting(): Topology {
  const b = new StreamsBuilder();
  b.stream("words", { key: serdes.string, value: serdes.string })
    .groupBy((word) => word, { key: serdes.string, value: serdes.string })
    .count({ store: "counts" })
    .toStream()
    .to("counted", { key: serdes.string, value: serdes.long });
  return b.build();
}

async function isShown(groupProtocol: "classic" | "streams"): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "ottla-console-streams-"));
  await using ottla = await ConsoleFixture.start({ topics: { words: 2, counted: 2, other: 1 }, deadlineMs: 30_000 });
  {
    await using app = streams(counting(), {
      applicationId: "word-count",
      groupProtocol,
      bootstrapServers: ottla.kafka.bootstrapServers,
      stateDir: folder,
      commitIntervalMs: 50,
      cacheMaxBytes: 0,
    });
    await app.serve();
    await app.start();
    await ottla.kafka.topic("words").produce(["a", "b", "a"].map((value) => ({ value })));
    await ottla.kafka.until("it is found", async () => (await ottla.get("/streams")).body.rows[0]?.groupId === "word-count");
    assert.equal((await ottla.get("/about")).body.rooms.streams, true);
    const seen = async () => (await ottla.get("/streams/application?id=word-count")).body;
    await ottla.kafka.until("it has read all", async () => {
      const { lag, stores, subtopologies } = await seen();
      return lag?.totalLag === 0 && stores.length === 1 && subtopologies.length === 2;
    });
    const body = await seen();
    assert.deepEqual([body.protocol, body.memberCount, body.http, body.stores[0].name], [groupProtocol, 1, null, "counts"]);
    assert.deepEqual(
      body.subtopologies.map(({ inputs, stores }: { inputs: string[]; stores: string[] }) => [inputs.length, stores]).sort(),
      [
        [1, []],
        [1, ["counts"]],
      ],
    );
    const [sub] = body.subtopologies;
    assert.ok(sub.graph.nodes.some(({ kind, label }: { kind: string; label: string }) => kind === "topic" && label === "words"));
    assert.deepEqual(
      body.topics
        .filter(({ lag }: { lag: number | null }) => lag === 0)
        .map(({ name }: { name: string }) => name)
        .sort(),
      ["word-count-counts-repartition", "words"],
    );
    assert.ok(body.members[0].active.length > 0);
    const one = async () => (await ottla.get("/streams/rows?id=word-count&store=counts&kind=keyValue&key=a")).body;
    await ottla.kafka.until("the word is counted", async () => (await one()).rows?.[0]?.value === 2);
    const all = await ottla.get("/streams/rows?id=word-count&store=counts&kind=keyValue");
    assert.equal(all.body.rows.length, 2, JSON.stringify(all.body));
    const absent = await ottla.get("/streams/rows?id=word-count&store=absent&kind=keyValue");
    assert.equal(absent.status >= 400, true);
  }
  await ottla.kafka.until("it has no members", async () => (await ottla.get("/streams/application?id=word-count")).body.memberCount === 0);
  const { body: left } = await ottla.get("/streams/application?id=word-count");
  assert.equal(left.http.code, "APPLICATION_AWAY");
  assert.ok(left.subtopologies.length > 0);
  const none = await ottla.get("/streams/application?id=absent");
  assert.deepEqual([none.status, none.body.code], [404, "UNKNOWN_GROUP"]);
  rmSync(folder, { recursive: true, force: true });
}

test("an application of the classic protocol is found, drawn with its lag, and its stores are asked by HTTP", () => isShown("classic"));
test("an application of the streams protocol is found, drawn with its lag, and its stores are asked by HTTP", () => isShown("streams"));
