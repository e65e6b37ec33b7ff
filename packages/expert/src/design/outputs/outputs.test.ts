import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { lintFiles } from "../../lint/lint-files.ts";
import { designSystem } from "../design-system.ts";
import { domainOf } from "../read-domain.ts";
import { Expression, printHcl } from "./hcl.ts";
import { outputFiles } from "./index.ts";

const EXAMPLES = fileURLToPath(new URL("../../../../../examples/expert/", import.meta.url));
const SYSTEMS = ["e-commerce", "fraud", "iot"] as const;
const folder = mkdtempSync(join(tmpdir(), "ottla-design-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const outputsOf = new Map(
  SYSTEMS.map((name) => [name, outputFiles(designSystem(domainOf(readFileSync(`${EXAMPLES}${name}/design.yaml`, "utf8"), name)))]),
);

for (const name of SYSTEMS)
  test(`the files of ${name} are those that stand in examples/expert`, () => {
    const files = outputsOf.get(name)!;
    for (const { path, text } of files) assert.equal(text, readFileSync(`${EXAMPLES}${name}/good/${path}`, "utf8"), path);
    const there = readdirSync(`${EXAMPLES}${name}/good`, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && entry.name !== ".ottla-design.json",
    );
    assert.equal(there.length, files.length, `run: ottla design examples/expert/${name}/design.yaml --out examples/expert/${name}/good`);
  });

test("lint finds nothing in what is written, as for what must not lose a record", async () => {
  for (const files of outputsOf.values()) {
    const { findings, notChecked } = await lintFiles(files, { profile: "critical" });
    assert.deepEqual([findings, notChecked], [[], []]);
  }
});

test("in the set-up as one finds it, lint finds what the design does right", async () => {
  const files = readdirSync(`${EXAMPLES}e-commerce/bad`, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const { findings } = await lintFiles(
    files.map(({ parentPath, name }) => ({ path: name, text: readFileSync(join(parentPath, name), "utf8") })),
  );
  const rules = findings.map(({ rule }) => rule);
  for (const rule of [
    "BRK-01",
    "BRK-02",
    "BRK-05",
    "BRK-06",
    "BRK-07",
    "BRK-08",
    "BRK-19",
    "CFG-03",
    "PRD-02",
    "PRD-04",
    "PRD-07",
    "CNS-02",
    "CNS-06",
    "SCH-05",
    "SCH-06",
    "SEC-01",
    "SEC-06",
  ])
    assert.ok(rules.includes(rule), `${rule} in ${[...new Set(rules)].toSorted().join(" ")}`);
});

/** Programs of these names on the PATH write down what they are called with, and nothing else happens. */
function record(script: string, programs: readonly string[], env: Readonly<Record<string, string>>): readonly (readonly string[])[] {
  const log = join(folder, "calls");
  writeFileSync(log, "");
  for (const program of programs) {
    writeFileSync(
      join(folder, program),
      `#!/bin/bash\n[ "${program}" != curl ] || cat > /dev/null < /dev/null\nprintf '%s\\0' "${program}" "$@" >> ${log}\nprintf '\\n' >> ${log}\n`,
    );
    chmodSync(join(folder, program), 0o755);
  }
  execFileSync("bash", [script], { env: { PATH: `${folder}:/usr/bin:/bin`, ...env }, stdio: "pipe" });
  return readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\0").slice(0, -1));
}

test("the scripts call each tool with whole words", () => {
  const good = `${EXAMPLES}e-commerce/good/`;
  const ottla = record(`${good}apply.sh`, ["ottla"], { OTTLA_COMMAND_CONFIG: "my login.properties" });
  const { topics, acls } = designSystem(domainOf(readFileSync(`${EXAMPLES}e-commerce/design.yaml`, "utf8"), "f"));
  const operations = acls.reduce((sum, acl) => sum + acl.operations.length, 0);
  assert.equal(ottla.length, topics.length + operations + 1);
  assert.deepEqual(ottla[0]!.slice(0, 8), [
    "ottla",
    "topics",
    "create",
    "orders.order.created",
    "--partitions",
    "9",
    "--replication-factor",
    "3",
  ]);
  assert.ok(ottla.every((words) => words.slice(-2).join("|") === "--command-config|my login.properties"));
  const kafka = record(`${good}apply-kafka.sh`, ["kafka-topics.sh", "kafka-acls.sh", "kafka-configs.sh"], { BOOTSTRAP_SERVERS: "a:1,b:2" });
  assert.equal(kafka.length, ottla.length);
  assert.ok(kafka.every((words) => words[1] === "--bootstrap-server" && words[2] === "a:1,b:2"));
  const star = kafka.find(([tool]) => tool === "kafka-acls.sh")!;
  assert.equal(star[star.indexOf("--allow-host") + 1], "*");
});

test("without a place to go to no script does anything", () => {
  const { status, stderr } = spawnSync("bash", [`${EXAMPLES}fraud/good/apply-kafka.sh`], {
    env: { PATH: "/usr/bin:/bin" },
    encoding: "utf8",
  });
  assert.deepEqual([status === 0, /Say where the cluster is/.test(stderr)], [false, true]);
  assert.equal(spawnSync("bash", ["-n", `${EXAMPLES}fraud/good/register-schemas.sh`]).status, 0);
});

test("Strimzi's resources have a name each, and every ACL", () => {
  for (const name of SYSTEMS) {
    const text = outputsOf.get(name)!.find(({ path }) => path === "strimzi.yaml")!.text;
    const resources = parseAllDocuments(text).map((document) => document.toJS() as { kind: string; metadata: { name: string } });
    const names = resources.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    assert.equal(new Set(names).size, names.length);
    assert.ok(
      resources.every(({ metadata }) => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(metadata.name)),
      names.join(),
    );
  }
});

test("HCL is printed as terraform fmt would, and its templates stay text", () => {
  const text = printHcl([
    {
      words: ["resource", "a", "b"],
      attributes: [
        ["name", 'x"${y}%{z}\\'],
        ["long_name", 3],
        ["map", { "a.b": "1", cc: { d: true } }],
        ["list", new Expression("list(string)")],
        ["empty", {}],
      ],
      blocks: [{ words: ["inner"], attributes: [] }],
    },
    { words: ["locals"], attributes: [["a", 1]] },
  ]);
  assert.equal(
    text,
    `resource "a" "b" {
  name      = "x\\"$\${y}%%{z}\\\\"
  long_name = 3
  map = {
    "a.b" = "1"
    cc = {
      d = true
    }
  }
  list  = list(string)
  empty = {}

  inner {}
}

locals {
  a = 1
}
`,
  );
});

const TERRAFORM = "terraform";
const isThere = spawnSync(TERRAFORM, ["version"]).error === undefined;
test("terraform fmt has nothing to change", { skip: !isThere && "terraform is not installed" }, () => {
  for (const name of SYSTEMS) {
    const { status, stdout } = spawnSync(TERRAFORM, ["fmt", "-check", "-diff", "-"], {
      input: readFileSync(`${EXAMPLES}${name}/good/terraform/main.tf`),
      encoding: "utf8",
    });
    assert.deepEqual([status, stdout], [0, ""], name);
  }
});
