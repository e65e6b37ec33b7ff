import { isUtf8 } from "node:buffer";
import { printable, printableJson } from "@ottla/base";
import type { ByteOutput } from "../../byte-output.ts";
import { grouped, readableBytes } from "../../output.ts";
import type { TextStyle } from "../../text-style.ts";
import { isoTime, jsonBytes } from "../records/record-format.ts";
import type { BatchLine, DumpLine, RecordLine } from "./dump-lines.ts";

/** What is printed besides damage and the sums. */
export interface DumpDetail {
  readonly isJson: boolean;
  readonly isCheckOnly: boolean;
}

/** Prints a line of a dump, and keeps count. */
export class DumpPrinter {
  readonly #output: ByteOutput;
  readonly #detail: DumpDetail;
  readonly #style: TextStyle;
  readonly sums = { files: 0, bytes: 0, batches: 0, records: 0, damages: 0 };

  constructor(output: ByteOutput, detail: DumpDetail, style: TextStyle) {
    this.#output = output;
    this.#detail = detail;
    this.#style = style;
  }

  readonly print = (line: DumpLine): Promise<void> | undefined => {
    this.#count(line);
    if (this.#detail.isCheckOnly && line.type !== "damage" && line.type !== "sums") return undefined;
    this.#output.add(
      this.#detail.isJson ? `${printableJson(line.type === "record" ? jsonRecord(line) : line)}\n` : textLine(line, this.#style),
    );
    return this.#output.flushIfFull();
  };

  #count(line: DumpLine): void {
    const { sums } = this;
    if (line.type === "file") {
      sums.files++;
      sums.bytes += line.bytes;
    } else if (line.type === "batch") {
      sums.batches++;
      sums.records += line.count;
    } else if (line.type === "damage") sums.damages++;
  }
}

function textLine(line: DumpLine, style: TextStyle): string {
  switch (line.type) {
    case "file":
      return `${style.bold(printable(line.path))}  ${readableBytes(line.bytes)}\n`;
    case "batch":
      return batchText(line);
    case "record":
      return recordText(line, style);
    case "offsetEntry":
      return `  offset ${line.offset} at ${line.position}\n`;
    case "timeEntry":
      return `  up to ${isoTime(line.timestamp)} (${line.timestamp}) at offset ${line.offset}\n`;
    case "producer":
      return `  producer ${line.producerId}/${line.producerEpoch}  last sequence ${line.lastSequence} at offset ${line.lastOffset}, ${isoTime(line.lastTimestamp)}${line.transactionStartOffset >= 0 ? `, transaction open since offset ${line.transactionStartOffset}` : ""}\n`;
    case "damage":
      return style.yellow(`  DAMAGED at ${line.position}: ${printable(line.fault.replace(/\.$/, ""))}. (${printable(line.path)})\n`);
    case "sums":
      return `${grouped(line.files)} ${line.files === 1 ? "file" : "files"}, ${readableBytes(line.bytes)}, ${grouped(line.batches)} batches, ${grouped(line.records)} records: ${line.damages === 0 ? "no damage" : `${grouped(line.damages)} ${line.damages === 1 ? "damage" : "damages"}`}.\n`;
  }
}

function batchText(batch: BatchLine): string {
  const { baseOffset, lastOffset, count, position, bytes, codec, maxTimestamp, leaderEpoch, producerId } = batch;
  const producer = producerId < 0 ? "" : `  producer ${producerId}/${batch.producerEpoch} seq ${batch.baseSequence}–${batch.lastSequence}`;
  const marks = `${batch.isTransactional ? "  transactional" : ""}${batch.isControl ? "  control" : ""}`;
  const range = count === lastOffset - baseOffset + 1 ? `${count} records` : `${count} of ${lastOffset - baseOffset + 1} records`;
  return `  ${baseOffset}–${lastOffset}  ${range}  at ${position}  ${bytes} B  ${codec}  ${isoTime(maxTimestamp)}  epoch ${leaderEpoch}${producer}${marks}\n`;
}

function recordText({ offset, timestamp, key, value, headers }: RecordLine, style: TextStyle): string {
  const shownHeaders = headers.map((header) => `${printable(header.key)}=${shown(header.value)}`).join(", ");
  return `    ${style.dim(`${offset}  ${isoTime(timestamp)}`)}  ${shown(key)}: ${shown(value)}${shownHeaders && `  {${shownHeaders}}`}\n`;
}

function jsonRecord({ offset, timestamp, key, value, headers }: RecordLine): Record<string, unknown> {
  const shownHeaders = headers.map((header) => ({ key: header.key, ...jsonBytes("value", header.value) }));
  return { type: "record", offset, timestamp, ...jsonBytes("key", key), ...jsonBytes("value", value), headers: shownHeaders };
}

/** Text on one line, or bytes in hexadecimal. */
function shown(bytes: Buffer | null): string {
  if (bytes === null) return "null";
  return isUtf8(bytes) ? printable(bytes.toString()) : `0x${bytes.toString("hex")}`;
}
