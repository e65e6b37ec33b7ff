import type { SampledTopic } from "../../snapshot/sampled-topic.ts";

/** Times that are taken for such: within so many years of now. */
const YEARS_AROUND_MS = 5 * 365 * 86_400_000;
const SEGMENT_OF_JSON = 4096;

/** Looks at records one after another, and keeps what they look like, not what they hold. */
export class RecordLooks {
  readonly #nowMs: number;
  readonly #codecs = new Set<string>();
  readonly #sizes: number[] = [];
  #withoutKey = 0;
  #timeKeys = 0;
  #countingKeys = 0;
  #lastNumber: number | undefined;
  #jsonLike = 0;

  constructor(nowMs: number) {
    this.#nowMs = nowMs;
  }

  takeCodec(codec: string): void {
    this.#codecs.add(codec);
  }

  take(key: Uint8Array | null, value: Uint8Array | null): void {
    this.#sizes.push(value?.length ?? 0);
    if (key === null) this.#withoutKey++;
    else this.#takeKey(key);
    if (value !== null && isJsonLike(value)) this.#jsonLike++;
  }

  sampled(topic: string, partition: number): SampledTopic | undefined {
    const records = this.#sizes.length;
    if (records === 0) return undefined;
    const sizes = this.#sizes.toSorted((a, b) => a - b);
    return {
      topic,
      partition,
      records,
      codecs: [...this.#codecs].sort(),
      withoutKey: this.#withoutKey,
      timeKeys: this.#timeKeys,
      countingKeys: this.#countingKeys,
      jsonLike: this.#jsonLike,
      valueBytesP99: sizes[Math.min(records - 1, Math.ceil(records * 0.99) - 1)]!,
    };
  }

  #takeKey(key: Uint8Array): void {
    const number = numberOf(key);
    if (number === undefined) {
      this.#lastNumber = undefined;
      if (isTimeText(key, this.#nowMs)) this.#timeKeys++;
      return;
    }
    if (isTime(number, this.#nowMs)) this.#timeKeys++;
    if (this.#lastNumber === undefined || number > this.#lastNumber) this.#countingKeys++;
    this.#lastNumber = number;
  }
}

/** A number in digits, or one of 4 or 8 bytes as Kafka's serializers write it. Text of 4 or 8 letters is none. */
function numberOf(key: Uint8Array): number | undefined {
  if (key.length === 0 || key.length > 20) return undefined;
  if (key.every((byte) => byte >= 0x30 && byte <= 0x39)) return Number(Buffer.from(key).toString("latin1"));
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.length);
  // The first byte of what is counted is zero for a long time; that of a text is not.
  if (key.length === 8 && key[0] === 0) return Number(bytes.readBigInt64BE());
  if (key.length === 4 && key[0] === 0) return bytes.readInt32BE();
  return undefined;
}

/** Seconds, ms, µs or ns since 1970, of about now. */
function isTime(number: number, nowMs: number): boolean {
  return [1000, 1, 0.001, 0.000_001].some((toMs) => Math.abs(number * toMs - nowMs) < YEARS_AROUND_MS);
}

/** `2026-11-27T21:40:00Z` and the like, and nothing beside it. */
function isTimeText(key: Uint8Array, nowMs: number): boolean {
  if (key.length < 16 || key.length > 40) return false;
  const text = Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.,]*(?:Z|[+-]\d\d:?\d\d)?$/.test(text)) return false;
  const timeMs = Date.parse(text.replace(" ", "T").replace(",", "."));
  return Math.abs(timeMs - nowMs) < YEARS_AROUND_MS;
}

/** It begins and ends as an object or a list of JSON, and has no bytes in its beginning that text has not. A whole value is not parsed: it may be a megabyte. */
function isJsonLike(value: Uint8Array): boolean {
  const [first, last] = [value.find((byte) => byte > 0x20), value.findLast((byte) => byte > 0x20)];
  if (!((first === 0x7b && last === 0x7d) || (first === 0x5b && last === 0x5d))) return false;
  return value.subarray(0, SEGMENT_OF_JSON).every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}
