import assert from "node:assert/strict";
import { test } from "node:test";
import { defineSource, secret, str } from "@ottla/connect";
import { type ConnectWorker, connectApi, startInProcessWorker } from "@ottla/connect/worker";
import { startKafka } from "@ottla/testing";

type Call = (method: string, path: string, body?: unknown) => Promise<readonly [status: number, answer: unknown]>;

function callsOf(worker: ConnectWorker): Call {
  const api = connectApi({ worker });
  return async (method, path, body) => {
    const response = await api.request(path, {
      method,
      ...(body !== undefined && {
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers: { "content-type": "application/json" },
      }),
    });
    const text = await response.text();
    return [response.status, text === "" ? "" : JSON.parse(text)];
  };
}

const config = { "connector.class": "datagen", "kafka.topic": "t", iterations: "0" };
const listed = (count: number): string => Array.from({ length: count }, (_, at) => `n${at}`).join();

test("configs of hostile size or shape are refused with the setting at fault, and nothing is made of them", async () => {
  await using kafka = await startKafka();
  const worker = await startInProcessWorker({ client: kafka.client() });
  const call = callsOf(worker);
  const put = (settings: object): Promise<readonly [number, unknown]> => call("PUT", "/connectors/a/config", { ...config, ...settings });
  const refusals: readonly (readonly [object, RegExp])[] = [
    [Object.fromEntries(Array.from({ length: 2_001 }, (_, at) => [`n${at}`, "x"])), /2004 settings, and a connector may have 2000/],
    [{ transforms: listed(101) }, /transforms names 101, and at most 100/],
    [{ predicates: listed(100_000) }, /predicates names 100000, and at most 100/],
    [{ "topic.creation.groups": listed(50_000) }, /topic\.creation\.groups names 50000, and at most 100/],
    [{ "tasks.max": "2147483647" }, /tasks\.max is at most 1000/],
    [
      { transforms: "a", "transforms.a.type": "RegexRouter", "transforms.a.regex": "(", "transforms.a.replacement": "x" },
      /Value "\(" is not allowed for transforms\.a\.regex: it must be a regular expression/,
    ],
    [
      { transforms: "a", "transforms.a.type": "RegexRouter", "transforms.a.regex": "(?=a)", "transforms.a.replacement": "x" },
      /transforms\.a\.regex: it must be a regular expression without look-around/,
    ],
    [
      { predicates: "p", "predicates.p.type": "TopicNameMatches", "predicates.p.pattern": "a)" },
      /predicates\.p\.pattern: it must be a regular expression/,
    ],
    [
      { "topic.creation.default.partitions": "0", "topic.creation.default.replication.factor": "-7" },
      /"-7" is not allowed for topic\.creation\.default\.replication\.factor.*"0" is not allowed for topic\.creation\.default\.partitions: it must be -1, or a whole number of at least 1/s,
    ],
    [
      {
        "topic.creation.groups": "g",
        "topic.creation.g.include": "a.*,(",
        "topic.creation.default.partitions": "1",
        "topic.creation.default.replication.factor": "1",
      },
      /topic\.creation\.g\.include: it must be regular expressions/,
    ],
    [{ constructor: "[hidden]" }, /constructor has \[hidden\]/],
    [{ a: "${env:HOME}".repeat(50) + "x".repeat(1024) }, /the worker's environment has no HOME/],
  ];
  try {
    for (const [settings, reason] of refusals) {
      const [status, answer] = await put(settings);
      assert.equal(status, 400);
      assert.match((answer as { readonly message: string }).message, reason);
    }
    for (const name of [".", "..", "\ud800x", "a\u0000b", "n".repeat(1_001), " "])
      assert.equal((await call("POST", "/connectors", { name, config }))[0], 400, JSON.stringify(name));
    assert.deepEqual(worker.state.names(), []);
    // Thousands of brackets that nobody closes are text, and cost no more than other text.
    assert.equal((await put({ description: "${a:".repeat(100_000) }))[0], 201);
    assert.equal((await call("PUT", "/connectors/a/stop"))[0], 204);
    await kafka.until("it is stopped", () => worker.statuses.tasks("a").size === 0 && worker.state.get("a")?.tasks.length === 0);
    const deep = `{"offsets":[{"partition":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)},"offset":{"b":1}}]}`;
    const long = `{"offsets":[{"partition":{"a":1},"offset":{"b":${"9".repeat(500_000)}}}]}`;
    const large = '{"offsets":[{"partition":{"a":1e999},"offset":{"b":1}}]}';
    for (const body of [deep, long, large]) assert.equal((await call("PATCH", "/connectors/a/offsets", body))[0], 400);
    assert.deepEqual(await call("GET", "/connectors/a/offsets"), [200, { offsets: [] }]);
  } finally {
    await worker.stop();
  }
});

test("what several change of one connector at the same time is all there, and a secret that was changed meanwhile stays changed", async () => {
  await using kafka = await startKafka();
  const gate = { waits: [] as (() => void)[], isShut: false };
  const slow = defineSource({
    name: "slow",
    version: "1",
    config: { a: str().optional(), b: str().optional(), pass: secret().optional() },
    check: async () => {
      if (gate.isShut) await new Promise<void>((resolve) => gate.waits.push(resolve));
      return [];
    },
    async *read() {},
  });
  const worker = await startInProcessWorker({ client: kafka.client(), plugins: [slow] });
  const call = callsOf(worker);
  try {
    assert.equal((await call("PUT", "/connectors/s/config", { "connector.class": "slow", pass: "old" }))[0], 201);
    gate.isShut = true;
    const changes = [
      call("PATCH", "/connectors/s/config", { a: "1" }),
      call("PATCH", "/connectors/s/config", { b: "2" }),
      // As it was read, with the secret hidden.
      call("PUT", "/connectors/s/config", { "connector.class": "slow", a: "1", b: "2", pass: "[hidden]" }),
    ];
    await kafka.until("three are validated", () => gate.waits.length === 3);
    gate.isShut = false;
    assert.equal((await call("PATCH", "/connectors/s/config", { pass: "new" }))[0], 200);
    for (const go of gate.waits) go();
    for (const change of changes) assert.equal((await change)[0], 200);
    assert.deepEqual(worker.state.get("s")?.properties, { "connector.class": "slow", name: "s", a: "1", b: "2", pass: "new" });
  } finally {
    await worker.stop();
  }
});

test("connectors that are deleted while they are listed are left out of the list", async () => {
  await using kafka = await startKafka();
  const worker = await startInProcessWorker({ client: kafka.client() });
  const call = callsOf(worker);
  try {
    for (let at = 0; at < 20; at++) await worker.putConfig(`c${at}`, config, { target: "STOPPED" });
    const list = call("GET", "/connectors?expand=info&expand=status");
    for (let at = 10; at < 20; at++) await worker.deleteConnector(`c${at}`);
    const [status, answer] = await list;
    assert.equal(status, 200);
    assert.ok(Object.keys(answer as object).length >= 10);
    assert.equal((await call("GET", "/connectors?expand=info"))[0], 200);
  } finally {
    await worker.stop();
  }
});

test("a part of a secret that stands beside a reference is hidden with it", async () => {
  await using kafka = await startKafka();
  const worker = await startInProcessWorker({ client: kafka.client(), environment: { USER_NAME: "u", PASS: "p" } });
  const call = callsOf(worker);
  try {
    await worker.putConfig(
      "c",
      {
        ...config,
        "producer.override.sasl.jaas.config": 'm required username="${env:USER_NAME}" password="plain";',
        "producer.override.ssl.key.password": "${env:PASS}",
      },
      { target: "STOPPED" },
    );
    const [, answer] = await call("GET", "/connectors/c/config");
    assert.deepEqual(answer, {
      ...config,
      name: "c",
      "producer.override.sasl.jaas.config": "[hidden]",
      "producer.override.ssl.key.password": "${env:PASS}",
    });
  } finally {
    await worker.stop();
  }
});
