import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ruleById } from "@ottla/expert";
import { alerts, filledCommand, metricProfiles, SIGNAL_LABELS } from "@ottla/expert/monitor";
import { findCommand, parseCommandLine } from "../../parse-command-line.ts";
import { runWords } from "../../testing/command-line-fixture.ts";
import { commands } from "../index.ts";
import { monitorCommands } from "./specs.ts";

test("files are written where they are wanted, and what is left out is told", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ottla-monitor-"));
  try {
    const { status, stdout } = await runWords(["monitor", "gen", "--profile", "kminion", "--out", folder, "--lag-seconds", "30"]);
    assert.equal(status, 0);
    assert.match(stdout, /^\d+ files in .*: \d+ alerts with tests and runbooks, routes, dashboards\.\nTo be scraped:\n- kminion: /);
    assert.match(stdout, /Left out, since no profile has their metrics: KafkaOfflinePartitions, /);
    assert.match(
      await readFile(join(folder, "kafka-rules.yaml"), "utf8"),
      /alert: KafkaGroupStopped\n {8}expr: sum by \(cluster, group_id, topic_name\)/,
    );
    assert.match(await readFile(join(folder, "runbooks", "KafkaGroupStopped.md"), "utf8"), /ottla lag explain GROUP/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("wrong words are named, and nothing is written", async () => {
  const refusals = await Promise.all([
    runWords(["monitor", "gen", "--out", "x"]),
    runWords(["monitor", "gen", "--profile", "strimzi"]),
    runWords(["monitor", "gen", "--profile", "prometheus", "--out", "x"]),
    runWords(["monitor", "gen", "--profile", "machine", "--brokers", "0", "--out", "x"]),
    runWords(["runbook", "KafkaSleeps"]),
    runWords(["runbook", "KafkaGroupStopped", "--label", "group"]),
    runWords(["runbook", "KafkaGroupStopped", "--label", "namespace=x"]),
  ]);
  assert.deepEqual(
    refusals.map(({ status }) => status),
    [2, 2, 2, 2, 2, 2, 2],
  );
  assert.match(refusals[2]?.stderr ?? "", /--profile is "prometheus"; it must be one of strimzi, jmx, /);
  assert.match(refusals[6]?.stderr ?? "", /an alert has no such label; there are cluster, broker, /);
});

test("a runbook's commands are filled from labels, as words of a shell", async () => {
  const { stdout } = await runWords(["runbook", "kafkagroupstopped", "--label", "group=it's; rm -rf", "--label", "topic=orders"]);
  assert.match(stdout, /ottla lag explain 'it'\\''s; rm -rf'\n/);
  assert.match(stdout, /--topic orders:PARTITION --shift-by 1/);
});

test("the profiles that may be chosen are those that there are", () => {
  const { choices } = monitorCommands[0]!.options.find(({ name }) => name === "profile")!;
  assert.deepEqual(
    choices,
    metricProfiles().map(({ name }) => name),
  );
});

test("every rule that an alert or a runbook names is one of the catalogue", () => {
  const named = alerts.flatMap(({ rule, runbook: { observe, act, verify } }) => [
    ...(rule === undefined ? [] : [rule]),
    ...[...observe, ...act, ...verify].flatMap(({ command }) => command?.match(/\b[A-Z]{3}-\d\d\b/g) ?? []),
  ]);
  assert.deepEqual([...new Set(named)].filter((id) => !ruleById(id)).sort(), []);
});

test("every command of every runbook is one of ours, and its words parse", () => {
  const labels = Object.fromEntries([...SIGNAL_LABELS, "user"].map((name) => [name, "x"]));
  const lines = alerts.flatMap(({ runbook: { observe, act, verify, rollBack = [] } }) =>
    [...observe, ...act, ...verify, ...rollBack].flatMap(({ command }) => command ?? []),
  );
  assert.ok(lines.length > 60);
  for (const line of lines) {
    const [program, ...words] = filledCommand(line, { ...labels, partition: "0", offset: "7" }).command.split(" ");
    assert.equal(program, "ottla");
    const found = findCommand(commands, words);
    assert.ok(found, line);
    if (!words.includes("--help")) assert.doesNotThrow(() => parseCommandLine(found.command, found.rest), line);
  }
});
