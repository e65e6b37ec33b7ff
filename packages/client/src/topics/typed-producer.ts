import type { Clock } from "@ottla/base";
import { ClientError } from "../client-error.ts";
import { CloseTime } from "../close-time.ts";
import { checkOptions, checkSignalOnly, checkTimeout } from "../options/argument-checks.ts";
import type { Producer } from "../producer/producer-types.ts";
import type { SendOptions } from "../producer/record-types.ts";
import type { TypedProducer } from "./topic-types.ts";
import { type Encode, EncodingSends } from "./typed-sends.ts";

/** How long a close waits for serdes unless told otherwise: as long as a producer waits for its deliveries. */
const CLOSE_TIMEOUT_MS = 120_000;

/** See {@link TypedProducer}. */
export class EncodingProducer<Key, Value> extends EncodingSends<Key, Value> implements TypedProducer<Key, Value> {
  readonly raw: Producer;
  readonly #ownsRaw: boolean;
  readonly #clock: Clock;
  #isClosed = false;

  constructor(raw: Producer, ownsRaw: boolean, encode: Encode<Key, Value>, clock: Clock) {
    super(raw, encode);
    this.raw = raw;
    this.#ownsRaw = ownsRaw;
    this.#clock = clock;
  }

  async flush(options?: SendOptions): Promise<void> {
    checkSignalOnly("flush", options);
    await this.bounded(this.line.over, options?.signal);
    await this.raw.flush(options);
  }

  async close(options: { readonly timeoutMs?: number } = {}): Promise<void> {
    checkOptions("close", options, { timeoutMs: checkTimeout });
    this.#isClosed = true;
    const startMs = this.#clock.monotonicMs();
    const time = new CloseTime(this.#clock);
    time.within(options.timeoutMs ?? CLOSE_TIMEOUT_MS);
    await Promise.race([this.line.over, time.over]);
    time.release();
    if (!this.#ownsRaw) return;
    const { timeoutMs } = options;
    await this.raw.close(timeoutMs === undefined ? {} : { timeoutMs: Math.max(0, timeoutMs - (this.#clock.monotonicMs() - startMs)) });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  protected override checkUsable(): void {
    if (this.#isClosed) throw new ClientError("CLIENT_CLOSED", "The producer was closed.");
  }
}
