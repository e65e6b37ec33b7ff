/**
 * An operating error: something outside the program (disk, network, configuration, input) is not as it must be.
 * `code` is stable and documented; `message` is one sentence that names the thing and the remedy.
 */
export class OttlaError extends Error {
  override readonly name: string = "OttlaError";
  readonly code: string;

  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** A bug in Ottla itself. Never caught but to stop cleanly. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** Throws {@link InvariantError} unless `condition` holds. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/**
 * Bytes that cannot be what they claim to be: too short, a negative or impossible length, an integer out of range.
 * The only error a decoder throws (code `MALFORMED_BYTES`).
 */
export class MalformedBytesError extends OttlaError {
  override readonly name = "MalformedBytesError";

  constructor(message: string) {
    super("MALFORMED_BYTES", message);
  }
}
