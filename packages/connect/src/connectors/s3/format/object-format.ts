import type { ConnectSchema } from "../../../data/schema.ts";

/** A file in the making. The same records in the same order make the same bytes, whenever and by whomever they are written: exactly once stands on it. */
export interface FileWriter {
  /**
   * Adds a value of its own schema; a value that cannot be written adds nothing.
   * @throws ConnectError CONNECT_DATA
   */
  add(value: unknown, schema: ConnectSchema | undefined): void;
  /** Bytes that are held, about. */
  readonly heldBytes: number;
  /** Bytes that are ready and may leave; they are not held any more. */
  take(): readonly Uint8Array[];
  /** Everything that is left, with the file's end. Called once. */
  end(): readonly Uint8Array[];
}

/** A form of files. */
export interface ObjectFormat {
  /** With its point: `.json.gz`. */
  readonly extension: string;
  readonly contentType: string;
  /** Whether all values of a file are of one schema, and so none can be without. */
  readonly hasSchema: boolean;
  /** @throws ConnectError CONNECT_DATA for a schema that it has no word for. */
  begin(schema: ConnectSchema | undefined): FileWriter;
}
