/** What may be given where the wire wants bytes; a string is sent as UTF-8. */
export type BytesLike = string | Uint8Array;
