/** Bytes of a message that lie in a file until they are sent. They are read once, from the beginning to the end. */
export interface UnreadBytes {
  readonly byteLength: number;
  /**
   * Reads what comes next into `target`, as much as fits or a little less, and returns how many bytes that were: never 0. A promise where the disk may have to be waited for; `target` is
   * in use until it settles. Errors: whatever keeps the bytes from being what was promised; they cannot be sent then.
   */
  read(target: Uint8Array): number | Promise<number>;
}

/** A piece of an encoded message. */
export type MessagePart = Buffer | UnreadBytes;
