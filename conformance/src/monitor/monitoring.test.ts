// npm run test:monitor: what `ottla monitor gen` writes, read by Prometheus's and Alertmanager's own tools.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { generateMonitoring, type Monitoring } from "@ottla/expert/monitor";
import { cacheRoot } from "../paths.ts";
import { runCommand } from "../process/child.ts";
import { programOf } from "../process/system-package.ts";

/** Each profile is in one of them. */
const CHOICES = [["strimzi"], ["ottla"], ["jmx", "kminion", "machine"], ["kafka-exporter"], ["kafka-lag-exporter"]];

let promtool = "";
let amtool = "";
let folder = "";

before(async () => {
  promtool = await programOf("promtool", "prometheus", `${cacheRoot}/programs`);
  amtool = await programOf("amtool", "prometheus-alertmanager", `${cacheRoot}/programs`);
  folder = await mkdtemp(join(tmpdir(), "ottla-monitor-"));
});
after(() => rm(folder, { recursive: true, force: true }));

async function writeAll(monitoring: Monitoring, name: string): Promise<string> {
  const place = join(folder, name);
  for (const { path, content } of monitoring.files) {
    await mkdir(dirname(join(place, path)), { recursive: true });
    await writeFile(join(place, path), content);
  }
  return place;
}

async function passes(program: string, ...words: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await runCommand(program, words, { timeoutMs: 120_000 });
  assert.equal(status, 0, `${program} ${words.join(" ")}\n${stdout}\n${stderr}`);
  return stdout;
}

for (const profiles of CHOICES)
  describe(profiles.join(" and "), () => {
    const monitoring = generateMonitoring({ profiles, settings: { brokers: 3, lagSeconds: 60 } });
    let place = "";

    before(async () => {
      place = await writeAll(monitoring, profiles.join("+"));
    });

    test("every alert fires in its situation and not just short of it", async () => {
      await passes(promtool, "check", "rules", join(place, "kafka-rules.yaml"));
      await passes(promtool, "test", "rules", join(place, "kafka-rules.test.yaml"));
    });

    test("every panel's expression is one that Prometheus takes", async () => {
      const expressions = monitoring.files
        .filter(({ path }) => path.startsWith("dashboards/"))
        .flatMap(({ content }) => (JSON.parse(content) as { panels: { targets?: { expr: string }[] }[] }).panels)
        .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
      const rules = expressions.map((expr, index) => ({ record: `panel:${index}`, expr }));
      const file = join(place, "panels.yaml");
      await writeFile(file, JSON.stringify({ groups: [{ name: "panels", rules }] }));
      if (rules.length > 0) await passes(promtool, "check", "rules", file);
    });

    test("Alertmanager takes the routes, and critical alerts go where they wake somebody", async () => {
      const config = join(place, "alertmanager.yaml");
      await passes(amtool, "check-config", config);
      const routed = (severity: string) => passes(amtool, "config", "routes", "test", `--config.file=${config}`, `severity=${severity}`);
      assert.equal((await routed("critical")).trim(), "kafka-critical");
      assert.equal((await routed("warning")).trim(), "kafka-warning");
      assert.equal((await routed("info")).trim(), "kafka-nobody");
    });
  });

test("an alert that cannot fire, and one that always does, are noticed by the tests that come with the rules", async () => {
  const monitoring = generateMonitoring({ profiles: ["strimzi"] });
  for (const [from, to] of [
    ["kafka_controller_kafkacontroller_offlinepartitionscount) > 0", "kafka_controller_kafkacontroller_offlinepartitionscount) > 9"],
    ["< 0.3\n", "< 0.4\n"],
  ] as const) {
    const place = await writeAll(monitoring, "broken");
    const rules = monitoring.files[0]!.content;
    assert.ok(rules.includes(from));
    await writeFile(join(place, "kafka-rules.yaml"), rules.replaceAll(from, to));
    const { status } = await runCommand(promtool, ["test", "rules", join(place, "kafka-rules.test.yaml")]);
    assert.notEqual(status, 0);
  }
});
