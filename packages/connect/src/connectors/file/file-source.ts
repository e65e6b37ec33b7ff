import { type DiskFile, OttlaError, pause } from "@ottla/base";
import { nodeDisk, systemClock } from "@ottla/base/node";
import { ConnectError } from "../../connect-error.ts";
import { int, str } from "../../plugin/config-shape.ts";
import { defineSource } from "../../plugin/define.ts";
import type { SourceEvent, SourcePlugin } from "../../plugin/source-plugin.ts";
import { STRING_SCHEMA } from "./string-schema.ts";

const POLL_MS = 200;
const READ_BYTES = 256 * 1024;
/** A longer line is refused. */
const LINE_BYTES_MAX = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

const config = {
  file: str().with({ importance: "high" }).doc("The file to read, line by line, and what is added to it."),
  topic: str().with({ importance: "high" }).doc("The topic to write to."),
  "batch.size": int().default(2000).range(1).with({ importance: "low" }).doc("The most lines that are handed on at once."),
};

/** Lines of a file as strings, and those that are added. Its place is a byte position, so a file that becomes shorter is refused rather than read in the middle. */
export const fileSource: SourcePlugin<typeof config> = defineSource({
  name: "file-source",
  aliases: ["org.apache.kafka.connect.file.FileStreamSourceConnector"],
  version: "1.0.0",
  doc: "Reads a file line by line and follows it.",
  config,
  exactlyOnce: true,
  check: async ({ file }) => {
    const stat = nodeDisk.stat(file);
    if (stat?.isDirectory === true) return [{ severity: "error", key: "file", message: `${file} is a folder; name a file.` }];
    if (stat === undefined) return [{ severity: "warning", key: "file", message: `${file} is not there yet; it is waited for.` }];
    return [];
  },
  checkOffsets: async (_config, offsets) => {
    for (const { partition, offset } of offsets) {
      if (typeof partition["filename"] !== "string")
        throw new ConnectError("CONNECT_CONFIG", 'A partition of a file source is {"filename": "…"}.');
      const position = offset?.["position"];
      if (offset !== null && (typeof position !== "number" || !Number.isSafeInteger(position) || position < 0))
        throw new ConnectError("CONNECT_CONFIG", 'An offset of a file source is {"position": N}, a number of bytes.');
    }
  },
  async *read({ file, topic, "batch.size": batchSize }, { signal, offsets }) {
    const partition = { filename: file };
    let position = Number((await offsets.get(partition))?.["position"] ?? 0);
    const opened = await openOnceThere(file, signal);
    if (opened === undefined) return;
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    let rest = Buffer.alloc(0);
    try {
      while (!signal.aborted) {
        const size = nodeDisk.stat(file)?.sizeBytes ?? 0;
        if (size < position)
          throw new ConnectError(
            "CONNECT_SOURCE",
            `${file} has ${size} bytes, and ${position} were read; it was replaced or cut. Reset the connector's offsets to read it anew.`,
          );
        const count = await opened.read(buffer, position + rest.length);
        if (count === 0) {
          await pause(systemClock, POLL_MS, signal);
          continue;
        }
        const read = Buffer.concat([rest, buffer.subarray(0, count)]);
        let batch: SourceEvent[] = [];
        let start = 0;
        for (let end = read.indexOf(NEWLINE); end >= 0; end = read.indexOf(NEWLINE, start)) {
          const text = read.toString("utf8", start, end > start && read[end - 1] === 0x0d ? end - 1 : end);
          position += end + 1 - start;
          start = end + 1;
          batch.push({ topic, value: text, valueSchema: STRING_SCHEMA, partition, offset: { position } });
          if (batch.length < batchSize) continue;
          yield batch;
          batch = [];
        }
        rest = Buffer.from(read.subarray(start));
        if (rest.length > LINE_BYTES_MAX)
          throw new ConnectError("CONNECT_SOURCE", `${file} has a line of more than ${LINE_BYTES_MAX} bytes at ${position}.`);
        if (batch.length > 0) yield batch;
      }
    } finally {
      opened.close();
    }
  },
});

async function openOnceThere(file: string, signal: AbortSignal): Promise<DiskFile | undefined> {
  while (!signal.aborted) {
    try {
      return nodeDisk.openRead(file);
    } catch (error) {
      if (!(error instanceof OttlaError) || error.code !== "DISK_NOT_FOUND") throw error;
      await pause(systemClock, POLL_MS, signal);
    }
  }
  return undefined;
}
