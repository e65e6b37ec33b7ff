// Sending dead letters back is killed (SIGKILL) in the middle, again and again: each letter is sent once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SeededRandom } from "@ottla/base/simulated";
import { startKafka } from "@ottla/testing";
import { nodeBinary, repositoryRoot } from "../../paths.ts";
import { runCommand, startChild } from "../../process/child.ts";
import { waitUntil } from "../../process/wait-until.ts";

const SEED = Number(process.env["OTTLA_SEED"] ?? Math.floor(Math.random() * 1e9));
const LETTERS = 6_000;
const KILLS = 3;

test(`a redrive that is killed ${KILLS} times in the middle sends each letter once (seed ${SEED})`, async (t) => {
  const random = new SeededRandom(SEED);
  await using kafka = await startKafka({ topics: { dead: 3, back: 2 } });
  await kafka.topic("dead").produce(Array.from({ length: LETTERS }, (_, n) => ({ key: `k${n}`, value: `letter ${n}`, partition: n % 3 })));
  const args = ["--conditions=source", "packages/cli/src/main.ts", "dlq", "replay", "dead", "--to", "back", "-b", kafka.bootstrapServers];
  const sent = async (): Promise<string[]> =>
    (await kafka.topic("back").records({ isolationLevel: "read_committed" })).map(({ value }) => String(value));
  const killedAt: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const before = (await sent()).length;
    const child = startChild(nodeBinary, [...args, "--rate", "1500"], { cwd: repositoryRoot });
    await waitUntil("some more are sent", async () => (await sent()).length > before, { timeoutMs: 60_000 }).catch((error: unknown) => {
      throw new Error(child.outputTail(), { cause: error });
    });
    await sleep(random.nextInt(400));
    await child.kill();
    killedAt.push((await sent()).length);
  }
  const { status, stdout, stderr } = await runCommand(nodeBinary, args, { cwd: repositoryRoot, timeoutMs: 120_000 });
  assert.equal(status, 0, stderr);
  t.diagnostic(`killed at ${killedAt.join(", ")}; then: ${stdout.trim()}`);
  const expected = Array.from({ length: LETTERS }, (_, n) => `letter ${n}`);
  assert.deepEqual((await sent()).toSorted(), expected.toSorted());
  assert.ok(
    killedAt.every((count) => count < LETTERS),
    "each was in the middle",
  );
});
