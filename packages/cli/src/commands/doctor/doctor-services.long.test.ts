import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type RunOptions, runWords } from "../../testing/command-line-fixture.ts";
import { outcome, readyLine, useProcesses } from "../../testing/command-line-processes.ts";

interface Report {
  readonly findings: readonly {
    readonly rule: string;
    readonly subject: string;
    readonly message: string;
    readonly evidence: string;
    readonly fix: string;
  }[];
  readonly notChecked: readonly { readonly subject: string; readonly reason: string }[];
}

const { processes, folder } = useProcesses();
/** Asks until the service is ready, which on a busy machine it may not be at once. */
async function post(url: string, body: string, wanted: number): Promise<void> {
  for (;;) {
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body });
    const text = await answer.text();
    if (answer.status === wanted) return;
    assert.ok(answer.status === 503 || answer.status === 409, `${answer.status}: ${text}`);
  }
}

test("the doctor sees a registry by its topic, and Connect where it is named: schemas that were not held against those still read, tasks that failed", async () => {
  const plugins = join(folder(), "plugins");
  mkdirSync(plugins);
  const broken = `async *read() { throw new TypeError("password=hunter2"); }`;
  writeFileSync(join(plugins, "broken.mjs"), `export default { kind: "source", name: "broken", version: "1", config: {}, ${broken} };\n`);
  const dev = processes.start(
    "dev",
    "--memory",
    "--only",
    "broker,registry,connect",
    "--port",
    "0",
    "--json",
    "--connect-plugins",
    plugins,
  );
  const ready = (await readyLine(dev)) as Awaited<ReturnType<typeof readyLine>> & { readonly connect: string };
  const env = { OTTLA_BOOTSTRAP_SERVER: ready.bootstrap, OTTLA_REGISTRY_URL: ready.registry ?? "" };
  const run = (words: readonly string[], options: RunOptions = {}) => runWords(words, { env, ...options });
  const examine = async (...words: readonly string[]): Promise<Report> =>
    JSON.parse((await run(["doctor", "--json", "--only", "SCH,CON,TOP-22", ...words])).stdout) as Report;

  await run(["topics", "create", "orders"]);
  await run(["topics", "create", "tomorrow", "--config", "message.timestamp.after.max.ms=86400000"]);
  const later = JSON.stringify({ value: "later", timestamp: Date.now() + 5 * 3_600_000 });
  const produced = await run(["produce", "tomorrow", "--input", "json"], { stdin: `${later}\n` });
  assert.equal(produced.status, 0, produced.stderr);
  for (const more of [[], ["b"], ["b", "c"]]) {
    const fields = [{ name: "a", type: "int" }, ...more.map((name) => ({ name, type: "int", default: 0 }))];
    const schema = JSON.stringify({ type: "record", name: "Order", fields });
    const body = JSON.stringify({ schema });
    await post(`${ready.registry}/subjects/orders-value/versions`, body, 200);
  }
  const config = { "connector.class": "broken" };
  const body = JSON.stringify({ name: "orders source", config });
  await post(`${ready.connect}/connectors`, body, 201);

  const before = await examine();
  assert.deepEqual(
    before.findings.map(({ rule, subject }) => [rule, subject]),
    [
      ["TOP-22", "topic tomorrow"],
      ["SCH-04", "registry"],
    ],
  );
  assert.match(before.notChecked.find(({ subject }) => subject === "CON-09")!.reason, /No worker of Connect was named/);
  assert.match(before.notChecked.find(({ subject }) => subject === "SCH-03")!.reason, /deployedFirst/);
  assert.match(before.findings[1]!.evidence, /^orders-value \(BACKWARD\): version 3 came .* after version 2, .* 7 d: those of version 1 /);
  assert.equal(before.findings[1]!.fix, "ottla schemas compat --set BACKWARD_TRANSITIVE");

  let failed: Report["findings"][number] | undefined;
  while (failed === undefined) failed = (await examine("--connect-url", ready.connect)).findings.find(({ rule }) => rule === "CON-09");
  assert.deepEqual(
    [failed.subject, failed.message],
    ["connector orders source", "Connector orders source is RUNNING, and all of its tasks have failed."],
  );
  assert.match(failed.evidence, /^source RUNNING; task 0 (FAILED|RESTARTING) on /);
  assert.doesNotMatch(JSON.stringify(failed), /hunter2/);
  assert.match(failed.fix, /ottla connect restart 'orders source' --only-failed$/);

  const order = join(folder(), "order.yaml");
  writeFileSync(order, "lint:\n  deployedFirst: producers\n");
  const said = (await examine("--config", order)).findings.find(({ rule }) => rule === "SCH-03");
  assert.match(said!.message, /^BACKWARD of the registry does not hold while producers are deployed first\.$/);
  assert.match(said!.fix, /Deploy consumers first, or: ottla schemas compat --set FORWARD$/);

  const set = await run(["schemas", "compat", "--set", "FULL_TRANSITIVE"]);
  assert.equal(set.status, 0, set.stderr);
  assert.equal((await fetch(`${ready.connect}/connectors/${encodeURIComponent("orders source")}`, { method: "DELETE" })).status, 204);
  await run(["topics", "delete", "tomorrow"]);
  assert.deepEqual((await examine("--connect-url", ready.connect, "--config", order)).findings, []);

  const away = await examine("--connect-url", "http://me:hunter2@127.0.0.1:1");
  assert.match(
    away.notChecked.find(({ subject }) => subject === "CON-09")!.reason,
    /^out of reach: No worker of Connect answers at http:\/\/127\.0\.0\.1:1\.$/,
  );
  const odd = await run(["doctor", "--connect-url", "me:hunter2@connect"]);
  assert.deepEqual([odd.status, /hunter2/.test(odd.stderr)], [2, false]);

  const ended = outcome(dev);
  dev.kill("SIGTERM");
  assert.equal((await ended).status, 0);
});
