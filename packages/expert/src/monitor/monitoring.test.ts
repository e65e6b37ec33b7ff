import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import { alertByName, alerts } from "./alerts/alerts.ts";
import { generateMonitoring, metricProfiles } from "./monitoring.ts";
import { runbookPage } from "./render-runbook.ts";

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const fileOf = (profiles: readonly string[], path: string): string =>
  generateMonitoring({ profiles }).files.find((file) => file.path === path)!.content;
const rulesOf = (...profiles: readonly string[]): readonly Rule[] =>
  (parse(fileOf(profiles, "kafka-rules.yaml")) as { groups: [{ rules: Rule[] }] }).groups[0].rules;

test("all profiles together have every alert, each with a test that fires, one that does not, and a runbook", () => {
  const { alerts: made, leftOut, files } = generateMonitoring({ profiles: metricProfiles().map(({ name }) => name) });
  assert.deepEqual(leftOut, []);
  assert.equal(made.length, alerts.length);
  const names = files.map(({ path }) => path);
  const { tests } = parse(files.find(({ path }) => path === "kafka-rules.test.yaml")!.content) as { tests: { name: string }[] };
  for (const { name } of alerts) {
    assert.ok(names.includes(`runbooks/${name}.md`), name);
    assert.ok(tests.some((each) => each.name === `${name} fires`) && tests.some((each) => each.name === `${name} is silent`), name);
  }
});

test("an exporter's names are used everywhere: metrics, labels, and places of texts", () => {
  const stopped = rulesOf("kminion").find(({ alert }) => alert === "KafkaGroupStopped")!;
  assert.equal(
    stopped.expr,
    "sum by (cluster, group_id, topic_name) (kminion_kafka_consumer_group_topic_lag) > 0 and on (cluster, group_id, topic_name) " +
      "sum by (cluster, group_id, topic_name) (changes(kminion_kafka_consumer_group_topic_offset_sum[10m])) == 0",
  );
  assert.match(
    stopped.annotations["description"]!,
    /Group \{\{ \$labels.group_id \}\} committed nothing new in \{\{ \$labels.topic_name \}\}/,
  );
  assert.equal(
    stopped.annotations["command"],
    "ottla runbook KafkaGroupStopped --label group={{ $labels.group_id }} --label topic={{ $labels.topic_name }}",
  );
});

test("the signals of one alert come from one profile, so that their labels fit", () => {
  const alone = rulesOf("kafka-lag-exporter", "kminion").find(({ alert }) => alert === "KafkaGroupWithoutMembers")!;
  assert.doesNotMatch(alone.expr, /kafka_consumergroup_group_lag/);
});

test("what an exporter counts in milliseconds is compared in seconds", () => {
  const slow = rulesOf("strimzi").find(({ alert }) => alert === "KafkaProduceSlow")!;
  assert.match(slow.expr, /quantile="0.99"\} \* 0.001/);
});

test("a cluster of known size is compared with that, and its absence is told too", () => {
  const { files } = generateMonitoring({ profiles: ["strimzi"], settings: { brokers: 3, lagSeconds: 60 } });
  assert.match(files[0]!.content, /expr: max by \(strimzi_io_cluster\) \(kafka_brokers\) < 3 or absent\(kafka_brokers\)/);
});

test("dashboards hold only what the profiles have, with ids once each and every panel inside the width", () => {
  for (const { name } of metricProfiles())
    for (const { path, content } of generateMonitoring({ profiles: name === "machine" ? ["strimzi", name] : [name] }).files.filter((file) =>
      file.path.startsWith("dashboards/"),
    )) {
      const { panels, templating } = JSON.parse(content) as {
        panels: { id: number; gridPos: { x: number; w: number }; targets?: { expr: string }[] }[];
        templating: { list: { name: string }[] };
      };
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length, path);
      assert.ok(panels.every(({ gridPos: { x, w } }) => x >= 0 && x + w <= 24));
      assert.deepEqual(
        templating.list.map((variable) => variable.name),
        ["datasource"],
      );
      assert.ok(panels.every(({ targets = [] }) => targets.every(({ expr }) => !expr.includes("undefined"))));
    }
});

test("nonsense is refused by name", () => {
  assert.throws(() => generateMonitoring({ profiles: [] }), { code: "INVALID_INPUT" });
  assert.throws(() => generateMonitoring({ profiles: ["x"] }), { code: "UNKNOWN_PROFILE" });
  assert.throws(() => generateMonitoring({ profiles: ["strimzi"], settings: { lagSeconds: Number.NaN } }), { code: "INVALID_INPUT" });
  assert.throws(() => generateMonitoring({ profiles: ["strimzi"], settings: { lagSeconds: 60, brokers: 1.5 } }), { code: "INVALID_INPUT" });
});

test("a label that holds line ends, quotes or a fence stays one word in one line of its runbook", () => {
  const page = runbookPage(alertByName("KafkaGroupStopped")!, { group: "a\n  ```\n\n  ```sh\n  rm -rf '~' $(id)" });
  assert.match(page, /^ {2}ottla lag explain 'a\\x0a {2}```\\x0a\\x0a {2}```sh\\x0a {2}rm -rf '\\''~'\\'' \$\(id\)'$/m);
  assert.equal(page.split("\n").filter((line) => line.trim().startsWith("rm")).length, 0);
});
