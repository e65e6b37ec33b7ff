import type { WholeRecord } from "../../messages/whole-record.ts";

type Headers = WholeRecord["headers"];

/** A header as the API takes it. */
export interface GivenHeader {
  readonly key: string;
  readonly value: string | null;
  readonly encoding: "text" | "base64";
}

/** Headers as lines of a field, `name=value`, a name alone where there is no value; and those that no line can hold: bytes, texts of several lines. */
export function headerLines(headers: Headers): { readonly text: string; readonly kept: Headers } {
  const [lines, kept] = [[] as string[], [] as Headers[number][]];
  for (const header of headers) {
    const isLine = header.value?.encoding !== "base64" && !/[\r\n]/.test(header.value?.text ?? "") && /^[^=\s][^=\r\n]*$/.test(header.key);
    if (isLine) lines.push(header.value === null ? header.key : `${header.key}=${header.value.text}`);
    else kept.push(header);
  }
  return { text: lines.join("\n"), kept };
}

/** The headers that the lines stand for, and behind them those that were kept. */
export function headersFrom(text: string, kept: Headers): readonly GivenHeader[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return [
    ...lines.map((line) => ({
      key: line.split("=")[0]!,
      value: line.includes("=") ? line.slice(line.indexOf("=") + 1) : null,
      encoding: "text" as const,
    })),
    ...kept.map(({ key, value }) => ({ key, value: value?.text ?? null, encoding: value?.encoding ?? ("text" as const) })),
  ];
}
