import type { CaseConfig, CaseDatum, CaseInput, StreamsCase } from "./case.ts";
import type { SerdeName } from "./case-statement.ts";

/** An input with its bytes: ms that pass, or topic, key, value (hex), timestamp and headers. */
export type RawInput =
  | number
  | readonly [
      topic: string,
      keyHex: string | null,
      valueHex: string | null,
      timestamp: number | string,
      headers?: readonly (readonly [name: string, valueHex: string | null])[],
    ];

/** What a driver is asked: a case with the bytes of its inputs. */
export interface RawCase {
  readonly config: CaseConfig;
  readonly topology: StreamsCase["topology"];
  readonly inputs: readonly RawInput[];
}

/** The case with its inputs as bytes. Throws when an input's topic is no source. */
export function toRaw({ config, topology, inputs }: StreamsCase): RawCase {
  const serdes = sourceSerdes(topology);
  return { config, topology, inputs: inputs.map((input) => rawInput(input, serdes)) };
}

function sourceSerdes(topology: StreamsCase["topology"]): Map<string, readonly [SerdeName, SerdeName]> {
  const serdes = new Map<string, readonly [SerdeName, SerdeName]>();
  for (const statement of topology) {
    if (statement.op === "stream") for (const topic of statement.topics) serdes.set(topic, [statement.key, statement.value]);
    if (statement.op === "table" || statement.op === "globalTable" || statement.op === "globalStore")
      serdes.set(statement.topic, [statement.key, statement.value]);
  }
  return serdes;
}

function rawInput(input: CaseInput, serdes: ReadonlyMap<string, readonly [SerdeName, SerdeName]>): RawInput {
  if ("advanceWallClockMs" in input) return input.advanceWallClockMs;
  const { topic, key, value, timestamp, headers } = input;
  const found = serdes.get(topic);
  if (found === undefined) throw new Error(`No source reads ${topic}.`);
  const record = [topic, toHex(key, found[0]), toHex(value, found[1]), timestamp] as const;
  return headers === undefined ? record : [...record, headers];
}

function toHex(datum: CaseDatum, serde: SerdeName): string | null {
  if (datum === null) return null;
  if (typeof datum === "object") return datum.hex;
  if (serde === "string") return Buffer.from(String(datum)).toString("hex");
  if (serde !== "long") throw new Error(`An input can be a string or a long, not ${serde}.`);
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(datum));
  return bytes.toString("hex");
}

/** Bytes as a person reads them: a text where all is printable, a number behind it where the last 8 bytes look like one. */
export function readableBytes(hex: string | null): string {
  if (hex === null) return "null";
  const bytes = Buffer.from(hex, "hex");
  const text = bytes.toString("utf8");
  if (/^[\p{L}\p{N}\p{P}\p{S} ]*$/u.test(text)) return JSON.stringify(text);
  const parts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at >= 8 && bytes[at]! <= 0x7f && (bytes[at] === 0 || bytes[at] === 0x7f)) {
      parts.push(`<${bytes.readBigInt64BE(at)}>`);
      at += 8;
    } else {
      const from = at;
      while (at < bytes.length && bytes[at]! >= 0x20 && bytes[at]! < 0x7f) at++;
      if (at > from) parts.push(JSON.stringify(bytes.toString("latin1", from, at)));
      else parts.push(`x${bytes.toString("hex", at, ++at)}`);
    }
  }
  return parts.join(" ");
}
