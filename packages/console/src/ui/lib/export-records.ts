import type { ShownBytes, ShownRecord } from "./message-stream.svelte.ts";

/** Records as a file, a JSON object a line: what `ottla produce --input json` reads. */
export function asJsonLines(topic: string, records: readonly ShownRecord[]): string {
  return records
    .map(({ partition, offset, timestampMs, key, value, headers }) =>
      JSON.stringify({
        topic,
        partition,
        offset,
        timestamp: timestampMs,
        ...part("key", key),
        ...part("value", value),
        headers: headers.map(({ key: name, value: text }) => ({ key: name, value: text })),
      }),
    )
    .map((line) => `${line}\n`)
    .join("");
}

/** Records as a table for spreadsheets (RFC 4180). A cell that a spreadsheet would take for a formula is quoted as text. */
export function asCsv(records: readonly ShownRecord[]): string {
  const rows = records.map(({ partition, offset, timestampMs, key, value }) => [
    String(partition),
    String(offset),
    new Date(timestampMs).toISOString(),
    key.text,
    value.text,
  ]);
  return [["partition", "offset", "time", "key", "value"], ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function part(name: "key" | "value", bytes: ShownBytes): Readonly<Record<string, string | null>> {
  if (bytes.format === "null") return { [name]: null };
  if (!bytes.isTranslated && (bytes.format === "json" || bytes.format === "text" || bytes.format === "empty"))
    return { [name]: bytes.text };
  return { [`${name}Base64`]: bytes.base64 ?? "" };
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Hands a file to the reader. */
export function download(name: string, text: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
