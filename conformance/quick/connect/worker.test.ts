import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ConnectError, defineSink, defineSource, RetriableError, str } from "@ottla/connect";
import { connectApi, MemoryOffsetStore, startInProcessWorker } from "@ottla/connect/worker";
import { startKafka } from "@ottla/testing";

const QUICK = { "offset.flush.interval.ms": "50" };
const STRINGS = { "value.converter": "string", "key.converter": "string" };

function temporaryFolder(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "ottla-connect-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

test("a file's lines come to a topic and from there to a file, once each over a restart of the worker", async () => {
  await using kafka = await startKafka();
  using folder = temporaryFolder();
  const [input, output] = [join(folder.path, "in.txt"), join(folder.path, "out.txt")];
  writeFileSync(input, "one\ntwo\n");
  const client = kafka.client();
  const offsets = new MemoryOffsetStore();
  const connectors = {
    source: { "connector.class": "FileStreamSource", file: input, topic: "lines", ...STRINGS },
    sink: { "connector.class": "FileStreamSink", file: output, topics: "lines", ...STRINGS },
  };
  const written = (): string => {
    try {
      return readFileSync(output, "utf8");
    } catch {
      return "";
    }
  };
  const first = await startInProcessWorker({ client, offsets, properties: QUICK });
  for (const [name, config] of Object.entries(connectors)) await first.putConfig(name, config);
  await kafka.until("two lines are written", () => written() === "one\ntwo\n", { seen: written });
  await first.stop();
  appendFileSync(input, "three\nfour");
  const second = await startInProcessWorker({ client, offsets, properties: QUICK });
  for (const [name, config] of Object.entries(connectors)) await second.putConfig(name, config);
  await kafka.until("the third is written", () => written() === "one\ntwo\nthree\n", { seen: written });
  appendFileSync(input, "\n");
  await kafka.until("the fourth is written once it has ended", () => written() === "one\ntwo\nthree\nfour\n", { seen: written });
  await second.stop();
  assert.deepEqual(await offsets.list("source"), [{ partition: { filename: input }, offset: { position: 19 } }]);
});

test("the REST API answers what Connect's clients ask", async () => {
  await using kafka = await startKafka();
  using folder = temporaryFolder();
  const input = join(folder.path, "in.txt");
  writeFileSync(input, "one\n");
  const worker = await startInProcessWorker({ client: kafka.client(), properties: QUICK });
  const api = connectApi({ worker });
  const call = async (method: string, path: string, body?: unknown): Promise<readonly [number, unknown]> => {
    const response = await api.request(path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await response.text();
    return [response.status, text === "" ? "" : JSON.parse(text)];
  };
  const config = { "connector.class": "FileStreamSource", file: input, topic: "lines", ...STRINGS };
  try {
    assert.deepEqual(await call("GET", "/connectors"), [200, []]);
    const [status, created] = await call("POST", "/connectors", { name: "a", config });
    assert.deepEqual([status, created], [201, { name: "a", config: { ...config, name: "a" }, tasks: [], type: "source" }]);
    assert.deepEqual(await call("POST", "/connectors", { name: "a", config }), [
      409,
      { error_code: 409, message: "Connector a already exists" },
    ]);
    const running = { state: "RUNNING", worker_id: "in-process:0", version: "1.0.0" };
    const wanted = { name: "a", connector: running, tasks: [{ id: 0, ...running }], type: "source" };
    const statusIs = (expected: unknown) => async (): Promise<boolean> => {
      const [, answer] = await call("GET", "/connectors/a/status");
      return JSON.stringify(answer) === JSON.stringify(expected);
    };
    await kafka.until("it runs", statusIs(wanted));
    assert.deepEqual(await call("GET", "/connectors?expand=status"), [200, { a: { status: wanted } }]);
    await kafka.until("the topic is known", async () => worker.statuses.topics("a").length === 1);
    assert.deepEqual(await call("GET", "/connectors/a/topics"), [200, { a: { topics: ["lines"] } }]);
    assert.deepEqual(await call("PUT", "/connectors/a/pause"), [202, ""]);
    const paused = { ...running, state: "PAUSED" };
    await kafka.until("it is paused", statusIs({ ...wanted, connector: paused, tasks: [{ id: 0, ...paused }] }));
    assert.equal((await call("PATCH", "/connectors/a/offsets", { offsets: [{ partition: { filename: input }, offset: null }] }))[0], 400);
    assert.deepEqual(await call("PUT", "/connectors/a/stop"), [204, ""]);
    await kafka.until("it is stopped", statusIs({ ...wanted, connector: { ...running, state: "STOPPED" }, tasks: [] }));
    assert.deepEqual(await call("GET", "/connectors/a/offsets"), [
      200,
      { offsets: [{ partition: { filename: input }, offset: { position: 4 } }] },
    ]);
    assert.equal((await call("DELETE", "/connectors/a/offsets"))[0], 200);
    assert.deepEqual(await call("GET", "/connectors/a/offsets"), [200, { offsets: [] }]);
    assert.deepEqual(await call("PUT", "/connectors/a/resume"), [202, ""]);
    await kafka.until("it runs again", statusIs(wanted));
    assert.equal((await call("POST", "/connectors/a/restart"))[0], 204);
    assert.equal((await call("POST", "/connectors/a/tasks/0/restart"))[0], 204);
    assert.equal((await call("POST", "/connectors/a/restart?includeTasks=true"))[0], 202);
    assert.deepEqual(await call("DELETE", "/connectors/a"), [204, ""]);
    assert.equal((await call("GET", "/connectors/a/status"))[0], 404);
    assert.equal((await call("GET", "/nothing"))[0], 404);
    assert.equal((await call("DELETE", "/connectors"))[0], 405);
    const [, report] = await call("PUT", "/connector-plugins/FileStreamSource/config/validate", {
      "connector.class": "FileStreamSource",
      name: "b",
      tpic: "x",
      file: input,
    });
    const { error_count: errors, warnings } = report as { readonly error_count: number; readonly warnings: readonly string[] };
    assert.deepEqual([errors, warnings], [1, ["Nobody reads tpic; did you mean topic?"]]);
  } finally {
    await worker.stop();
  }
});

test("loggers are read and set by Connect's calls, lines are kept by their levels, and metrics have the names of Connect's beans", async () => {
  await using kafka = await startKafka();
  const source = defineSource({
    name: "telling",
    version: "1",
    config: {},
    async *read(_config, { log, metric, signal }) {
      metric?.("queue-length", 7);
      for (let n = 0; !signal.aborted; n++) {
        log.debug("a debug line", { n });
        yield { topic: "told", value: n, partition: {}, offset: { n } };
        await new Promise((again) => setTimeout(again, 2));
      }
    },
  });
  const worker = await startInProcessWorker({ client: kafka.client(), plugins: [source], properties: QUICK });
  const api = connectApi({ worker });
  const call = async (method: string, path: string, body?: unknown): Promise<readonly [number, unknown]> => {
    const response = await api.request(path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await response.text();
    return [response.status, text === "" ? "" : text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text];
  };
  type Lines = { readonly lines: readonly { readonly sequence: number; readonly message: string; readonly fields: unknown }[] };
  try {
    assert.deepEqual(await call("GET", "/admin/loggers"), [200, { root: { level: "INFO", last_modified: null } }]);
    assert.deepEqual(await call("PUT", "/admin/loggers/root", {}), [
      400,
      { error_code: 400, message: "Desired 'level' parameter was not specified in request." },
    ]);
    assert.equal((await call("PUT", "/admin/loggers/root", { level: "LOUD" }))[0], 404);
    assert.equal((await call("GET", "/admin/loggers/org.apache.nothing"))[0], 404);
    await worker.putConfig("t", { "connector.class": "telling", "value.converter": "json" });
    await kafka.until("it writes", () => (worker.metrics("t").get(0)?.["records_written"] ?? 0) > 3);
    assert.deepEqual(((await call("GET", "/ottla/logs?connector=t"))[1] as Lines).lines, []);
    assert.deepEqual(await call("PUT", "/admin/loggers/connector.t", { level: "debug" }), [200, ["connector.t"]]);
    let lines: Lines["lines"] = [];
    await kafka.until("it is heard", async () => {
      lines = ((await call("GET", "/ottla/logs?connector=t&limit=1"))[1] as Lines).lines;
      return lines.length > 0;
    });
    assert.equal(lines.length, 1);
    assert.deepEqual(
      lines.map(({ message, fields }) => [message, Object.keys(fields as object)]),
      [["a debug line", ["connector", "task", "n"]]],
    );
    assert.deepEqual(await call("PUT", "/admin/loggers/root?scope=cluster", { level: "ERROR" }), [204, ""]);
    await kafka.until("every worker has it", async () => worker.loggers.settings.get("root")?.level === "ERROR");
    assert.equal((await call("PUT", "/admin/loggers/root?scope=world", { level: "ERROR" }))[0], 400);
    const [status, metrics] = await call("GET", "/metrics");
    assert.equal(status, 200);
    for (const line of [
      "kafka_connect_connect_worker_metrics_connector_count 1",
      "kafka_connect_connect_worker_metrics_task_count 1",
      'kafka_connect_connector_metrics_status{connector="t",status="running"} 1',
      'kafka_connect_connect_worker_metrics_connector_tasks{connector="t",status="failed"} 0',
      'kafka_connect_connector_task_metrics_status{connector="t",task="0",status="running"} 1',
      'kafka_connect_task_error_metrics_total_records_skipped{connector="t",task="0"} 0',
      'ottla_connect_task_queue_length{connector="t",task="0"} 7',
    ])
      assert.ok(String(metrics).split("\n").includes(line), `${line}\n${String(metrics)}`);
    assert.match(String(metrics), /\nkafka_connect_source_task_metrics_source_record_write_total\{connector="t",task="0"\} [1-9]/);
  } finally {
    await worker.stop();
  }
});

test("bad records of every stage go to the dead-letter topic, and what is good comes through", async () => {
  await using kafka = await startKafka({ topics: { in: 1 } });
  const got: unknown[] = [];
  const sink = defineSink({
    name: "picky",
    version: "1",
    config: {},
    async open() {
      let failures = 2;
      return {
        async write(records, { reportBad }) {
          if (failures-- > 0) throw new RetriableError("not yet", { afterMs: 1 });
          if (records.some(({ value }) => value === "poison")) throw new ConnectError("CONNECT_SINK", "cannot write it");
          for (const record of records) {
            if (record.value === "reported") reportBad(record, new Error("does not suit"));
            else got.push(record.value);
          }
        },
      };
    },
  });
  const worker = await startInProcessWorker({ client: kafka.client(), plugins: [sink], properties: QUICK });
  try {
    await kafka
      .topic("in")
      .produce([{ value: '"a"' }, { value: "{no json" }, { value: '"poison"' }, { value: '"reported"' }, { value: '"b"' }]);
    await worker.putConfig("s", {
      "connector.class": "picky",
      topics: "in",
      "key.converter": "string",
      "value.converter": "json",
      "value.converter.schemas.enable": "false",
      "errors.tolerance": "all",
      "errors.deadletterqueue.topic.name": "dead",
      "errors.deadletterqueue.context.headers.enable": "true",
    });
    await kafka.until("the good ones are there", () => got.length === 2);
    assert.deepEqual(got, ["a", "b"]);
    const letters = await kafka.until("three dead letters", async () => {
      const records = await kafka.topic("dead").records();
      return records.length >= 3 ? records : undefined;
    });
    const header = (at: number, name: string): string => String(letters[at]?.headers[`__connect.errors.${name}`]);
    assert.deepEqual(
      letters.map((_, at) => [header(at, "stage"), header(at, "offset"), header(at, "topic")]),
      [
        ["VALUE_CONVERTER", "1", "in"],
        ["TASK_PUT", "2", "in"],
        ["TASK_PUT", "3", "in"],
      ],
    );
    assert.match(header(0, "exception.message"), /Connector "s", task 0, VALUE_CONVERTER, topic in, partition 0, offset 1: .*first 7b 6e/);
  } finally {
    await worker.stop();
  }
});

test("a task that fails is started again by itself until its budget is spent, and a person can start it", async () => {
  await using kafka = await startKafka();
  let starts = 0;
  const source = defineSource({
    name: "weak",
    version: "1",
    config: { topic: str() },
    async *read({ topic }) {
      starts++;
      yield { topic, value: starts, partition: {}, offset: {} };
      throw new Error(`failure ${starts}`);
    },
  });
  const worker = await startInProcessWorker({ client: kafka.client(), plugins: [source], properties: QUICK });
  try {
    await worker.putConfig("w", {
      "connector.class": "weak",
      topic: "t",
      "ottla.restart.max": "2",
      "ottla.restart.backoff.ms": "1",
      "value.converter": "json",
    });
    await kafka.until("it has failed for good", () => worker.statuses.get({ connector: "w", task: 0 })?.state === "FAILED");
    assert.equal(starts, 3);
    assert.match(worker.statuses.get({ connector: "w", task: 0 })?.trace ?? "", /Connector "w", task 0, TASK_POLL: failure 3/);
    assert.equal(worker.statuses.get({ connector: "w" })?.state, "RUNNING");
    await worker.restartTask("w", 0);
    await kafka.until("it was started again", () => starts > 3);
  } finally {
    await worker.stop();
  }
});
