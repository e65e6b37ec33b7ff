import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CommandLineFixture, runWords } from "../../testing/command-line-fixture.ts";
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
  assert.match(await ottla("diff", file), /^1 \+ connector\.class=datagen\n.*orders would be created, and its tasks started\.\n$/s);
  assert.match(await ottla("apply", file), /orders is created\.\n$/);
  assert.equal(await ottla("diff", file), "0 orders is as the file says.\n");
  const more = { "max.interval": 1, "producer.override.sasl.jaas.config": "not-for-eyes" };
  writeFileSync(file, JSON.stringify({ ...config, ...more, "tasks.max": 0 }));
  assert.match(
    await ottla("diff", file),
    /^1 - max\.interval=0\n\+ max\.interval=1\n\+ producer\.override\.sasl\.jaas\.config=\[hidden\]\n\+ tasks\.max=0\nerror: tasks\.max: .*orders would be refused\.\n$/s,
  );
  writeFileSync(file, JSON.stringify({ ...config, "max.interval": 1 }));
  assert.match(await ottla("diff", file), /^1 .*\norders would be changed, and its task started again\.\n$/s);
  writeFileSync(file, JSON.stringify(config));
  assert.match(await ottla("apply", file), /^0 orders is unchanged\.\n$/);
  while (!/at \{"quickstart":"orders"\}: \{"iteration":3\}/.test(await ottla("status", "orders")))
    await new Promise((again) => setTimeout(again, 20));
  assert.match(await ottla("list"), /\norders {5}source {2}datagen {2}RUNNING {2}1 RUNNING\n/);
  assert.equal(await ottla("stop", "orders"), "0 orders is being stopped.\n");
  while (!/STOPPED {2}none/.test(await ottla("list"))) await new Promise((again) => setTimeout(again, 20));
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

test("a transform of a file stands beside its source, or in the folder of plugins, and is named like any other", async () => {
  const transform = `{ kind: "transform", name: "odd", version: "1", config: {}, open: () => ({ apply: (record) => (record.value.n % 2 === 0 ? undefined : { ...record, topic: "odd", valueSchema: undefined, value: { n: -(record.value.n ?? 1) } }) }) }`;
  const numbers = `{ kind: "source", name: "numbers", version: "1", config: {}, async *read() { for (let n = 0; ; n++) yield { topic: "t", value: { n }, partition: {}, offset: { n } }; } }`;
  const file = join(folder(), "numbers.ts");
  writeFileSync(file, `export default ${numbers};\nexport const odd = ${transform} as const;\n`);
  const chain = { transforms: "o", "transforms.o.type": "odd" };
  const set = Object.entries(chain).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const run = await runWords(["connect", "run", file, "--dry", "-n", "2", ...set]);
  assert.deepEqual(
    [run.status, run.stdout],
    [0, [1, 3].map((n) => `{"topic":"odd","value":{"n":${-n}},"from":{},"at":{"n":${n}}}\n`).join("")],
  );
  const plugins = join(folder(), "transforms");
  mkdirSync(plugins);
  writeFileSync(join(plugins, "odd.ts"), `export default ${transform};\n`);
  const config = { "connector.class": "datagen", "kafka.topic": "t", "max.interval": 0, "value.converter.schemas.enable": false };
  const connector = join(folder(), "numbers.json");
  writeFileSync(connector, JSON.stringify({ ...config, ...chain }));
  const preview = await runWords(["connect", "preview", connector, "-n", "1", "--connect-plugins", plugins]);
  assert.match(preview.stdout, /\n {2}o: \{"topic":"odd"/);
  const unknown = await runWords(["connect", "run", file, "--dry", "--set", "transforms=o", "--set", "transforms.o.type=od"]);
  assert.match(unknown.stderr, /There is no transformation called "od"\. Did you mean odd\?/);
});

test("a preview shows a source's records after each transform and as they would be written, dropped and bad ones too", async () => {
  const config = {
    "connector.class": "datagen",
    "kafka.topic": "orders",
    "max.interval": 0,
    "key.converter": "string",
    "value.converter": "string",
    transforms: "route",
    "transforms.route.type": "RegexRouter",
    "transforms.route.regex": "(.*)",
    "transforms.route.replacement": "all-$1",
  };
  const file = join(folder(), "preview.json");
  writeFileSync(file, JSON.stringify({ ...config, "value.converter": "json", "value.converter.schemas.enable": false }));
  const good = await runWords(["connect", "preview", file, "-n", "1"]);
  assert.equal(good.status, 0);
  assert.match(
    good.stdout,
    /^record 1: \{"topic":"orders".*\n {2}route: \{"topic":"all-orders".*\n {2}written to all-orders: 0 → \{"order_id":0,.*\}\n$/,
  );
  writeFileSync(file, JSON.stringify({ ...config, "transforms.route.type": "ValueToKey", "transforms.route.fields": "nothing" }));
  const bad = await runWords(["connect", "preview", file, "-n", "1"]);
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /\n {2}bad: Connector "preview", task 0, TRANSFORMATION "route", topic orders.*nothing/);
});

test("a preview of a sink reads its topics' first records, joins no group, and shows each as it would be written", async () => {
  const fixture = await CommandLineFixture.start();
  try {
    const lines = ['{"n":1}', "no JSON", '{"n":3}'].join("\n");
    await fixture.run(["topics", "create", "orders"]);
    await fixture.run(["produce", "orders"], { stdin: `${lines}\n` });
    const out = join(folder(), "out.txt");
    const file = join(folder(), "sink.json");
    const config = {
      "connector.class": "file-sink",
      file: out,
      topics: "orders",
      "value.converter": "json",
      "value.converter.schemas.enable": false,
      transforms: "hoist",
      "transforms.hoist.type": "HoistField$Value",
      "transforms.hoist.field": "order",
    };
    writeFileSync(file, JSON.stringify(config));
    const { status, stdout } = await fixture.run(["connect", "preview", file]);
    assert.equal(status, 1);
    const [first = "", bad = "", last = ""] = stdout.split(/^(?=record )/m);
    assert.match(
      first,
      /^record 1 \(orders-0 at 0\): .*"value":\{"n":1\}.*\n {2}hoist: .*"order":\{"n":1\}.*\n {2}written as a line of .*out\.txt: \{"order":\{"n":1\}\}\n$/,
    );
    assert.match(
      bad,
      /^record 2 \(orders-0 at 1\): \{"key":null,"value":"no JSON"\}\n {2}bad: .*VALUE_CONVERTER.*topic orders, partition 0, offset 1/,
    );
    assert.match(last, /written as a line of/);
    assert.equal(existsSync(out), false);
    assert.deepEqual(await fixture.json("groups", "list"), []);
    writeFileSync(file, JSON.stringify({ ...config, topics: "none" }));
    assert.match((await fixture.run(["connect", "preview", file])).stderr, /There is none of the topics that are read \(none\)/);
  } finally {
    await fixture.stop();
  }
});

test("a connector runs from its file until it is stopped, and goes on where it was; its last records are written and committed", async () => {
  const fixture = await CommandLineFixture.start();
  try {
    const at = join(folder(), "run");
    mkdirSync(at);
    const source = join(at, "lines.json");
    const sink = join(at, "out.json");
    const [input, output] = [join(at, "in.txt"), join(at, "out.txt")];
    const strings = { "value.converter": "string", "key.converter": "string" };
    writeFileSync(source, JSON.stringify({ "connector.class": "file-source", file: input, topic: "lines", ...strings }));
    writeFileSync(sink, JSON.stringify({ "connector.class": "file-sink", file: output, topics: "lines", ...strings }));
    const run = async (file: string, isDone: () => Promise<boolean>): Promise<string> => {
      const stop = new AbortController();
      const ran = fixture.run(["connect", "run", file, "--offsets", join(at, "offsets")], { signal: stop.signal });
      while (!(await isDone())) await new Promise((again) => setTimeout(again, 20));
      stop.abort();
      const { status, stderr } = await ran;
      assert.equal(status, 0, stderr);
      return stderr;
    };
    await fixture.run(["topics", "create", "lines"]);
    const written = async (): Promise<number> => {
      const { stdout } = await fixture.run(["consume", "lines", "--from-beginning", "-e", "--json"]);
      return stdout.split("\n").length - 1;
    };
    writeFileSync(input, "one\ntwo\n");
    assert.match(
      await run(source, async () => (await written()) === 2),
      /lines: RUNNING, task 0 RUNNING\n.*lines has written what it had read, and is stopped\.\n$/s,
    );
    appendFileSync(input, "three\n");
    await run(source, async () => (await written()) === 3);
    assert.equal(await written(), 3);
    const read = (): string => (existsSync(output) ? readFileSync(output, "utf8") : "");
    await run(sink, async () => read().split("\n").length === 4);
    assert.equal(read(), "one\ntwo\nthree\n");
    // Committed: nothing comes again.
    await fixture.run(["produce", "lines"], { stdin: "four\n" });
    await run(sink, async () => read().includes("four"));
    assert.equal(read(), "one\ntwo\nthree\nfour\n");
    writeFileSync(sink, JSON.stringify({ "connector.class": "file-sink", topics: "lines" }));
    const refused = await fixture.run(["connect", "run", sink]);
    assert.deepEqual([refused.status, /file/.test(refused.stderr)], [1, true]);
  } finally {
    await fixture.stop();
  }
});

test("a plugin that throws where nobody catches fails its own task, with its name, and nobody else's", async () => {
  const plugins = join(folder(), "plugins");
  mkdirSync(plugins);
  const source = (name: string, run: string): string =>
    `export default { kind: "source", name: "${name}", version: "1", config: {}, async *read(_config, { signal }) { ${run}; for (let n = 0; !signal.aborted; n++) { yield { topic: "t", value: n, partition: {}, offset: { n } }; await new Promise((done) => setTimeout(done, 20)); } } };\n`;
  writeFileSync(join(plugins, "timer.mjs"), source("timer", "setTimeout(() => { throw new Error('out of a timer'); }, 5)"));
  writeFileSync(join(plugins, "promise.mjs"), source("promise", "setTimeout(() => void Promise.reject(new Error('out of a promise')), 5)"));
  writeFileSync(join(plugins, "good.mjs"), source("good", ""));
  const dev = processes.start("dev", "--memory", "--only", "broker,connect", "--port", "0", "--connect-plugins", plugins, "--json");
  const { connect = "" } = (await readyLine(dev)) as { readonly connect?: string };
  const put = (name: string): Promise<Response> =>
    fetch(`${connect}/connectors/${name}/config`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ "connector.class": name, "value.converter": "json", "ottla.restart.max": "0" }),
    });
  for (const name of ["timer", "promise", "good"]) assert.equal((await put(name)).status, 201);
  const task = async (name: string): Promise<{ readonly state?: string; readonly trace?: string }> =>
    (await (await fetch(`${connect}/connectors/${name}/tasks/0/status`)).json()) as { readonly state?: string; readonly trace?: string };
  for (const name of ["timer", "promise"]) {
    while ((await task(name)).state !== "FAILED") await new Promise((again) => setTimeout(again, 20));
    assert.match(
      (await task(name)).trace ?? "",
      new RegExp(`Connector "${name}", task 0: its plugin threw where nobody catches: out of a ${name}`),
    );
  }
  while ((await task("good")).state !== "RUNNING") await new Promise((again) => setTimeout(again, 20));
  const logs = await runWords(["connect", "logs", "timer", "--connect-url", connect]);
  assert.match(logs.stdout, /^20\S+Z ERROR a task failed connector=timer task=0 error=Connector "timer", task 0: its plugin threw .*\n$/);
  const ended = outcome(dev);
  dev.kill("SIGTERM");
  assert.equal((await ended).status, 0);
});

test("a worker without a broker beside it runs connectors over a cluster, and ends when it is told to", async () => {
  const dev = processes.start("dev", "--memory", "--only", "broker", "--port", "0", "--json");
  const { bootstrap = "" } = (await readyLine(dev)) as { readonly bootstrap?: string };
  const up = processes.start("up", "--only", "connect", "--bootstrap-server", bootstrap, "--connect-port", "0", "--json");
  const { connect = "" } = (await readyLine(up)) as { readonly connect?: string };
  const config = { "connector.class": "datagen", quickstart: "orders", "kafka.topic": "orders", "max.interval": "1" };
  const put = await fetch(`${connect}/connectors/orders/config`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(config),
  });
  assert.equal(put.status, 201);
  for (;;) {
    const topics = (await (await fetch(`${connect}/connectors/orders/topics`)).json()) as {
      readonly orders?: { readonly topics: readonly string[] };
    };
    if (topics.orders?.topics.includes("orders") === true) break;
    await new Promise((again) => setTimeout(again, 20));
  }
  const ended = outcome(up);
  up.kill("SIGTERM");
  assert.deepEqual([(await ended).status, (await ended).stderr], [0, ""]);
  const devEnded = outcome(dev);
  dev.kill("SIGTERM");
  assert.equal((await devEnded).status, 0);
});
