import { readdirSync } from "node:fs";
import { join } from "node:path";
import { runJavaTool } from "../kafka/java-tool.ts";
import type { WrittenLog } from "./write-logs.ts";

/** Everything Kafka's tool says when something is wrong with a file. */
const COMPLAINT = /mismatch|isvalid: false|corrupt|out of order|not found|exception|error|Non-consecutive|Could not/i;

/** The tool calls the first offset of any file but the first non-consecutive, also in Kafka's own directories. */
const FIRST_OFFSET_OF_FILE = /^Non-consecutive offsets in .*\n {2}-1 is followed by \d+$/gm;

/** Lets Kafka read one partition's files in every way its tool knows. Returns what it complained of. */
export async function dumpLog(log: WrittenLog): Promise<string[]> {
  const names = readdirSync(log.directory);
  const files = (suffix: string): string =>
    names
      .filter((name) => name.endsWith(suffix))
      .map((name) => join(log.directory, name))
      .join(",");
  const complaints: string[] = [];
  const run = async (what: string, args: readonly string[]): Promise<string> => {
    const result = await runJavaTool("dump-log", args, { timeoutMs: 120_000 });
    const lines = `${result.stdout}\n${result.stderr}`.replaceAll(FIRST_OFFSET_OF_FILE, "").split("\n");
    const bad = lines.filter((line) => COMPLAINT.test(line) && !/^(baseOffset|\| offset|\|? ?offset): /.test(line));
    if (result.status !== 0) complaints.push(`${log.name}: ${what}: status ${result.status}`);
    for (const line of bad.slice(0, 5)) complaints.push(`${log.name}: ${what}: ${line}`);
    for (const line of lines.filter((l) => l.includes("isvalid: false")).slice(0, 5)) complaints.push(`${log.name}: ${what}: ${line}`);
    return result.stdout;
  };
  const dumped = await run("records", ["--deep-iteration", "--files", files(".log")]);
  const batches = dumped.match(/^baseOffset: /gm)?.length ?? 0;
  const records = dumped.match(/^\| offset: /gm)?.length ?? 0;
  if (batches !== log.batches || records !== log.records)
    complaints.push(`${log.name}: records: found ${batches} batches with ${records} records, not ${log.batches} with ${log.records}`);
  await run("index against log", ["--files", files(".index")]);
  await run("time index against log", ["--files", files(".timeindex")]);
  const sanity = await run("index sanity", ["--index-sanity-check", "--files", `${files(".index")},${files(".timeindex")}`]);
  const passed = sanity.match(/ (passed sanity check|is empty)\.$/gm)?.length ?? 0;
  const indexes = names.filter((name) => /\.(time)?index$/.test(name)).length;
  if (passed !== indexes) complaints.push(`${log.name}: index sanity: ${passed} of ${indexes} indexes passed`);
  await run("producer snapshots", ["--files", files(".snapshot")]);
  const indexed = files(".txnindex") === "" ? "" : await run("transaction indexes", ["--files", files(".txnindex")]);
  const aborted = indexed.match(/^version: 0 producerId: \d+ firstOffset: \d+ lastOffset: \d+ lastStableOffset: \d+$/gm)?.length ?? 0;
  if (aborted !== log.aborted) complaints.push(`${log.name}: transaction indexes: found ${aborted} entries, not ${log.aborted}`);
  return complaints;
}
