import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runWords } from "../../testing/command-line-fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "ottla-lint-"));
after(() => rmSync(folder, { recursive: true }));

function put(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const BAD = "bootstrap.servers=a:9092,b:9092,c:9092\nsecurity.protocol=SSL\nclient.id=orders\n# why not\nacks=1\n";
const lint = (...words: readonly string[]) => runWords(["lint", ...words]);

test("findings are told with file, line, key, evidence and fix, and make the status 1", async () => {
  const path = put("text/producer.properties", BAD);
  const { status, stdout } = await lint(path);
  assert.equal(status, 1);
  assert.match(stdout, /producer\.properties:5 {2}acks\n {2}warning PRD-02: .*\n {2}Seen: acks=1\n {2}Fix: Set acks=all/);
  assert.match(stdout, /0 errors, 2 warnings, 0 notes in 1 set of settings/);
  assert.equal((await lint(path, "--fail-on", "error")).status, 0);
});

test("folders are walked, what others wrote is left out, and nothing found is said", async () => {
  put("walk/ok.properties", BAD.replace("acks=1", "acks=all"));
  put("walk/node_modules/x/bad.properties", BAD);
  put("walk/application.properties", "server.port=8080\n");
  const { status, stdout } = await lint(join(folder, "walk"));
  assert.deepEqual([status, stdout], [0, "Nothing found in 1 set of settings.\n"]);
});

test("pipes that nobody writes into hold nothing up, whatever they are called", async () => {
  put("pipes/producer.properties", BAD);
  for (const name of ["pipes/.gitignore", "pipes/consumer.properties", "pipes/config.yaml"]) execFileSync("mkfifo", [join(folder, name)]);
  const { status, stdout } = await lint(join(folder, "pipes"));
  assert.deepEqual([status, /producer\.properties:5/.test(stdout)], [1, true]);
  const config = await lint(join(folder, "pipes/producer.properties"), "--config", join(folder, "pipes/config.yaml"));
  assert.deepEqual(
    [config.status, config.stderr],
    [2, `ottla: ${join(folder, "pipes/config.yaml")}: It is neither a file nor a folder.\n`],
  );
});

test("the other formats: JSON by its contract, SARIF, GitHub", async () => {
  const path = put("formats/producer.properties", BAD);
  const { findings, notChecked } = JSON.parse((await lint(path, "--json")).stdout) as {
    findings: Record<string, unknown>[];
    notChecked: unknown[];
  };
  assert.deepEqual(notChecked, []);
  assert.deepEqual(
    [findings[0]!["rule"], findings[0]!["severity"], findings[0]!["line"], findings[0]!["key"]],
    ["PRD-02", "warning", 5, "acks"],
  );
  const sarif = JSON.parse((await lint(path, "--format", "sarif")).stdout) as {
    version: string;
    runs: [{ results: { ruleId: string }[]; tool: { driver: { rules: { id: string }[] } } }];
  };
  assert.equal(sarif.version, "2.1.0");
  assert.deepEqual(
    sarif.runs[0].results.map(({ ruleId }) => ruleId),
    ["PRD-02", "PRD-03"],
  );
  assert.deepEqual(
    sarif.runs[0].tool.driver.rules.map(({ id }) => id),
    ["PRD-02", "PRD-03"],
  );
  assert.match((await lint(path, "--format", "github")).stdout, /^::warning file=.*producer\.properties,line=5,title=PRD-02::/);
});

test("what could not be checked is never an all-clear", async () => {
  const paths = [
    put("odd/c.yml", "services:\n  a: [\n"),
    put("odd/b.properties", Buffer.from([0, 1, 2])),
    put("odd/readme.md", "x"),
    join(folder, "none"),
  ];
  const { status, stdout } = await lint(...paths);
  assert.equal(status, 1);
  assert.match(
    stdout,
    /Not checked:\n.*c\.yml: It is no YAML.*\n.*b\.properties: It is no text\.\n.*readme\.md: It holds no settings.*\n.*none: There is no such file/,
  );
  const large = put("odd/large.properties", `acks=0\n${"#".repeat(1024 * 1024)}\n`);
  assert.match((await lint(large)).stdout, /larger than 1048576 bytes/);
});

test("a baseline hides what was there, and nothing more", async () => {
  const path = put("base/producer.properties", BAD);
  const baseline = join(folder, "base/known.json");
  assert.equal((await lint(path, "--write-baseline", baseline)).status, 0);
  assert.equal((await lint(path, "--baseline", baseline)).status, 0);
  put("base/producer.properties", `\n${BAD}retries=3\n`);
  const { stdout, status } = await lint(path, "--baseline", baseline);
  assert.equal(status, 1);
  assert.ok(stdout.includes("PRD-07") && !stdout.includes("PRD-02"));
  assert.match((await lint(path, "--baseline", path)).stderr, /is no baseline/);
  assert.match((await lint(path, "--baseline", join(folder, "nowhere"))).stderr, /There is no such file/);
});

test("a fix is shown as a patch, made when asked, and makes the finding go away", async () => {
  const path = put("fix/producer.properties", BAD);
  const shown = await lint(path, "--fix");
  assert.match(shown.stdout, /\n-acks=1\n\+acks=all\n/);
  assert.equal(readFileSync(path, "utf8"), BAD);
  assert.equal((await lint(path, "--fix", "--write")).status, 0);
  assert.equal(readFileSync(path, "utf8"), BAD.replace("acks=1", "acks=all"));
  assert.equal((await lint(path)).status, 0);
  assert.equal((await lint(path, "--write")).status, 2);
});

test("fixes of several forms at once, through a link, and what cannot be mended is said", async () => {
  const env = put("forms/.env", "KAFKA_BOOTSTRAP_SERVERS=a:9092\nKAFKA_ACKS=0 # quick\n");
  const script = put(
    "forms/make.sh",
    "kafka-topics.sh --bootstrap-server a:9092 --create --topic a.b --partitions 1 --replication-factor 1\n",
  );
  const link = join(folder, "forms-link.properties");
  put("forms/p.properties", BAD);
  symlinkSync(join(folder, "forms/p.properties"), link);
  const { stdout, stderr, status } = await lint(env, script, link, link, "--fix", "--write");
  assert.equal(status, 1);
  assert.equal(stdout, `Changed ${env}.\nChanged ${link}.\n`);
  assert.match(stderr, /make\.sh:1 TOP-01: files of this form are not changed/);
  assert.equal(readFileSync(env, "utf8"), "KAFKA_BOOTSTRAP_SERVERS=a:9092\nKAFKA_ACKS=all # quick\n");
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.equal(readFileSync(join(folder, "forms/p.properties"), "utf8"), BAD.replace("acks=1", "acks=all"));
  assert.deepEqual(readdirSync(join(folder, "forms")), [".env", "make.sh", "p.properties"]);
});

test("a rule is explained, all are listed, and none is invented", async () => {
  assert.match(
    (await runWords(["explain", "brk-07"])).stdout,
    /^BRK-07 flush-forced {2}warning, confidence high\nSpeaks when {2}log\.flush/,
  );
  assert.ok((await runWords(["explain"])).stdout.split("\n").length > 40);
  assert.equal((await runWords(["explain", "XXX-1"])).status, 2);
});

test("what git leaves out is left out, and said; what is named is looked at", async () => {
  put("git/.gitignore", "made/\n*.local.properties\n!kept.local.properties\n");
  put("git/made/bad.properties", BAD);
  const local = put("git/x.local.properties", BAD);
  put("git/sub/kept.local.properties", BAD.replace("acks=1", "acks=all"));
  const { status, stdout } = await lint(join(folder, "git"));
  assert.deepEqual([status, stdout], [0, "Nothing found in 1 set of settings.\n2 paths that .gitignore names were left out.\n"]);
  assert.equal((await lint(local)).status, 1);
  put("git/.gitignore", "*.properties\n");
  put("git/sub/.gitignore", "!bad.properties\n");
  put("git/sub/bad.properties", BAD);
  assert.equal((await lint(join(folder, "git"))).status, 1, "a folder's own word counts before those above");
});

test("a project says who is critical, which rules are off, and for whom files are; nonsense is named by its line", async () => {
  const consumer = put(
    "config/c.properties",
    "bootstrap.servers=a:1,b:1,c:1\nsecurity.protocol=SSL\nclient.id=x\ngroup.id=billing\nauto.offset.reset=latest\n",
  );
  assert.equal((await lint(consumer)).status, 0);
  const config = put("config/ottla.yaml", "lint:\n  critical: {groups: [bill*]}\n  rules: {CNS-01: off}\n");
  const { stdout } = await lint(consumer, "--config", config);
  assert.ok(stdout.includes("CNS-11") && !stdout.includes("CNS-01"), stdout);
  const other = put("config/other.yaml", "lint:\n  critical: {groups: [b*lling-*s]}\n");
  assert.equal((await lint(consumer, "--config", other)).status, 0);
  const dev = put("config/dev.yaml", `lint:\n  paths: {"*/c.properties": dev}\n`);
  assert.equal((await lint(consumer, "--config", dev)).status, 0);
  const bad = await lint(consumer, "--config", put("config/bad.yaml", "lint:\n  profle: dev\n"));
  assert.deepEqual([bad.status, /Line 2: lint has no "profle"/.test(bad.stderr)], [2, true], bad.stderr);
});

test("thresholds are set for all or for a profile, shown by explain, and nonsense is named by its line", async () => {
  const topics = put("thresholds/topics.yaml", "topics:\n  - {name: a, config: {max.message.bytes: 3000000}}\n");
  const set = (text: string) => lint(topics, "--config", put("thresholds/ottla.yaml", `lint:\n  thresholds:\n    ${text}\n`));
  assert.match((await lint(topics)).stdout, /TOP-21/);
  assert.ok(!(await set("TOP-21: {warnAbove: 3MB}")).stdout.includes("TOP-21"));
  assert.match((await set("TOP-21: {errorAbove: 2MB}")).stdout, /error TOP-21/);
  assert.match((await set("TOP-21: {warnAbove: {dev: 3MB}}")).stdout, /warning TOP-21/);
  assert.match(
    (await runWords(["explain", "TOP-21"])).stdout,
    /Threshold {4}warnAbove: largest message without a warning; 1048588 bytes, may be 1024 to/,
  );
  for (const [text, wrong] of [
    ["TOP-99: {a: 1}", /Line 3: there is no rule TOP-99/],
    ["TOP-02: {a: 1}", /TOP-02 has no thresholds/],
    ["TOP-21: {warn: 1}", /has no threshold "warn"; it has warnAbove, errorAbove/],
    ["TOP-21: {warnAbove: 1}", /must be from 1024 to 2147483647/],
    ["TOP-21: {warnAbove: 3GiB}", /must be from 1024 to 2147483647/],
    ["TOP-21: {warnAbove: much}", /must be a number of bytes, or one with its unit, as 2MiB/],
    ["TOP-21: {warnAbove: {test: 1}}", /one for each of dev, prod, critical/],
    ["TOP-21: 3", /has thresholds by name/],
  ] as const) {
    const { status, stderr } = await set(text);
    assert.equal(status, 2, text);
    assert.match(stderr, wrong);
  }
  const { stderr } = await lint(topics, "--config", put("thresholds/off.yaml", "lint:\n  rules: {TOP-99: off}\n"));
  assert.match(stderr, /Line 2: there is no rule TOP-99/);
});

test("files that contradict each other", async () => {
  put("across/p.properties", BAD);
  put(
    "across/topics.yaml",
    "topics:\n  - {name: t, partitions: 3, replicationFactor: 3, config: {min.insync.replicas: 2, retention.ms: 1000000}}\n",
  );
  const { stdout } = await lint(join(folder, "across"));
  assert.match(stdout, /p\.properties:5 {2}acks\n {2}error ACR-01: min\.insync\.replicas=2 protects nothing/);
  put("across/p.properties", `# ottla: allow-file ACR-01, PRD-02, PRD-03 because it is measured\n${BAD}`);
  assert.equal((await lint(join(folder, "across"))).status, 0);
});

test("words that every object of JavaScript has mean nothing in any format", async () => {
  for (const word of [...Object.getOwnPropertyNames(Object.prototype), "prototype"]) {
    const files = {
      "client.properties": `bootstrap.servers=a:9092\ngroup.id=g\n${word}=1\n`,
      "application.properties": `spring.kafka.bootstrap-servers=a:9092\nspring.kafka.${word}=1\nspring.kafka.consumer.${word}=2\n`,
      "kafka.json": `{"brokers":["a:9092"],"clientId":"x","${word}":{"acks":1,"${word}":2}}`,
      "pod.yaml": `apiVersion: apps/v1\nkind: ${word}\nmetadata: {name: x}\nspec: {template: {spec: {containers: [{name: a, image: "apache/kafka:4.0.0"}]}}}\n`,
      "notes.md": `\`\`\`${word}\nbootstrap.servers=a:9092\n\`\`\`\n`,
      "run.sh": `kafka-topics.sh --bootstrap-server a:9092 --${word} x --list\nkafka-run-class.sh ${word}\n`,
      "client.ts": `import { createClient } from "@ottla/client";\nconst c = createClient({ bootstrapServers: "a:9092", ${JSON.stringify(word)}: 1 });\nc.producer({ ${JSON.stringify(word)}: 2 });\n`,
      "client.py": `from kafka import KafkaProducer\np = KafkaProducer(bootstrap_servers="a:9092", ${word}=1)\n`,
    };
    const paths = Object.entries(files).map(([name, text]) => put(`words/${word}/${name}`, text));
    const { status, stdout, stderr } = await lint(...paths, "--json");
    assert.deepEqual([status === 0 || status === 1, stderr], [true, ""], word);
    assert.doesNotMatch(stdout, /native code|a fault of ours|\[object /, word);
  }
});
