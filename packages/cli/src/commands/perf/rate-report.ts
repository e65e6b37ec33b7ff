import { grouped } from "../../output.ts";

/** Kafka's tools say MB for this many bytes; so do ours, so that figures can be held side by side. */
const BYTES_PER_MB = 1_048_576;

/** `50,000 records, 24,913 records/s, 23.76 MB/s` */
export function describeRate(records: number, bytes: number, elapsedMs: number): string {
  const seconds = Math.max(elapsedMs, 0.001) / 1000;
  return `${grouped(records)} records, ${grouped(records / seconds)} records/s, ${grouped(bytes / seconds / BYTES_PER_MB, 2)} MB/s`;
}

/** The same for programs. */
export function rateFigures(records: number, bytes: number, elapsedMs: number) {
  const seconds = Math.max(elapsedMs, 0.001) / 1000;
  const rounded = (value: number): number => Number(value.toFixed(2));
  return {
    records,
    bytes,
    seconds: Number(seconds.toFixed(4)),
    recordsPerSecond: rounded(records / seconds),
    bytesPerSecond: rounded(bytes / seconds),
    mbPerSecond: rounded(bytes / seconds / BYTES_PER_MB),
  };
}
