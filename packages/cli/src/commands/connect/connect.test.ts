import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runWords } from "../../testing/command-line-fixture.ts";
import { outcome, readyLine, useProcesses } from "../../testing/command-line-processes.ts";

const { processes, folder } = useProcesses();

test("connectors are made, listed, stopped and deleted by the command line, at the Connect of ottla dev", async () => {
  const dev = processes.start("dev", "--memory", "--only", "broker,connect", "--port", "0", "--json");
  const { connect = "" } = (await readyLine(dev)) as { readonly connect?: string };
  assert.match(connect, /^http:\/\/127\.0\.0\.1:\d+$/);
  const ottla = async (...words: string[]): Promise<string> => {
    const { status, stdout, stderr } = await runWords(["connect", ...words], { env: { OTTLA_CONNECT_URL: connect } });
    return `${status} ${stdout}${stderr}`;
  };
  const stranger = await fetch(`${connect}/connectors`, { headers: { origin: "http://elsewhere.example" } });
  assert.equal(stranger.status, 403);
  assert.equal(await ottla("list"), "0 There are no connectors.\n");
  const file = join(folder(), "orders.json");
  const config = { "connector.class": "datagen", "kafka.topic": "orders", iterations: 3, "max.interval": 0 };
  writeFileSync(file, JSON.stringify({ ...config, iteratons: 5, "tasks.max": 0 }));
  assert.match(await ottla("validate", file), /^1 error: tasks\.max: /);
  writeFileSync(file, JSON.stringify(config));
  assert.equal(await ottla("validate", file), "0 orders can be created as it is.\n");
  assert.match(await ottla("apply", file, "--dry-run"), /^0 \+ connector\.class=datagen\n.*orders would be created\.\n$/s);
  assert.match(await ottla("apply", file), /orders is created\.\n$/);
  assert.match(await ottla("apply", file), /^0 orders is unchanged\.\n$/);
  for (;;) if (/at \{"quickstart":"orders"\}: \{"iteration":3\}/.test(await ottla("status", "orders"))) break;
  assert.match(await ottla("list"), /\norders {5}source {2}datagen {2}RUNNING {2}1 RUNNING\n/);
  assert.equal(await ottla("stop", "orders"), "0 orders is being stopped.\n");
  for (;;) if (/STOPPED {2}none/.test(await ottla("list"))) break;
  assert.equal(await ottla("delete", "orders"), "0 orders is deleted.\n");
  assert.equal(await ottla("delete", "orders"), "1 ottla: Connector orders not found\n");
  const ended = outcome(dev);
  dev.kill("SIGTERM");
  assert.equal((await ended).status, 0);
});

test("a dry run prints a source's records without a cluster", async () => {
  const file = join(folder(), "tick.mjs");
  writeFileSync(
    file,
    `export default { kind: "source", name: "tick", version: "1", config: {}, async *read() { for (let n = 0; ; n++) yield { topic: "t", value: { n }, partition: {}, offset: { n } }; } };\n`,
  );
  const { status, stdout } = await runWords(["connect", "run", file, "--dry", "-n", "2"]);
  assert.deepEqual([status, stdout], [0, [0, 1].map((n) => `{"topic":"t","value":{"n":${n}},"from":{},"at":{"n":${n}}}\n`).join("")]);
});
