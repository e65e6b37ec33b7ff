import type { ConnectSchema } from "../../../data/schema.ts";

/** A file in the making. The same records in the same order make the same bytes, whenever and by whomever they are written: exactly once stands on it. */
export interface FileWriter {
  /**
   * What `add` takes, of a value of its own schema. A record stands in several files: it is added to none before it has a form for each.
   * @throws ConnectError CONNECT_DATA
   */
  form(value: unknown, schema: ConnectSchema | undefined): unknown;
  /** Adds what `form` gave. */
  add(formed: unknown): void;
  /** Bytes that are held, about. */
  readonly heldBytes: number;
  /** The file should take no more: its end would cost too much at once. */
  readonly isFull: boolean;
  /** Bytes that are ready and may leave; they are not held any more. What is much work gives others their turn. */
  take(): Promise<readonly Uint8Array[]>;
  /** Everything that is left, with the file's end. Called once. */
  end(): Promise<readonly Uint8Array[]>;
}

/** A form of files. */
export interface ObjectFormat {
  /** With its point: `.json.gz`. */
  readonly extension: string;
  readonly contentType: string;
  /** Whether all values of a file are of one schema, and so none can be without. */
  readonly hasSchema: boolean;
  /** Whether values are structs. */
  readonly hasColumns: boolean;
  /** @throws ConnectError CONNECT_DATA for a schema that it has no word for. */
  begin(schema: ConnectSchema | undefined): FileWriter;
}
