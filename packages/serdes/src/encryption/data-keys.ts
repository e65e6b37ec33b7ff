import { randomBytes } from "node:crypto";
import type { Clock } from "@ottla/base";
import { BoundedCache } from "../registry-client/bounded-cache.ts";
import type { KeyProvider, WrappedKey } from "./key-provider.ts";

/** How long a data key is written with, and for how many values: far from where AES-GCM's random nonces could meet. */
const ROTATE_MS = 3_600_000;
const ROTATE_USES = 1 << 24;
const UNWRAPPED_MAX = 10_000;
const KEY_BYTES = 32;
const KEY_ID_BYTES_MAX = 255;
const WRAPPED_BYTES_MAX = 16_384;

/** A key that values are encrypted with, and how it travels. */
export interface DataKey extends WrappedKey {
  readonly key: Uint8Array;
}

interface Current {
  readonly made: DataKey;
  readonly madeAtMs: number;
  uses: number;
}

/** The data keys of one serde: for each name the one that is written with, and those that were met when reading. */
export class DataKeys {
  readonly #provider: KeyProvider;
  readonly #clock: Clock;
  readonly #current = new Map<string, Current>();
  readonly #wrapping = new Map<string, Promise<void>>();
  readonly #unwrapped = new Map<string, Uint8Array>();
  readonly #unwrapping = new BoundedCache<string, Uint8Array>(UNWRAPPED_MAX);

  constructor(provider: KeyProvider, clock: Clock) {
    this.#provider = provider;
    this.#clock = clock;
  }

  /** A promise when a new one must be wrapped first; ask again behind it. */
  forWriting(name: string): DataKey | Promise<void> {
    const current = this.#current.get(name);
    if (current !== undefined && current.uses < ROTATE_USES && this.#clock.monotonicMs() - current.madeAtMs < ROTATE_MS) {
      current.uses++;
      return current.made;
    }
    const known = this.#wrapping.get(name);
    if (known !== undefined) return known;
    const wrapping = this.#wrap(name).finally(() => this.#wrapping.delete(name));
    this.#wrapping.set(name, wrapping);
    return wrapping;
  }

  /** A promise when the provider must be asked; ask again behind it. */
  forReading(key: WrappedKey): Uint8Array | Promise<void> {
    const id = `${key.keyId} ${Buffer.from(key.wrapped).toString("base64")}`;
    const known = this.#unwrapped.get(id);
    if (known !== undefined) return known;
    return this.#unwrapping
      .get(id, () => this.#unwrap(key))
      .then((unwrapped) => {
        this.#unwrapped.set(id, unwrapped);
        if (this.#unwrapped.size > UNWRAPPED_MAX) this.#unwrapped.delete(this.#unwrapped.keys().next().value!);
      });
  }

  async #wrap(name: string): Promise<void> {
    const key = randomBytes(KEY_BYTES);
    const { keyId, wrapped } = await this.#provider.wrap(key, name);
    const idBytes = Buffer.byteLength(keyId);
    if (idBytes === 0 || idBytes > KEY_ID_BYTES_MAX || wrapped.length > WRAPPED_BYTES_MAX)
      throw new RangeError(
        `the provider's key id has ${idBytes} bytes and its wrapped key ${wrapped.length}; at most ${KEY_ID_BYTES_MAX} and ${WRAPPED_BYTES_MAX} are taken`,
      );
    this.#current.set(name, { made: { key, keyId, wrapped }, madeAtMs: this.#clock.monotonicMs(), uses: 0 });
  }

  async #unwrap(key: WrappedKey): Promise<Uint8Array> {
    const unwrapped = await this.#provider.unwrap(key);
    if (unwrapped.length !== KEY_BYTES)
      throw new RangeError(`the provider gave a key of ${unwrapped.length} bytes, and data keys have ${KEY_BYTES}`);
    return unwrapped;
  }
}
