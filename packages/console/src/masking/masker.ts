import { createHmac } from "node:crypto";
import type { ConsumerRecord } from "@ottla/client";
import { jsonOf } from "@ottla/serdes";
import { type Decoded, filterValueOf, SHOWN_CHARS_MAX } from "../messages/decode-bytes.ts";
import type { DecodedRecord } from "../messages/record-filter.ts";
import { isOfGlob } from "@ottla/base";
import { isFields, maskFields } from "./mask-fields.ts";
import { type MaskAction, maskActions, type MaskingRule } from "./masking-rules.ts";

/** What stands in place of what is hidden. */
const HIDDEN = "•••";
/** Larger ones are hidden whole, where fields of them are to be hidden. */
const LOOKED_INTO_BYTES_MAX = 256 * 1024;
const TOPICS_KNOWN_MAX = 10_000;
const ORIGIN_HEADER = /topic$/i;
const TOPIC_CHARS_MAX = 249;
/** What went wrong may say what it went wrong with. */
const FAILURE_HEADER = /exception|message|stack|error/i;

/** What is hidden of one topic's records. */
interface TopicMasks {
  readonly key: readonly MaskingRule[];
  readonly value: readonly MaskingRule[];
  readonly header: readonly MaskingRule[];
}

/**
 * Hides what somebody is not to see, before anything is done with a record: what is masked is masked for the filter, too, so that nobody asks it out. What cannot be looked into is hidden whole. Dead letters are masked by the rules of the topic that
 * they came from as well.
 */
export class Masker {
  readonly #rules: readonly MaskingRule[];
  readonly #hashKey: Buffer;
  readonly #byTopic = new Map<string, TopicMasks | undefined>();

  constructor(rules: readonly MaskingRule[], hashKey: Buffer) {
    this.#rules = rules;
    this.#hashKey = hashKey;
  }

  /** The record as it may be seen: its bytes, too, are those of what is shown. */
  mask(decoded: DecodedRecord): DecodedRecord {
    const { record, key, value, readValues } = decoded;
    const origins = originsOf(record);
    const masks = origins.reduce((all, origin) => both(all, this.#of(origin)), this.#of(record.topic));
    if (masks === undefined) return decoded;
    const maskedKey = this.#part(key, record.key, readValues?.key, masks.key);
    const maskedValue = this.#part(value, record.value, readValues?.value, masks.value);
    const isFailureHidden = origins.length > 0 && masks.key.length + masks.value.length > 0;
    return {
      record: {
        topic: record.topic,
        partition: record.partition,
        offset: record.offset,
        timestamp: record.timestamp,
        leaderEpoch: record.leaderEpoch,
        key: maskedKey.bytes,
        value: maskedValue.bytes,
        headers: this.#headers(record.headers, masks.header, isFailureHidden),
      },
      key: maskedKey.decoded,
      value: maskedValue.decoded,
      ...(readValues !== undefined && { readValues: { key: maskedKey.readValue, value: maskedValue.readValue } }),
    };
  }

  #of(topic: string): TopicMasks | undefined {
    if (this.#byTopic.has(topic)) return this.#byTopic.get(topic);
    const rules = this.#rules.filter(({ topics }) => topics.some((pattern) => isOfGlob(topic, pattern)));
    const masks: TopicMasks | undefined = rules.length === 0 ? undefined : byPart(rules);
    this.#byTopic.set(topic, masks);
    if (this.#byTopic.size > TOPICS_KNOWN_MAX) this.#byTopic.delete(this.#byTopic.keys().next().value as string);
    return masks;
  }

  #part(decoded: Decoded, bytes: Buffer | null, readValue: unknown, rules: readonly MaskingRule[]) {
    if (rules.length === 0 || bytes === null) return { decoded, bytes, readValue };
    const whole = strictest(rules.filter(({ path }) => path === undefined).map((rule) => rule.do));
    if (whole !== undefined) return this.#whole(bytes, whole, "a masking rule");
    try {
      const given = bytes.length > LOOKED_INTO_BYTES_MAX ? undefined : (readValue ?? fieldsOf(bytes, decoded));
      if (!isFields(given) && !Array.isArray(given)) return this.#whole(bytes, "mask", "a masking rule of fields, which this has not");
      const fields = rules.map(({ path = [], do: action }) => ({ path, do: action }));
      const masked = maskFields(given, fields, (value, action) => this.#hidden(jsonOf(value), action));
      const text = readValue === undefined ? JSON.stringify(masked) : jsonOf(masked);
      return {
        decoded: shown("json", `${decoded.why}; fields are hidden by a masking rule`, text),
        bytes: Buffer.from(text),
        readValue: readValue === undefined ? undefined : masked,
      };
    } catch {
      return this.#whole(bytes, "mask", "a masking rule of fields, which cannot be looked for here");
    }
  }

  #whole(bytes: Buffer, action: MaskAction, why: string) {
    const text = action === "drop" ? "" : this.#hidden(bytes, action);
    return { decoded: shown("text", `hidden by ${why}`, text), bytes: Buffer.from(text), readValue: text };
  }

  #headers(headers: ConsumerRecord["headers"], rules: readonly MaskingRule[], isFailureHidden: boolean): ConsumerRecord["headers"] {
    return headers.flatMap((header) => {
      const of = rules.filter(({ path }) => path === undefined || isOfGlob(header.key, path[0] ?? "")).map((rule) => rule.do);
      const action = strictest([
        ...of,
        ...(isFailureHidden && FAILURE_HEADER.test(header.key) && !isOrigin(header.key) ? (["mask"] as const) : []),
      ]);
      if (action === "drop") return [];
      if (action === undefined || header.value === null) return [header];
      return [{ ...header, value: Buffer.from(this.#hidden(header.value, action)) }];
    });
  }

  #hidden(value: string | Buffer, action: MaskAction): string {
    if (action !== "hash") return HIDDEN;
    return `hash:${createHmac("sha256", this.#hashKey).update(value).digest("hex").slice(0, 16)}`;
  }
}

/** Topics that a record says it came from: every maker of dead letters has a header of its own for that, which ends so. Who writes another topic there hides more. */
function originsOf({ headers }: ConsumerRecord): readonly string[] {
  return headers.flatMap(({ key, value }) =>
    ORIGIN_HEADER.test(key) && value !== null && value.length <= TOPIC_CHARS_MAX ? [value.toString()] : [],
  );
}

/** Where a dead letter came from tells nothing of what is in it. */
function isOrigin(header: string): boolean {
  return /(?:topic|partition|offset|timestamp|class\.name|connector\.name|task\.id|stage)$/i.test(header);
}

function byPart(rules: readonly MaskingRule[]): TopicMasks {
  const of = (part: MaskingRule["in"]): readonly MaskingRule[] => rules.filter((rule) => rule.in === part);
  return { key: of("key"), value: of("value"), header: of("header") };
}

function both(one: TopicMasks | undefined, other: TopicMasks | undefined): TopicMasks | undefined {
  if (one === undefined || other === undefined || one === other) return one ?? other;
  return { key: [...one.key, ...other.key], value: [...one.value, ...other.value], header: [...one.header, ...other.header] };
}

function strictest(actions: readonly MaskAction[]): MaskAction | undefined {
  return maskActions.findLast((each) => actions.includes(each));
}

/** Numbers stay as they were written: some are larger than those of JavaScript. */
function fieldsOf(bytes: Buffer, decoded: Decoded): unknown {
  if (decoded.format !== "json") return filterValueOf(bytes, decoded);
  return JSON.parse(bytes.toString(), exactNumber as never) as unknown;
}

const { rawJSON } = JSON as unknown as { readonly rawJSON: ((text: string) => unknown) | undefined };

function exactNumber(_key: string, value: unknown, context: { readonly source?: string } | undefined): unknown {
  if (typeof value !== "number" || context?.source === undefined || String(value) === context.source || rawJSON === undefined) return value;
  return rawJSON(context.source);
}

function shown(format: Decoded["format"], why: string, text: string): Decoded {
  return { format, why, text: text.slice(0, SHOWN_CHARS_MAX), sizeBytes: Buffer.byteLength(text), isCut: text.length > SHOWN_CHARS_MAX };
}
