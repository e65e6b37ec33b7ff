import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import { testSeed } from "@ottla/base/simulated";
import type { Client } from "@ottla/client";
import { startKafka } from "@ottla/testing";
import { nodeBinary, repositoryRoot } from "../../paths.ts";
import { type Child, startChild } from "../../process/child.ts";
import { findFreePorts } from "../../process/free-port.ts";
import { makeRandom } from "../../process/seeded-random.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { storageTopics } from "./apache-connect.ts";

/** `OTTLA_KILLS=200 OTTLA_TEST_SEED=7 npm run test:connect -- --only kill-worker` */
const KILLS = Number(process.env["OTTLA_KILLS"] ?? 8);
const SEED = testSeed();
const STRINGS = { "key.converter": "string", "value.converter": "string" };

test(`a worker that is killed ${KILLS} times writes a file's lines exactly once, and a sink has all of them in order (seed ${SEED})`, async () => {
  await using kafka = await startKafka({ topics: { lines: 1 } });
  const folder = makeTemporaryFolder("connect-kills");
  const [input, output] = [join(folder, "in.txt"), join(folder, "out.txt")];
  const [port = 0] = await findFreePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const properties = {
    "group.id": "killed",
    ...storageTopics("killed"),
    "exactly.once.source.support": "enabled",
    "offset.flush.interval.ms": "100",
  };
  const file = join(folder, "worker.properties");
  writeFileSync(
    file,
    Object.entries(properties)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  const chance = makeRandom(SEED);
  const start = (): Child =>
    startChild(
      nodeBinary,
      [
        "--conditions=source",
        "packages/cli/src/main.ts",
        "up",
        "-b",
        kafka.bootstrapServers,
        "--only",
        "connect",
        "--connect-port",
        String(port),
        "--connect-config",
        file,
        "--json",
      ],
      { cwd: repositoryRoot },
    );
  const put = async (name: string, config: Readonly<Record<string, string>>): Promise<boolean> => {
    const response = await fetch(`${url}/connectors/${name}/config`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...config, ...STRINGS }),
    });
    return response.ok;
  };
  let count = 0;
  const grow = (lines: number): void => {
    appendFileSync(input, Array.from({ length: lines }, () => `line ${count++}\n`).join(""));
  };
  writeFileSync(input, "");
  let worker = start();
  try {
    await waitUntil("the source is made", () =>
      put("source", { "connector.class": "FileStreamSource", file: input, topic: "lines", "batch.size": "50" }),
    );
    await waitUntil("the sink is made", () =>
      put("sink", {
        "connector.class": "FileStreamSink",
        file: output,
        topics: "lines",
        "consumer.override.isolation.level": "read_committed",
        "consumer.override.session.timeout.ms": "6000",
      }),
    );
    for (let kill = 0; kill < KILLS; kill++) {
      const before = count;
      for (let piece = 0; piece < 10; piece++) {
        grow(1 + Math.floor(chance() * 300));
        await sleep(Math.floor(chance() * 120));
      }
      // Some lives end in the middle of work, some have come far.
      if (chance() < 0.5) await waitUntil("it has come so far", async () => (await committed(kafka.client())).length > before);
      await worker.kill();
      worker = start();
    }
    const expected = Array.from({ length: count }, (_, number) => `line ${number}`);
    await waitUntil("all is written", async () => (await committed(kafka.client())).length >= count, { timeoutMs: 60_000 });
    assert.deepEqual(await committed(kafka.client()), expected);
    const sunk = (): string[] => (existsSync(output) ? readFileSync(output, "utf8").trimEnd().split("\n") : []);
    await waitUntil("the sink has all", () => sunk().at(-1) === expected.at(-1), { timeoutMs: 60_000 });
    // At least once: what comes again begins anew at an earlier line, and goes on without a gap.
    let furthest = -1;
    for (const line of sunk()) {
      const number = Number(line.replace("line ", ""));
      assert.ok(number <= furthest + 1, `after line ${furthest} came ${line}`);
      furthest = Math.max(furthest, number);
    }
    assert.equal(furthest, count - 1);
  } finally {
    await worker.kill();
    removeTemporaryFolder(folder);
  }
});

async function committed(client: Client): Promise<string[]> {
  const partition = { topic: "lines", partition: 0 };
  const consumer = client.consumer({ isolationLevel: "read_committed", enableAutoCommit: false });
  try {
    consumer.assign([partition]);
    consumer.seekToBeginning([partition]);
    const [end] = await consumer.endOffsets([partition]);
    const values: string[] = [];
    while ((await consumer.position(partition)) < (end?.offset ?? 0))
      for (const batch of await consumer.poll(50)) for (const { value } of batch) values.push(value?.toString() ?? "");
    return values;
  } finally {
    await consumer.close({ timeoutMs: 0 });
    await client.close({ timeoutMs: 0 });
  }
}
