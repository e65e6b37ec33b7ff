// npm run test:answers: what old and odd clients ask, at ours and at Apache Kafka side by side; every field of every answer is the same.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { RunningCluster } from "../cluster.ts";
import { startCluster, testProfile } from "../target.ts";
import { oddRequests } from "./all-odd-requests.ts";
import { Probe } from "./probe.ts";

let clusters: readonly RunningCluster[] = [];
let ours: Probe;
let kafka: Probe;

before(async () => {
  clusters = await Promise.all([startCluster("ottla", { config: testProfile }), startCluster("kafka", { config: testProfile })]);
  [ours, kafka] = clusters.map(({ bootstrap }) => new Probe(bootstrap, "probe")) as [Probe, Probe];
  await Promise.all([ours.prepare(), kafka.prepare()]);
});

after(async () => {
  ours?.close();
  kafka?.close();
  await Promise.all(clusters.map((cluster) => cluster.stop()));
});

for (const { name, ask, differs } of oddRequests) {
  test(name, async () => {
    const [answer, expected] = await Promise.all([ask(ours), ask(kafka)]);
    if (differs === undefined) assert.deepEqual(answer, expected);
    else assert.equal(isDeepStrictEqual(answer, expected), false, `The answers are the same by now: "${differs}" is out of date.`);
  });
}
