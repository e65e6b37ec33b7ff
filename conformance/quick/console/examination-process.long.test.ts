import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { constants, getPriority, platform } from "node:os";
import { test } from "node:test";
import { processExaminer } from "@ottla/console";
import { ConsoleFixture } from "./console-fixture.ts";

const entry = new URL("./examination-entry.ts", import.meta.url);

type Order = Parameters<ReturnType<typeof processExaminer>["examine"]>[0];

const order = (more: Partial<Order> = {}): Order => ({
  givesWay: false,
  onProgress: () => {},
  signal: new AbortController().signal,
  ...more,
});

test("an examination tells of each part that it sees, then of its rules, and is given up by its signal", async () => {
  await using console = await ConsoleFixture.start({ topics: { orders: 3 } });
  const examiner = processExaminer({ entry, bootstrapServers: console.kafka.bootstrapServers, login: new Map() });
  const told: Parameters<Order["onProgress"]>[0][] = [];
  const { report } = await examiner.examine(order({ onProgress: (progress) => void told.push(progress) }));
  const looking = told.filter(({ step }) => step === "looking");
  assert.deepEqual(
    looking.map(({ done, of }) => `${done}/${of}`),
    Array.from({ length: 10 }, (_, done) => `${done}/9`),
  );
  assert.ok(looking.some(({ part }) => part === "settings of topics"));
  const judging = told.filter(({ step }) => step === "judging");
  assert.ok(judging.length > 0 && judging[0]!.of > 50, JSON.stringify(judging));
  assert.ok(judging.every(({ findings }) => findings.every(({ rule }) => report.findings.some((each) => each.rule === rule))));
  const ending = new AbortController();
  const given = examiner.examine(order({ signal: ending.signal, onProgress: () => ending.abort() }));
  await assert.rejects(given, { code: "EXAMINATION_FAILED" });
  await assert.rejects(examiner.examine(order({ signal: AbortSignal.abort() })), { code: "EXAMINATION_FAILED" });
  await examiner.close();
});

test("a cluster is examined in a process that ends with it, and the next one knows what was seen before", async () => {
  let examiner: ReturnType<typeof processExaminer> | undefined;
  await using console = await ConsoleFixture.start({}, async (kafka) => {
    await kafka
      .client()
      .admin()
      .createTopics([{ name: "orders", partitionCount: 3, replicationFactor: 1 }]);
    examiner = processExaminer({ entry, bootstrapServers: kafka.bootstrapServers, login: new Map() });
    return { examiner };
  });
  const first = await console.get("/findings");
  assert.equal(first.status, 200, JSON.stringify(first.body));
  assert.equal(first.body.looks, 1);
  assert.equal(first.body.cluster.topics, 1);
  assert.ok(first.body.findings.length > 0);
  const kept = await console.get("/findings");
  assert.equal(kept.body.takenAtMs, first.body.takenAtMs, "a minute long nothing is asked again");
  const second = await console.get("/findings?anew=true");
  assert.equal(second.body.looks, 2, JSON.stringify(second.body));
  assert.ok(second.body.takenAtMs > first.body.takenAtMs);
});

test("an examination that nobody waits for gives way to what else runs on the machine", {
  skip: platform() !== "linux" && "children are found by /proc",
}, async () => {
  const examiner = processExaminer({ entry, bootstrapServers: "127.0.0.1:9", login: new Map() });
  const examined = examiner.examine(order({ givesWay: true })).then(
    () => "examined",
    () => "given up",
  );
  const children = readFileSync("/proc/self/task/" + process.pid + "/children", "utf8")
    .trim()
    .split(" ")
    .filter(Boolean)
    .map(Number);
  const examining = children.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("examination-entry"));
  assert.deepEqual(
    examining.map((pid) => getPriority(pid)),
    [constants.priority.PRIORITY_BELOW_NORMAL],
  );
  // One that somebody waits for ends it.
  const waitedFor = examiner.examine(order());
  assert.equal(await examined, "given up");
  await Promise.all([assert.rejects(waitedFor), examiner.close()]);
});

test("what the client says is told with its code, and an examination that is given up ends", async () => {
  const login = new Map([["security.protocol", "NONSENSE"]]);
  const examiner = processExaminer({ entry, bootstrapServers: "127.0.0.1:9", login });
  const failed = await examiner.examine(order()).then(
    () => "examined",
    (error: { readonly code?: string }) => error.code,
  );
  assert.equal(failed, "INVALID_OPTION");
  const given = examiner.examine(order());
  const [outcome] = await Promise.all([
    given.then(
      () => "examined",
      (error: { readonly code?: string }) => error.code,
    ),
    examiner.close(),
  ]);
  assert.equal(outcome, "EXAMINATION_FAILED");
});
