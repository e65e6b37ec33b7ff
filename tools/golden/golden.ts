/**
 * Remakes `packages/protocol/test/golden`: bytes of every message in every version as Apache Kafka's own serializers write them.
 *
 *   npm run golden              jars by Maven, needs Java 17
 *   npm run golden -- FOLDER    jars from a folder
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { loadSubjects, type Subject, type Values } from "../../packages/protocol/src/spec-tests/spec-files.ts";
import { arbitraryMessage } from "../../packages/protocol/src/spec-tests/spec-values.ts";
import { kafkaVersion } from "../generate/scope.ts";
import { toJavaValues } from "./java-values.ts";

const candidatesPerVersion = 24;
const outFolder = join(import.meta.dirname, "../../packages/protocol/test/golden");

interface GoldenCase {
  readonly subject: Subject;
  readonly version: number;
  /** The version the values are of, where the message is written in an older one. */
  readonly from: number | undefined;
  readonly values: Values;
  readonly unknown: Readonly<Record<string, string>> | undefined;
}

/**
 * Per version three messages of those drawn: any, the longest (few nulls and empty lists) and the shortest (many).
 * Then two short ones of the newest version, to be written in this one.
 */
function casesOf(subject: Subject): GoldenCase[] {
  const cases: GoldenCase[] = [];
  for (let version = subject.minVersion; version <= subject.maxVersion; version++) {
    const [first, ...byLength] = draw(subject, version, 2026);
    const unknown = version >= subject.firstFlexibleVersion ? { "10001": "0102", "20000": "" } : undefined;
    cases.push({ subject, version, from: undefined, values: first!, unknown });
    for (const values of [byLength.at(-1)!, byLength[0]!]) cases.push({ subject, version, from: undefined, values, unknown: undefined });
    if (version === subject.maxVersion) continue;
    const [, shortest, ...longer] = draw(subject, subject.maxVersion, 4052 + version);
    for (const values of [shortest!, longer[0]!]) cases.push({ subject, version, from: subject.maxVersion, values, unknown: undefined });
  }
  return cases;
}

/** The first message drawn, then the others by the length of their text. */
function draw(subject: Subject, version: number, seed: number): Values[] {
  const drawn = fc.sample(arbitraryMessage(subject, version, false), { seed: seed + version, numRuns: candidatesPerVersion });
  const [first, ...others] = drawn.map((message) => toJavaValues(subject, version, message) as Values);
  return [first!, ...others.sort((a, b) => JSON.stringify(a).length - JSON.stringify(b).length)];
}

function java(classPath: string, mode: string, input: string): string[] {
  const source = join(import.meta.dirname, "GoldenBytes.java");
  const output = execFileSync("java", ["-cp", classPath, source, mode], {
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    stdio: ["pipe", "pipe", "inherit"],
  });
  return output.trimEnd().split("\n");
}

function fetchJars(): string {
  const folder = mkdtempSync(join(tmpdir(), "ottla-golden-"));
  const goal = [
    "-q",
    "-B",
    "-f",
    join(import.meta.dirname, "pom.xml"),
    "dependency:copy-dependencies",
    `-Dkafka.version=${kafkaVersion}`,
    `-DoutputDirectory=${folder}`,
  ];
  execFileSync("mvn", goal, { stdio: "inherit" });
  return folder;
}

/** JSON in which 2^63 stands as the largest int64, which is what it means. */
function stringify(value: unknown): string {
  return JSON.stringify(value).replaceAll("9223372036854776000", "9223372036854775807");
}

function write(file: string, lines: readonly string[]): void {
  const path = join(outFolder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines.join("\n")}\n`);
}

async function remake(jarFolder: string): Promise<void> {
  const classPath = join(jarFolder, "*");
  const cases = (await loadSubjects()).flatMap(casesOf);
  const input = cases.map(({ subject, version, from, values, unknown }) =>
    stringify({ class: subject.javaClass, version, from, values, unknown }),
  );
  const hex = java(classPath, "bytes", `${input.join("\n")}\n`);
  if (hex.length !== cases.length) throw new Error(`Java gave ${hex.length} lines for ${cases.length} messages.`);
  rmSync(join(outFolder, "apis"), { recursive: true, force: true });
  rmSync(join(outFolder, "data"), { recursive: true, force: true });
  const files = new Map<string, string[]>();
  for (const [i, { subject, version, from, values, unknown }] of cases.entries()) {
    const lines = files.get(subject.file) ?? [];
    lines.push(stringify({ message: subject.name, version, from, unknown, bytes: hex[i], values }));
    files.set(subject.file, lines);
  }
  for (const [file, lines] of files) write(`${file}.ndjson`, lines);
  write("errors.tsv", java(classPath, "errors", ""));
  write("api-keys.tsv", java(classPath, "keys", ""));
}

const given = process.argv[2];
const folder = given ?? fetchJars();
await remake(folder);
if (given === undefined) rmSync(folder, { recursive: true });
