import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { SerdeError } from "../serdes-error.ts";

/** A data key as it may lie beside the data. */
export interface WrappedKey {
  /** The key that it was wrapped with, with its version: what `unwrap` finds it by. At most 255 bytes of UTF-8. */
  readonly keyId: string;
  /** At most 16,384 bytes. */
  readonly wrapped: Uint8Array;
}

/** Keeps the keys that data keys are wrapped with: a KMS, or {@link localKeys}. Who rotates them wraps with the new one and unwraps with all. */
export interface KeyProvider {
  /** `name`: what the contract calls the key (`encrypt.kek.name`). */
  wrap(dataKey: Uint8Array, name: string): Promise<WrappedKey>;
  /** Rejects for a key that it does not have. */
  unwrap(key: WrappedKey): Promise<Uint8Array>;
}

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keys of 32 bytes in this process, by their ids. `current`: the id that each key name of a contract is wrapped with now; the others are read only. For one machine and for tests.
 * Throws `SerdeError` SERDE_INVALID_OPTION.
 */
export function localKeys(options: {
  readonly keys: Readonly<Record<string, Uint8Array>>;
  readonly current: Readonly<Record<string, string>>;
}): KeyProvider {
  const keys = new Map(Object.entries(options.keys).map(([id, key]) => [id, Buffer.from(key)]));
  const current = new Map(Object.entries(options.current));
  for (const [id, { length }] of keys)
    if (length !== KEY_BYTES) throw invalid(`the key "${id}" must have ${KEY_BYTES} bytes and has ${length}`);
  for (const [name, id] of current) if (!keys.has(id)) throw invalid(`"${name}" is wrapped with "${id}", which is none of the keys`);
  return {
    async wrap(dataKey, name) {
      const keyId = current.get(name);
      if (keyId === undefined) throw invalid(`there is no current key for the name "${name}"`);
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", keys.get(keyId)!, iv).setAAD(Buffer.from(keyId));
      return { keyId, wrapped: Buffer.concat([iv, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]) };
    },
    async unwrap({ keyId, wrapped }) {
      const key = keys.get(keyId);
      if (key === undefined) throw invalid(`there is no key "${keyId.slice(0, 100)}"`);
      if (wrapped.length < IV_BYTES + TAG_BYTES) throw invalid("the wrapped key is cut off");
      const end = wrapped.length - TAG_BYTES;
      const decipher = createDecipheriv("aes-256-gcm", key, wrapped.subarray(0, IV_BYTES)).setAAD(Buffer.from(keyId));
      decipher.setAuthTag(wrapped.subarray(end));
      return Buffer.concat([decipher.update(wrapped.subarray(IV_BYTES, end)), decipher.final()]);
    },
  };
}

function invalid(problem: string): SerdeError {
  return new SerdeError("SERDE_INVALID_OPTION", `Of the local keys: ${problem}.`);
}
