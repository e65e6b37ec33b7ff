import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { check } from "../../../examples/streams/live/check.ts";
import { examples } from "../../../examples/streams/live/examples.ts";
import { Cluster } from "../../../examples/streams/live/world.ts";

const RUN = fileURLToPath(new URL("../../../examples/streams/live/run-example.ts", import.meta.url));

for (const [name, example] of Object.entries(examples)) {
  test(`the example ${name} writes exactly what it should, though its application is killed in the middle`, async (t) => {
    await using cluster = await Cluster.open(undefined);
    assert.deepEqual(await check(cluster, example, { name, kills: 2, tell: (what) => t.diagnostic(what) }), []);
  });
}

test("an example shows its figures on whatever it is run, and Ctrl-C ends it with what was measured", async () => {
  const child = spawn(process.execPath, ["--conditions=source", RUN, "fraud", "--rate", "200"], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  let isTold = false;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    // It has found something; a second signal would end it at once.
    if (isTold || !/[1-9]\d* found/.test(text)) return;
    isTold = true;
    child.kill("SIGINT");
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
  const [status] = (await once(child, "close")) as [number | null];
  assert.equal(status, 0, errors);
  assert.match(text, /not found 0; alarms without a fraud, or twice: 0 of/);
  assert.match(text, /found in less than 100 ms: [\d.]+ % \(claimed: 99\.7 %\)/);
});
