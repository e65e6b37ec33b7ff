/**
 * Record batches between Apache Kafka's own classes and ours.
 *
 *   npm run golden:records    remakes packages/protocol/test/golden-records/batches.ndjson by Java
 *   npm run golden:verify     has Java read the batches that we write, in every codec
 *
 * Jars come by Maven; `-- --jars FOLDER` takes them from a folder instead. Needs Java 17.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { GOLDEN_RECORDS_FILE } from "../../packages/protocol/src/records-tests/golden-batch.ts";
import { goldenBatches } from "../../packages/protocol/src/records-tests/golden-cases.ts";
import { kafkaVersion } from "../generate/scope.ts";
import { verifyByJava } from "./verify-by-java.ts";

const { values } = parseArgs({ options: { jars: { type: "string" }, verify: { type: "boolean", default: false } } });
const jarFolder = values.jars ?? fetchJars();
try {
  if (values.verify) verifyByJava(runJava);
  else writeByJava();
} finally {
  if (values.jars === undefined) rmSync(jarFolder, { recursive: true });
}

function runJava(mode: "read" | "write", lines: readonly string[]): string[] {
  const source = join(import.meta.dirname, "GoldenRecords.java");
  const input = `${lines.join("\n")}\n`;
  const output = execFileSync("java", ["-cp", join(jarFolder, "*"), source, mode], {
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["pipe", "pipe", "inherit"],
  });
  return output.trimEnd().split("\n");
}

function writeByJava(): void {
  const batches = [...goldenBatches()];
  const bytes = runJava(
    "write",
    batches.map(([, batch]) => JSON.stringify(batch)),
  );
  if (bytes.length !== batches.length) throw new Error(`Java gave ${bytes.length} lines for ${batches.length} batches.`);
  const lines = batches.map(([name, batch], i) => JSON.stringify({ name, batch, bytes: bytes[i] }));
  mkdirSync(dirname(GOLDEN_RECORDS_FILE), { recursive: true });
  writeFileSync(GOLDEN_RECORDS_FILE, `${lines.join("\n")}\n`);
  console.log(`${lines.length} batches written by Java.`);
}

function fetchJars(): string {
  const folder = mkdtempSync(join(tmpdir(), "ottla-golden-records-"));
  const pom = join(import.meta.dirname, "../golden/pom.xml");
  const goal = ["dependency:copy-dependencies", `-Dkafka.version=${kafkaVersion}`, `-DoutputDirectory=${folder}`];
  execFileSync("mvn", ["-q", "-B", "-f", pom, ...goal], { stdio: "inherit" });
  return folder;
}
