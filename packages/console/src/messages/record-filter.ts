import { compileCel } from "@ottla/serdes/cel";
import { OttlaError } from "@ottla/base";
import type { ConsumerRecord } from "@ottla/client";
import { type Decoded, filterValueOf } from "./decode-bytes.ts";

/** A record with what its key and value were taken for. */
export interface DecodedRecord {
  readonly record: ConsumerRecord;
  readonly key: Decoded;
  readonly value: Decoded;
  /** What schemas made of key and value; undefined where none did. */
  readonly readValues?: { readonly key: unknown; readonly value: unknown };
}

/** Whether a record is wanted; why it could not be told counts as no, and is kept. */
export interface RecordFilter {
  isWanted(record: DecodedRecord): boolean;
  /** Records of which the expression could not be asked, and what it said of the last one. */
  readonly failures: { readonly count: number; readonly last: string | undefined };
}

/** A filter from a CEL expression. Its cost a record is bounded. Errors: `BAD_FILTER`, with what is wrong in it. */
export function recordFilter(text: string): RecordFilter {
  const ask = compiled(text);
  const failures = { count: 0, last: undefined as string | undefined };
  return {
    failures,
    isWanted({ record, key, value, readValues }) {
      try {
        const answer = ask({
          key: readValues?.key ?? filterValueOf(record.key, key),
          value: readValues?.value ?? filterValueOf(record.value, value),
          headers: Object.fromEntries(record.headers.map((header) => [header.key, header.value?.toString() ?? null])),
          partition: BigInt(record.partition),
          offset: BigInt(record.offset),
          timestampMs: BigInt(record.timestamp),
        });
        if (typeof answer === "boolean") return answer;
        throw new TypeError("it gives no boolean");
      } catch (error) {
        failures.count++;
        failures.last = error instanceof Error ? error.message : String(error);
        return false;
      }
    },
  };
}

function compiled(text: string): ReturnType<typeof compileCel> {
  try {
    return compileCel(text);
  } catch (error) {
    throw new OttlaError("BAD_FILTER", `The filter cannot be used: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
}
