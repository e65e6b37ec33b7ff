import type { RecordHeader } from "@ottla/client";

/** The first byte before an id of four bytes. */
const MAGIC_ID = 0;
/** The first byte of a header before a GUID of sixteen. */
const MAGIC_GUID = 1;
/** What stands before the data of a payload: the magic byte and the id. */
export const ID_PREFIX_BYTES = 5;
const GUID_PREFIX_BYTES = 17;

/** The headers that have a GUID. */
export const guidHeaders = { key: "__key_schema_id", value: "__value_schema_id" } as const;

/** Which schema data was written with, and where the data begins. */
export interface Framing {
  /** An id of the registry, or a GUID in its usual form. */
  readonly schema: number | string;
  readonly dataAt: number;
}

/** Writes the prefix of a payload. */
export function writeIdPrefix(into: Buffer, id: number): void {
  into[0] = MAGIC_ID;
  into.writeInt32BE(id, 1);
}

/** The value of a GUID's header. */
export function guidHeader(guid: string): Buffer {
  return Buffer.from(`01${guid.replaceAll("-", "")}`, "hex");
}

/** Whether a text can be a GUID. */
export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** Finds the schema of data: a header's GUID goes first, then what stands before the data. Undefined when there is neither. */
export function readFraming(bytes: Buffer, field: "key" | "value", headers: readonly RecordHeader[]): Framing | undefined {
  if (headers.length > 0) {
    const header = headers.findLast(({ key }) => key === guidHeaders[field])?.value;
    if (header != null) {
      if (header.length === GUID_PREFIX_BYTES && header[0] === MAGIC_GUID) return { schema: guidOf(header, 1), dataAt: 0 };
      if (header.length === ID_PREFIX_BYTES && header[0] === MAGIC_ID) return { schema: header.readInt32BE(1), dataAt: 0 };
    }
  }
  if (bytes.length >= ID_PREFIX_BYTES && bytes[0] === MAGIC_ID) return { schema: bytes.readInt32BE(1), dataAt: ID_PREFIX_BYTES };
  if (bytes.length >= GUID_PREFIX_BYTES && bytes[0] === MAGIC_GUID) return { schema: guidOf(bytes, 1), dataAt: GUID_PREFIX_BYTES };
  return undefined;
}

function guidOf(bytes: Buffer, at: number): string {
  const hex = bytes.toString("hex", at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
