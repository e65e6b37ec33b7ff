// Our connector as Debezium's engine beside it runs (`DebeziumEvents`): the properties of a file, a line for each record on standard output, until standard input ends.
import { readFileSync } from "node:fs";
import { postgresSource } from "@ottla/connect/postgres";
import type { SourcePlace } from "@ottla/connect";
import { builtinPlugins } from "@ottla/connect/worker";
import { configValues } from "./source-config.ts";

const properties = Object.fromEntries(
  readFileSync(process.argv[2]!, "utf8")
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
);
const plugin = await builtinPlugins.find(({ kind, name }) => kind === "converter" && name === "json")!.load();
if (plugin.kind !== "converter") throw new Error("there is no JSON converter");
const settings = configValues(plugin.config, {});
const keys = await plugin.open(settings, { part: "key" });
const values = await plugin.open(settings, { part: "value" });
const abort = new AbortController();
process.stdin.on("end", () => abort.abort()).resume();
const tell = (message: string, fields = {}): void => void process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
const context = {
  connector: "bench",
  task: {},
  signal: abort.signal,
  log: { error: tell, warn: tell, info: () => undefined, debug: () => undefined },
  offsets: { get: (): Promise<SourcePlace | undefined> => Promise.resolve(undefined) },
};
const textOf = (bytes: Uint8Array | null): string =>
  bytes === null ? "null" : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
for await (const given of postgresSource.read(configValues(postgresSource.config, properties), context)) {
  const items = "partition" in given ? [given] : given;
  let lines = "";
  for (const item of items) {
    if (item.topic === undefined) continue;
    const key = await keys.fromConnect(item.topic, { schema: item.keySchema, value: item.key ?? null }, []);
    const value = await values.fromConnect(item.topic, { schema: item.valueSchema, value: item.value }, []);
    lines += `${item.topic}\t${textOf(key)}\t${textOf(value)}\n`;
  }
  const last = items.at(-1)!;
  if (lines !== "" && !process.stdout.write(lines, "latin1")) await new Promise((resolve) => process.stdout.once("drain", resolve));
  await postgresSource.acked?.(last.partition, last.offset, context);
}
process.exit(0);
