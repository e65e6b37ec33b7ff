import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CodecName, EndTransactionMarker } from "../records/index.ts";

/** Null, hex digits, or hex digits to be repeated. */
export type GoldenBytes = string | { readonly hex: string; readonly times: number } | null;

export interface GoldenRecord {
  readonly timestamp: number;
  readonly key: GoldenBytes;
  readonly value: GoldenBytes;
  readonly headers: readonly { readonly key: string; readonly value: GoldenBytes }[];
  /** In place of key, value and headers. */
  readonly marker?: EndTransactionMarker;
}

/** A record batch in words, as `tools/golden-records` has Java write it. */
export interface GoldenBatch {
  readonly codec: CodecName;
  readonly baseOffset: number;
  readonly partitionLeaderEpoch: number;
  readonly logAppendTimeMs: number | null;
  readonly deleteHorizonMs: number | null;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly records: readonly GoldenRecord[];
}

export interface GoldenCase {
  readonly name: string;
  readonly batch: GoldenBatch;
  /** What Java wrote, in hex. */
  readonly bytes: string;
}

/** Origin of the file: see `packages/protocol/test/golden-records/README.md`. */
export const GOLDEN_RECORDS_FILE: string = join(import.meta.dirname, "../../test/golden-records/batches.ndjson");

export function loadGoldenCases(): GoldenCase[] {
  const lines = readFileSync(GOLDEN_RECORDS_FILE, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as GoldenCase);
}

export function toBytes(field: GoldenBytes): Buffer | null {
  if (field === null) return null;
  if (typeof field === "string") return Buffer.from(field, "hex");
  return Buffer.from(field.hex.repeat(field.times), "hex");
}
