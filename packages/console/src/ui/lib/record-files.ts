import type { WholeBytes, WholeRecord } from "../../messages/whole-record.ts";
import { isAllShown, type ShownBytes, type ShownRecord } from "./shown-record.ts";

/** A record for a file: as it is shown, and whole where it is not shown whole. */
interface ExportedRecord {
  readonly shown: ShownRecord;
  readonly whole: WholeRecord | undefined;
}

/** Records for a file: those of which a list shows only a part are read again, one after the other. Throws what `readWhole` does, and the signal's reason. */
export async function exported(
  records: readonly ShownRecord[],
  readWhole: (record: ShownRecord) => Promise<WholeRecord>,
  told: (read: number, toRead: number) => void,
  signal: AbortSignal,
): Promise<readonly ExportedRecord[]> {
  const toRead = records.filter((record) => !isAllShown(record)).length;
  const found: ExportedRecord[] = [];
  let read = 0;
  for (const shown of records) {
    signal.throwIfAborted();
    if (isAllShown(shown)) found.push({ shown, whole: undefined });
    else {
      told(++read, toRead);
      found.push({ shown, whole: await readWhole(shown) });
    }
  }
  return found;
}

/** Records as a file, a JSON object a line: what `ottla produce --input json` reads. */
export function asJsonLines(topic: string, records: readonly ExportedRecord[]): string {
  return records
    .map(({ shown: { partition, offset, timestampMs, key, value, headers }, whole }) =>
      JSON.stringify({
        topic,
        partition,
        offset,
        timestamp: timestampMs,
        ...(whole === undefined ? shownPart("key", key) : wholePart("key", whole.key)),
        ...(whole === undefined ? shownPart("value", value) : wholePart("value", whole.value)),
        headers:
          whole === undefined
            ? headers.map((header) => ({ key: header.key, value: header.value }))
            : whole.headers.map((header) => ({ key: header.key, ...wholePart("value", header.value) })),
      }),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** Records as a table for spreadsheets (RFC 4180). A cell that a spreadsheet would take for a formula is quoted as text. */
export function asCsv(records: readonly ExportedRecord[]): string {
  const rows = records.map(({ shown: { partition, offset, timestampMs, key, value }, whole }) => [
    String(partition),
    String(offset),
    timeOf(timestampMs),
    cellOf(key, whole?.key),
    cellOf(value, whole?.value),
  ]);
  return [["partition", "offset", "time", "key", "value"], ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** A record may say anything of its time. */
function timeOf(atMs: number): string {
  return Math.abs(atMs) <= 8.64e15 ? new Date(atMs).toISOString() : String(atMs);
}

/** As it is shown, but all of it. */
function cellOf(shown: ShownBytes, whole: WholeBytes | null | undefined): string {
  return shown.isCut && whole ? whole.text : shown.text;
}

function shownPart(name: "key" | "value", bytes: ShownBytes): Readonly<Record<string, string | null>> {
  if (bytes.format === "null") return { [name]: null };
  if (!bytes.isTranslated && (bytes.format === "json" || bytes.format === "text" || bytes.format === "empty"))
    return { [name]: bytes.text };
  return { [`${name}Base64`]: bytes.base64 ?? "" };
}

function wholePart(name: "key" | "value", bytes: WholeBytes | null): Readonly<Record<string, string | null>> {
  if (bytes === null) return { [name]: null };
  return bytes.encoding === "text" ? { [name]: bytes.text } : { [`${name}Base64`]: bytes.text };
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(?:\.\d+)?$/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
