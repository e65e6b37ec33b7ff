import { createHash } from "node:crypto";
import type { DiskFile } from "@ottla/base";
import { nodeDisk } from "@ottla/base/node";
import { ConnectError } from "../../connect-error.ts";
import type { SourcePlace } from "../../data/connect-record.ts";

/** By so many first bytes a file is known again. */
const FINGERPRINT_BYTES = 1024;
const NEWLINE = 0x0a;
const READ_BYTES = 256 * 1024;

/** Where reading of a file is. */
export interface SpoolPosition {
  readonly position: number;
  /** Rows or lines before it. */
  readonly line: number;
  readonly fingerprint: string;
  readonly fingerprintBytes: number;
  /** Read to its end, as it was then. */
  readonly doneMs?: number | undefined;
}

/** @throws ConnectError CONNECT_CONFIG for an offset of other parts */
export function spoolPosition(offset: SourcePlace): SpoolPosition {
  const { position, line = 0, fingerprint, fingerprintBytes, doneMs } = offset;
  const isCount = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
  if (!isCount(position) || !isCount(line) || !isCount(fingerprintBytes) || typeof fingerprint !== "string")
    throw new ConnectError(
      "CONNECT_CONFIG",
      'An offset of a folder source is {"position": BYTES, "line": N, "fingerprint": "…", "fingerprintBytes": N}; null reads the file anew.',
    );
  return { position, line, fingerprint, fingerprintBytes, doneMs: isCount(doneMs) ? doneMs : undefined };
}

/** A file's first bytes, as something to know it again by. */
export async function fingerprintOf(
  file: DiskFile,
  bytes = FINGERPRINT_BYTES,
): Promise<Pick<SpoolPosition, "fingerprint" | "fingerprintBytes">> {
  const buffer = Buffer.alloc(bytes);
  const count = bytes === 0 ? 0 : await file.read(buffer, 0);
  return { fingerprint: createHash("sha256").update(buffer.subarray(0, count)).digest("base64url").slice(0, 22), fingerprintBytes: count };
}

/** Whether a position is of the file that has this path now; one that is read to its end must be as it was then. */
export async function isOfFile(path: string, file: DiskFile, at: SpoolPosition): Promise<boolean> {
  const stat = nodeDisk.stat(path);
  if (stat === undefined || stat.sizeBytes < at.position) return false;
  if (at.doneMs !== undefined && (at.doneMs !== Math.floor(stat.modifiedMs) || stat.sizeBytes !== at.position)) return false;
  const { fingerprint, fingerprintBytes } = await fingerprintOf(file, at.fingerprintBytes);
  return fingerprintBytes === at.fingerprintBytes && fingerprint === at.fingerprint;
}

/** A row or line, without its end, and the place behind it. */
export interface SpoolPiece {
  readonly bytes: Buffer;
  readonly end: number;
}

/**
 * The pieces of a file from a place on, in batches; `quote`: ends of lines between two of these bytes belong to their piece. The last piece need not have an end.
 * @throws ConnectError CONNECT_SOURCE for a piece of more than `bytesMax`
 */
export async function* piecesOf(
  file: DiskFile,
  from: number,
  quote: number | undefined,
  bytesMax: number,
): AsyncGenerator<readonly SpoolPiece[]> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  let rest = Buffer.alloc(0);
  let position = from;
  for (;;) {
    const count = await file.read(buffer, position + rest.length);
    const read = Buffer.concat([rest, buffer.subarray(0, count)]);
    const pieces: SpoolPiece[] = [];
    let start = 0;
    for (let end = endOfPiece(read, 0, quote); end >= 0; end = endOfPiece(read, start, quote)) {
      pieces.push({ bytes: read.subarray(start, end > start && read[end - 1] === 0x0d ? end - 1 : end), end: position + end + 1 });
      start = end + 1;
    }
    rest = read.subarray(start);
    position += start;
    if (count === 0 && rest.length > 0) pieces.push({ bytes: rest, end: position + rest.length });
    const longest = pieces.reduce((most, { bytes }) => Math.max(most, bytes.length), count === 0 ? 0 : rest.length);
    if (longest > bytesMax)
      throw new ConnectError(
        "CONNECT_SOURCE",
        `at byte ${position} a row has more than ${bytesMax} bytes; is a quote missing? ottla.record.max.bytes takes longer ones.`,
      );
    if (pieces.length > 0) yield pieces;
    if (count === 0) return;
  }
}

function endOfPiece(bytes: Buffer, from: number, quote: number | undefined): number {
  if (quote === undefined) return bytes.indexOf(NEWLINE, from);
  let isQuoted = false;
  for (let index = from; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === quote) isQuoted = !isQuoted;
    else if (byte === NEWLINE && !isQuoted) return index;
  }
  return -1;
}
