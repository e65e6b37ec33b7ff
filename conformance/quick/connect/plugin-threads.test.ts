import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type LogFields, silentLogger } from "@ottla/base";
import { nodeDisk, systemClock } from "@ottla/base/node";
import {
  builtinPlugins,
  ConnectLoggers,
  connectApi,
  type ConnectWorker,
  loadPluginFolder,
  PluginCatalogue,
  PluginThreads,
  startWorker,
  ThreadTaskHost,
} from "@ottla/connect/worker";
import { type Kafka, startKafka } from "@ottla/testing";

const entry = new URL(import.meta.resolve("@ottla/connect/thread-entry"));

const JSON_TYPE = { "content-type": "application/json" };

/** A source in a file, and what its file does before. */
const source = (name: string, members: string, first = ""): string => `${first}
export default { kind: "source", name: "${name}", version: "1", config: {}, ${members}
  async *read(_config, { task }) { yield { topic: "${name}", value: task.n ?? 0, partition: { of: "${name}" }, offset: { n: 1 } }; } };
`;

interface Started {
  readonly worker: ConnectWorker;
  readonly leftOut: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

async function started(kafka: Kafka, files: Readonly<Record<string, string>>, logger = silentLogger): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), "ottla-connect-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const world = { clock: systemClock, logger };
  const properties = { "value.converter": "string", "ottla.thread.blocked.ms": "1000", "offset.flush.interval.ms": "50" };
  const pluginThreads = new PluginThreads({ ...world, entry, pluginFolder: folder, properties, environment: { PASS: "hush" } });
  const plugins = await pluginThreads.list();
  const access = { bootstrapServers: kafka.bootstrapServers, properties, login: {} };
  const { leftOut } = pluginThreads;
  const worker = await startWorker({
    ...world,
    client: kafka.client(),
    catalogue: new PluginCatalogue([...builtinPlugins, ...plugins]),
    properties,
    workerId: "here:1",
    environment: { PASS: "hush" },
    disk: nodeDisk,
    pluginThreads,
    tasks: new ThreadTaskHost({ ...world, entry, access, properties }),
  });
  return {
    worker,
    leftOut: leftOut.map((file) => file.slice(folder.length + 1)),
    async [Symbol.asyncDispose]() {
      await worker.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The longest that the loop was held while something happened, in ms. */
async function heldMs(run: () => Promise<unknown>): Promise<number> {
  let [last, longest, isOver] = [performance.now(), 0, false];
  const beat = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!isOver) setTimeout(beat, 5);
  };
  beat();
  await run();
  isOver = true;
  return longest;
}

test("files that do not come back from their loading are left out, and the plugins of others run", async () => {
  await using kafka = await startKafka();
  await using started_ = await started(kafka, {
    "a-spins.mjs": source("spins", "", "for (;;);"),
    "b-exits.mjs": source("exits", "", "process.exit(7);"),
    "c-broken.mjs": "export default { this is no code",
    "d-throws.mjs": source("throws", "", "throw new Error('at the top');"),
    "e-rejects.mjs": source("rejects", "", "void Promise.reject(new Error('nobody waits'));"),
    "good.mjs": source("good", ""),
  });
  const { worker, leftOut } = started_;
  assert.deepEqual(leftOut, ["a-spins.mjs", "b-exits.mjs"]);
  const files = ["spins", "exits", "broken", "throws", "rejects", "good"].filter((name) => worker.catalogue.has(["source"], name));
  assert.deepEqual(files, ["rejects", "good"]);
  await worker.putConfig("g", { "connector.class": "good" });
  await kafka.until(
    "its record is there",
    async () =>
      (
        await kafka
          .topic("good")
          .records()
          .catch(() => [])
      ).length === 1,
    { seen: () => JSON.stringify(worker.statuses.get({ connector: "g", task: 0 })) },
  );
});

test("a dry run, a split or a look at offsets that spins, exits or hoards fails for whoever asked, and holds neither the worker nor others", async () => {
  await using kafka = await startKafka();
  await using started_ = await started(kafka, {
    "spins.mjs": source("spins", "check() { for (;;); },"),
    "exits.mjs": source("exits", "check() { process.exit(1); },"),
    "nothing.mjs": source("nothing", "async check() {},"),
    "split-spins.mjs": source("split-spins", "split() { for (;;); },"),
    "split-waits.mjs": source("split-waits", "split() { return new Promise(() => {}); },"),
    "split-nonsense.mjs": source("split-nonsense", "split() { return 5; },"),
    "offsets.mjs": source("offsets", "checkOffsets() { process.exit(1); },"),
    "good.mjs": source(
      "good",
      "async check() { return []; }, async split(_config, max) { return Array.from({ length: max }, (_, n) => ({ n })); },",
    ),
  });
  const { worker } = started_;
  const api = connectApi({ worker });
  const put = async (name: string, settings: object = {}): Promise<readonly [number, string]> => {
    const body = JSON.stringify({ "connector.class": name, "ottla.restart.max": "0", ...settings });
    const answer = await api.request(`/connectors/${name}/config`, { method: "PUT", body, headers: JSON_TYPE });
    return [answer.status, await answer.text()];
  };
  const spins = put("spins");
  const others = await heldMs(async () => {
    assert.equal((await put("good", { "tasks.max": "3" }))[0], 201);
    const [status, text] = await spins;
    assert.equal(status, 400);
    assert.match(text, /The plugin's code did not give way for more than 1 s/);
  });
  assert.ok(others < 1_000, `the loop was held for ${others} ms`);
  await kafka.until(
    "three tasks have written",
    async () =>
      (
        await kafka
          .topic("good")
          .records()
          .catch(() => [])
      ).length === 3,
  );
  const [exits, exit] = await put("exits");
  assert.equal(exits, 400);
  assert.match(exit, /process\.exit\(\) was called in it/);
  assert.match((await put("nothing"))[1], /The dry run gave no list of findings/);
  for (const [name, reason] of [
    ["split-spins", /did not give way for more than 1 s/],
    ["split-nonsense", /split gives no list of objects/],
  ] as const) {
    assert.equal((await put(name))[0], 201);
    await kafka.until(`${name} has failed`, () => worker.statuses.get({ connector: name })?.state === "FAILED", { withinMs: 20_000 });
    assert.match(worker.statuses.get({ connector: name })?.trace ?? "", reason);
  }
  // One that waits is given up by whoever deletes it.
  assert.equal((await put("split-waits"))[0], 201);
  await worker.deleteConnector("split-waits");
  assert.equal(worker.state.get("split-waits"), undefined);
  assert.equal((await put("offsets"))[0], 201);
  await worker.setTarget("offsets", "STOPPED");
  await kafka.until("it is stopped", () => worker.state.get("offsets")?.tasks.length === 0 && worker.statuses.tasks("offsets").size === 0);
  const body = '{"offsets":[{"partition":{"p":1},"offset":{"o":1}}]}';
  assert.equal((await api.request("/connectors/offsets/offsets", { method: "PATCH", body, headers: JSON_TYPE })).status, 400);
  const definitions = await api.request("/connector-plugins/good/config");
  assert.equal(definitions.status, 200);
});

test("a file whose top level waits for what does not come is given up, and the others are there", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ottla-connect-"));
  try {
    writeFileSync(join(folder, "a-waits.mjs"), source("waits", "", "await new Promise(() => {});"));
    writeFileSync(join(folder, "good.mjs"), source("good", ""));
    const late: string[] = [];
    const options = { loadMs: 200, onLate: (file: string) => void late.push(file) };
    const plugins = await loadPluginFolder(folder, nodeDisk, silentLogger, options);
    assert.deepEqual([plugins.map(({ name }) => name), late], [["good"], [join(folder, "a-waits.mjs")]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what a plugin prints of a setting that it calls a secret is hidden: in its dry run, its split and its task", async () => {
  await using kafka = await startKafka({ topics: { printing: 1 } });
  const printing = `import { secret } from ${JSON.stringify(import.meta.resolve("@ottla/connect"))};
const print = (where, word) => {
  console.log(where + " log", word, { word });
  console.error(where + " error", new Error(word));
  process.stdout.write(Buffer.from(where + " bytes " + word + "\\n"));
};
export default { kind: "source", name: "printing", version: "1", config: { word: secret() },
  async check({ word }) { print("check", word); return []; },
  async split({ word }) { print("split", word); return [{}]; },
  async *read({ word }, { signal }) {
    print("read", word);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  } };
`;
  const said: string[] = [];
  const log = (message: string, fields?: object): void => void said.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const logger = { error: log, warn: log, info: log, debug: log };
  await using run = await started(kafka, { "printing.mjs": printing }, logger);
  await run.worker.putConfig("p", { "connector.class": "printing", word: "of-nobody-else" });
  const places = ["check", "split", "read"].flatMap((where) => ["log", "error", "bytes"].map((how) => `${where} ${how}`));
  await kafka.until("all is printed", () => places.every((each) => said.some((line) => line.includes(each))), {
    seen: () => said.join("\n"),
  });
  assert.doesNotMatch(said.join("\n"), /of-nobody-else/);
  assert.match(said.join("\n"), /read bytes \[hidden\]/);
});

/** Told of lines of debug before levels are looked at. */
class CountingLoggers extends ConnectLoggers {
  debugLines = 0;

  override debug(message: string, fields?: LogFields): void {
    this.debugLines++;
    super.debug(message, fields);
  }
}

test("a thread sends no line of debug until a logger tells such, and then soon", async () => {
  await using kafka = await startKafka();
  const loggers = new CountingLoggers(silentLogger, systemClock);
  await using connect = await started(kafka, {}, loggers);
  await connect.worker.putConfig("in", { "connector.class": "datagen", "kafka.topic": "made", "max.interval": "1", quickstart: "orders" });
  await kafka.until("records come, each with requests of the thread's own", async () => (await kafka.topic("made").records()).length > 50);
  assert.equal(loggers.debugLines, 0);
  loggers.set("connector.in", "DEBUG");
  await kafka.until("lines of debug come", () => loggers.debugLines > 0);
});
