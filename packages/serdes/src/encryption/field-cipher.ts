import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { ValueProblem } from "../serde/format-engine.ts";
import type { DataKey } from "./data-keys.ts";
import type { WrappedKey } from "./key-provider.ts";

/** "OF" and the version of what follows. */
const MAGIC = Buffer.from([0x4f, 0x46, 1]);
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Where a value may be read; elsewhere its bytes are nothing. */
export interface CipherPlace {
  readonly subject: string;
  /** The id or the GUID that stands before the data, which with the subject is a version. */
  readonly schema: number | string;
  readonly path: string;
}

/** What a field holds when it is encrypted: magic (3), key id (1 + n), wrapped key (2 + n), nonce (12), data, tag (16). */
export interface SealedField extends WrappedKey {
  readonly head: Buffer;
  readonly iv: Buffer;
  readonly data: Buffer;
  readonly tag: Buffer;
}

export function sealField(plain: Uint8Array, { key, keyId, wrapped }: DataKey, place: CipherPlace): Buffer {
  const id = Buffer.from(keyId);
  const head = Buffer.concat([MAGIC, Buffer.from([id.length]), id, Buffer.from([wrapped.length >> 8, wrapped.length & 0xff]), wrapped]);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(associated(head, place));
  return Buffer.concat([head, iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws ValueProblem for what is nothing that {@link sealField} makes. */
export function splitSealed(bytes: Buffer, path: string): SealedField {
  const idEnd = 4 + (bytes[3] ?? 0);
  const headEnd = bytes.length >= idEnd + 2 ? idEnd + 2 + bytes.readUInt16BE(idEnd) : Number.POSITIVE_INFINITY;
  if (!bytes.subarray(0, 3).equals(MAGIC) || bytes.length < headEnd + IV_BYTES + TAG_BYTES)
    throw new ValueProblem(path, "the field is not encrypted as this serde does it: it is in the clear, cut off, or of another client");
  const dataEnd = bytes.length - TAG_BYTES;
  return {
    keyId: bytes.toString("utf8", 4, idEnd),
    wrapped: bytes.subarray(idEnd + 2, headEnd),
    head: bytes.subarray(0, headEnd),
    iv: bytes.subarray(headEnd, headEnd + IV_BYTES),
    data: bytes.subarray(headEnd + IV_BYTES, dataEnd),
    tag: bytes.subarray(dataEnd),
  };
}

/** @throws ValueProblem when the key is another, or the bytes are not what was written at this place. */
export function openField({ keyId, head, iv, data, tag }: SealedField, key: Uint8Array, place: CipherPlace): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, iv).setAAD(associated(head, place));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch (cause) {
    throw new ValueProblem(
      place.path,
      `the key "${keyId}" does not open it: it was changed, or written for another field, version or subject than ${place.path} of the schema ${place.schema} of "${place.subject}"`,
      cause,
    );
  }
}

function associated(head: Buffer, { subject, schema, path }: CipherPlace): Buffer {
  return Buffer.concat([head, Buffer.from(JSON.stringify([subject, String(schema), path]))]);
}
