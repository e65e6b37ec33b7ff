import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFiles } from "../../lint/lint-files.ts";
import { SourceParser } from "./parser.ts";

test("a text that the parser cannot cope with is named, and the next one is parsed", async () => {
  const parser = new SourceParser({ timeMaxMs: 60_000, heapMaxMb: 256 });
  const said = async (text: string): Promise<string> => {
    const answer = await parser.parse(text, "kotlin");
    return typeof answer === "string" ? answer : "";
  };
  const isParsed = async (): Promise<boolean> => typeof (await parser.parse("val x = 1", "kotlin")) === "object";
  const [late, behind] = await Promise.all([said("a<b>".repeat(3000)), isParsed()]);
  assert.match(late, /takes longer/);
  assert.ok(behind);
  // What breaks the thread itself takes none of the others along.
  assert.match(await said(undefined as unknown as string), /broke down at this file/);
  assert.ok(await isParsed());
});

test("a text that takes longer than it may is given up, and named", async () => {
  const parser = new SourceParser({ timeMaxMs: 1, heapMaxMb: 256 });
  assert.equal(typeof (await parser.parse(`${"a<b ".repeat(39)};`.repeat(2000), "tsx")), "string");
});

test("hostile files are named as not checked, and all others are judged", async () => {
  const right = `import { createClient } from "@ottla/client";\nconst producer = createClient({ bootstrapServers }).producer();\nfunction publish() {\n  producer.send({ topic: "orders", messages });\n}\n`;
  const hostile: Readonly<Record<string, string>> = {
    "deep.ts": `import "kafkajs";\n${"(".repeat(100_000)}`,
    "open.java": `import org.apache.kafka.clients.producer.*;\n${"(".repeat(4_000_000)}`,
    "min.js": `require("kafkajs");${"a(1);".repeat(400_000)}`,
    "open.py": `import kafka\nx = """${"x".repeat(1000)}`,
    "open.go": 'package main\nimport "github.com/twmb/franz-go/pkg/kgo"\nvar x = `',
    "open.kt": 'import org.apache.kafka.clients.producer.*\nval x = "${a',
    "zeros.ts": `import "kafkajs";\nconst x = "\0\0\0";\n\0\0`,
    "latin.py": Buffer.from("import kafka\nname = '\xe9\xff'\n\xfe = 1\n", "latin1").toString("utf8"),
  };
  const files = Object.entries(hostile).flatMap(([path, text], i) => [
    { path, text },
    { path: `right${i}.ts`, text: right },
  ]);
  const { findings, notChecked } = await lintFiles(files);
  const found = findings.filter(({ rule }) => rule === "SRC-02").map(({ file, line }) => [file, line]);
  assert.deepEqual(
    found,
    Object.keys(hostile).map((_, i) => [`right${i}.ts`, 4]),
  );
  const named = new Set(notChecked.map(({ subject }) => subject));
  assert.deepEqual(
    ["deep.ts", "open.java", "min.js"].filter((path) => !named.has(path)),
    [],
  );
});
