import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { OttlaError } from "@ottla/base";
import { type HeaderInput, type Producer, type ProducerOptions, producerOptionsFromProperties, type ProducerRecord } from "@ottla/client";
import { assignmentsOf } from "../../assignments.ts";
import { clientProperties } from "../../client-properties.ts";
import { type CommandContext, INT32_MAX, type RunCommand, UsageError } from "../../command.ts";
import { connectClient } from "../../connect-client.ts";
import { unescapeBytes } from "../../escapes.ts";
import { grouped, printJson, shown } from "../../output.ts";
import { readLines } from "../../read-lines.ts";
import { endsInTime } from "../../signal-grace.ts";
import { type LineParser, type LineRecord, parseJsonLine, plainLineParser } from "./record-lines.ts";
import type { LineSerializer } from "./schema-lines.ts";

/** A topic that no broker knows after so long will not appear; Kafka's producer waits a minute. */
const MAX_BLOCK_MS = 15_000;
const FAILURES_SHOWN_MAX = 20;
/** After one of these every further record would fail in the same way. */
const HOPELESS: ReadonlySet<string> = new Set([
  "METADATA_TIMEOUT",
  "NO_BROKER_REACHABLE",
  "PRODUCER_FAILED",
  "UNKNOWN_PARTITION",
  "TOPIC_AUTHORIZATION_FAILED",
  "INVALID_TOPIC_EXCEPTION",
]);

interface LineFailure {
  readonly line: number;
  readonly error: string;
  readonly message: string;
}

/** What became of the lines so far. */
interface Tally {
  sent: number;
  acknowledged: number;
  failed: number;
  /** The first ones. */
  readonly failures: LineFailure[];
  isHopeless: boolean;
}

/** Where lines come from, and what to say when they do not. */
interface Input {
  readonly stream: Readable;
  readonly name: string;
  readonly remedy: string;
}

export const produce: RunCommand = async (context) => {
  const { positionals, signal } = context;
  const [topic] = positionals as [string];
  const parse = lineParser(context);
  const fixed = fixedFields(context);
  const settings = producerSettings(context);
  const tally: Tally = { sent: 0, acknowledged: 0, failed: 0, failures: [], isHopeless: false };
  const serializer = await schemaSerializer(context, topic);
  const client = await connectClient(context, "inTime");
  // Not before somebody reads it: a stream that fails unheard ends the process.
  const input = openInput(context);
  // A line that is being typed is not waited for once Ctrl-C came.
  const stopReading = (): void => void input.stream.destroy();
  signal.addEventListener("abort", stopReading);
  try {
    const producer = client.producer(settings);
    const toRecord = ({ headers = [], ...record }: LineRecord): ProducerRecord => ({
      ...record,
      ...fixed.record,
      headers: fixed.headers.length > 0 ? [...headers, ...fixed.headers] : headers,
      topic,
    });
    const read = (line: Buffer): ProducerRecord | Promise<ProducerRecord> =>
      serializer === undefined ? toRecord(parse(line)) : serializer.serialize(parse(line)).then(toRecord);
    const work = produceLines(input, producer, tally, signal, read).then(() => producer.flush());
    await endsInTime(work, signal);
    return report(context, topic, tally);
  } finally {
    signal.removeEventListener("abort", stopReading);
    input.stream.destroy();
    serializer?.close();
    await endsInTime(client.close(), signal);
  }
};

async function produceLines(
  { stream, name, remedy }: Input,
  producer: Producer,
  tally: Tally,
  signal: AbortSignal,
  toRecord: (line: Buffer) => ProducerRecord | Promise<ProducerRecord>,
): Promise<void> {
  let number = 0;
  try {
    for await (const line of readLines(stream)) {
      const lineNumber = ++number;
      tally.sent++;
      try {
        const read = toRecord(line);
        const room = producer.enqueue(read instanceof Promise ? await read : read, (error) => {
          if (error) noteFailure(tally, lineNumber, error);
          else tally.acknowledged++;
        });
        if (room) await room;
      } catch (error) {
        noteFailure(tally, lineNumber, error as Error);
      }
      if (tally.isHopeless || signal.aborted) return;
    }
  } catch (error) {
    if (signal.aborted) return;
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new OttlaError("INPUT_UNREADABLE", `${name} cannot be read: ${(error as Error).message}; ${remedy}.`, { cause: error });
  }
}

function noteFailure(tally: Tally, line: number, error: Error): void {
  const code = error instanceof OttlaError ? error.code : error.name;
  tally.failed++;
  if (tally.failures.length < FAILURES_SHOWN_MAX) tally.failures.push({ line, error: code, message: error.message });
  if (HOPELESS.has(code)) tally.isHopeless = true;
}

function report(context: CommandContext, topic: string, tally: Tally): 0 | 1 {
  const { options, stdout, stderr } = context;
  const { sent, acknowledged, failed, failures, isHopeless } = tally;
  const unacknowledged = sent - acknowledged - failed;
  if (options.has("json")) printJson(context, { topic, acknowledged, failed, unacknowledged, failures });
  for (const { line, message, error } of failures) stderr.write(shown`ottla: line ${line}: ${message} (${error})\n`);
  if (failed > failures.length) stderr.write(`ottla: ${grouped(failed - failures.length)} more lines failed.\n`);
  if (isHopeless) stderr.write("ottla: Later lines were not read, since they would fail in the same way.\n");
  if (unacknowledged > 0)
    stderr.write(`ottla: Stopped before ${recordCount(unacknowledged)} could be acknowledged; whether the topic has them is not known.\n`);
  if (!options.has("json")) stdout.write(shown`${recordCount(acknowledged)} written to ${topic}.\n`);
  return failed + unacknowledged > 0 ? 1 : 0;
}

function recordCount(count: number): string {
  return `${grouped(count)} ${count === 1 ? "record" : "records"}`;
}

function lineParser({ options }: CommandContext): LineParser {
  const keySeparator = options.text("key-separator");
  const nullMarker = options.text("null-marker");
  if (options.text("input") === "json") {
    if (keySeparator !== undefined || nullMarker !== undefined)
      throw new UsageError("--key-separator and --null-marker are for lines of text; leave them out with --input json.");
    return parseJsonLine;
  }
  return plainLineParser({ keySeparator: keySeparator === undefined ? undefined : unescapeBytes(keySeparator), nullMarker });
}

function fixedFields({ options }: CommandContext): {
  readonly record: { readonly key?: string; readonly partition?: number };
  readonly headers: readonly HeaderInput[];
} {
  const key = options.text("key");
  const partition = options.integer("partition", 0, INT32_MAX);
  if (key !== undefined && options.has("key-separator"))
    throw new UsageError("--key and --key-separator both say what the key is; give one of them.");
  return {
    record: { ...(key !== undefined && { key }), ...(partition !== undefined && { partition }) },
    headers: assignmentsOf(options.texts("header")).map(([name, value]) => ({ key: name, value })),
  };
}

/** With `--schema-subject`; the serdes are loaded then alone. */
async function schemaSerializer(context: CommandContext, topic: string): Promise<LineSerializer | undefined> {
  const subject = context.options.text("schema-subject");
  if (subject === undefined) return undefined;
  const [{ lineSerializer }, { registryClientOf }] = await Promise.all([
    import("./schema-lines.ts"),
    import("../../registry/registry-client.ts"),
  ]);
  return lineSerializer(await registryClientOf(context), topic, subject);
}

function producerSettings(context: CommandContext): ProducerOptions {
  const { options } = context;
  const properties = clientProperties(context, "producer");
  for (const [option, property] of [
    ["acks", "acks"],
    ["compression", "compression.type"],
  ] as const) {
    const value = options.text(option);
    if (value !== undefined) properties.set(property, value);
  }
  return { maxBlockMs: MAX_BLOCK_MS, ...producerOptionsFromProperties(properties) };
}

function openInput({ options, stdin, stderr }: CommandContext): Input {
  const file = options.text("file");
  if (file !== undefined) return { stream: createReadStream(file), name: "The input", remedy: "check --file" };
  if (stdin.isTTY && stderr.isTTY) stderr.write("One record per line; Ctrl-D ends.\n");
  return { stream: stdin, name: "Standard input", remedy: "give lines through a pipe, or a file with --file" };
}
