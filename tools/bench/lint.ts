/**
 * `ottla lint` over a repository of 10,000 files, as they come in a company's: a tenth of them is Kafka's.
 *
 *   npm run bench -- lint [--files N] [--turns N]
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../workspaces.ts";

const { values } = parseArgs({ options: { files: { type: "string", default: "10000" }, turns: { type: "string", default: "3" } } });
const files = Number(values.files);

interface Kind {
  /** Of a hundred files. */
  readonly share: number;
  readonly name: string;
  readonly text: (i: number) => string;
}

const line = (i: number, j: number): string => `  const value${j} = compute(${i}, ${j}, "some text that programs have");\n`;
const body = (i: number, lines: number): string => Array.from({ length: lines }, (_, j) => line(i, j)).join("");

const KINDS: readonly Kind[] = [
  { share: 35, name: "module.ts", text: (i) => `import { compute } from "./compute.ts";\nexport function run${i}() {\n${body(i, 120)}}\n` },
  {
    share: 4,
    name: "producer.ts",
    text: (i) =>
      `import { Kafka } from "kafkajs";\nconst kafka = new Kafka({ clientId: "app${i}", brokers: ["kafka:9092"] });\nconst producer = kafka.producer({ idempotent: true });\nexport async function run() {\n  await producer.connect();\n  await producer.send({ topic: "t${i}", messages: [{ key: "k", value: "v" }] });\n${body(i, 60)}}\n`,
  },
  {
    share: 15,
    name: "Service.java",
    text: (i) =>
      `package shop;\npublic class Service${i} {\n${Array.from({ length: 100 }, (_, j) => `  int method${j}(int x) { return x * ${j}; }\n`).join("")}}\n`,
  },
  {
    share: 3,
    name: "Consumer.java",
    text: (i) =>
      `package shop;\nimport org.apache.kafka.clients.consumer.*;\nimport java.util.*;\npublic class Consumer${i} {\n  void run() {\n    Properties props = new Properties();\n    props.put("group.id", "g${i}");\n    KafkaConsumer<String, String> consumer = new KafkaConsumer<>(props);\n    while (true) for (ConsumerRecord<String, String> record : consumer.poll(java.time.Duration.ofMillis(100))) System.out.println(record.value());\n  }\n}\n`,
  },
  {
    share: 12,
    name: "deployment.yaml",
    text: (i) =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app${i}}\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          image: shop/app:1\n          env:\n            - {name: KAFKA_BOOTSTRAP_SERVERS, value: "kafka-bootstrap:9092"}\n${Array.from({ length: 60 }, (_, j) => `            - {name: NAME_${j}, value: "value ${j}"}\n`).join("")}`,
  },
  {
    share: 12,
    name: "data.json",
    text: (i) =>
      `${JSON.stringify({ name: `p${i}`, items: Array.from({ length: 60 }, (_, j) => ({ id: j, text: "some words" })) }, undefined, 1)}\n`,
  },
  {
    share: 4,
    name: "client.properties",
    text: (i) => `bootstrap.servers=a:9092,b:9092,c:9092\nclient.id=app${i}\nsecurity.protocol=SSL\nacks=all\ngroup.id=g${i}\n`,
  },
  {
    share: 3,
    name: "schema.avsc",
    text: (i) =>
      JSON.stringify({ type: "record", name: `R${i}`, namespace: "shop", doc: "One.", fields: [{ name: "id", type: "string" }] }),
  },
  {
    share: 6,
    name: "README.md",
    text: (i) =>
      `# Service ${i}\n\nIt reads from Kafka.\n\n\`\`\`sh\nkafka-topics.sh --bootstrap-server a:1 --describe --topic t${i}\n\`\`\`\n${"Some words about it.\n".repeat(60)}`,
  },
  {
    share: 6,
    name: "run.sh",
    text: (i) => `#!/bin/bash\nset -e\n${Array.from({ length: 40 }, (_, j) => `echo "step ${j} of ${i}"\n`).join("")}`,
  },
];

const folder = mkdtempSync(join(tmpdir(), "ottla-bench-lint-"));
try {
  let made = 0;
  let bytes = 0;
  for (let i = 0; made < files; i++) {
    for (const { share, name, text } of KINDS)
      for (let j = 0; j < share && made < files; j++, made++) {
        const own = join(folder, `service-${i}`, `part-${j}`);
        mkdirSync(own, { recursive: true });
        const content = text(made);
        bytes += content.length;
        writeFileSync(join(own, name), content);
      }
  }
  const command = join(root, "packages", "cli", "bin", "ottla.js");
  const seconds: number[] = [];
  for (let turn = 0; turn < Number(values.turns); turn++) {
    const startedMs = performance.now();
    const run = spawnSync(
      "/usr/bin/env",
      ["bash", "-c", `"${process.execPath}" "${command}" lint "${folder}" --json --fail-on error > /dev/null; echo $?`],
      { encoding: "utf8" },
    );
    if (!/^[01]$/m.test(run.stdout)) throw new Error(run.stderr.slice(-2000));
    seconds.push((performance.now() - startedMs) / 1000);
  }
  const status = spawnSync(process.execPath, ["-e", memoryScript(command)], { encoding: "utf8", maxBuffer: 1e9 }).stdout;
  const peak = /VmHWM:\s+(\d+)/.exec(status)?.[1];
  console.log(
    `${files} files, ${(bytes / 1e6).toFixed(1)} MB: ${seconds.map((each) => each.toFixed(2)).join(", ")} s${peak === undefined ? "" : `; memory at most ${Math.round(Number(peak) / 1024)} MiB`}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs the command in a process that tells its peak at the end. */
function memoryScript(command: string): string {
  return `process.argv = [process.argv[0], ${JSON.stringify(command)}, "lint", ${JSON.stringify(folder)}, "--format", "github"];
process.stdout.write = () => true;
process.on("exit", () => require("node:fs").writeSync(1, require("node:fs").readFileSync("/proc/self/status", "utf8")));
import(${JSON.stringify(command)});`;
}
