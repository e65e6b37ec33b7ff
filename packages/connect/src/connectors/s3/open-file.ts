import type { SinkRecord } from "../../data/connect-record.ts";
import type { ConnectSchema } from "../../data/schema.ts";
import { projector } from "../../data/project-value.ts";
import { PerSchema } from "../../data/per-schema.ts";
import type { FileWriter, ObjectFormat } from "./format/object-format.ts";
import type { ObjectMaking, ObjectStore } from "./object-store.ts";

/** Where an object is to be, and how. */
export interface FileTarget {
  readonly store: ObjectStore;
  readonly format: ObjectFormat;
  readonly key: string;
  readonly source: string;
  readonly partBytes: number;
}

/** A file that takes records: bytes leave in parts while it grows, the object is made when it is closed. */
export class OpenFile {
  /** Of its values, where its format has one. */
  readonly schema: ConnectSchema | undefined;
  readonly #target: FileTarget;
  readonly #writer: FileWriter;
  readonly #upload: ObjectMaking;
  readonly #project: PerSchema<(value: unknown) => unknown>;
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  #rest: Buffer | undefined;

  /** @throws ConnectError CONNECT_DATA where the format has no word for the schema */
  constructor(target: FileTarget, schema: ConnectSchema | undefined) {
    this.#target = target;
    this.schema = target.format.hasSchema ? schema : undefined;
    this.#writer = target.format.begin(this.schema);
    this.#upload = target.store.upload(target.key, target.format.contentType, target.source);
    this.#project = new PerSchema((source) => projector(source, this.schema!));
  }

  get heldBytes(): number {
    return this.#pieceBytes + this.#writer.heldBytes;
  }

  /**
   * Adds a record's value, as one of the file's schema.
   * @throws ConnectError CONNECT_DATA; nothing is added then
   */
  add({ value, valueSchema }: SinkRecord): void {
    const own =
      this.schema === undefined || valueSchema === undefined || valueSchema === this.schema ? value : this.#project.of(valueSchema)(value);
    this.#writer.add(own, this.schema ?? valueSchema);
  }

  /** Sends the parts that are whole. Parts are cut at the same bytes each time. */
  async send(): Promise<void> {
    this.#gather(this.#writer.take());
    const { partBytes } = this.#target;
    while (this.#pieceBytes >= partBytes) {
      const whole = Buffer.concat(this.#pieces, this.#pieceBytes);
      this.#pieces = [whole];
      await this.#upload.part(whole.subarray(0, partBytes));
      this.#pieces = [whole.subarray(partBytes)];
      this.#pieceBytes = whole.length - partBytes;
    }
  }

  /** Makes the object; may be called again after it failed. */
  async close(): Promise<void> {
    if (this.#rest === undefined) {
      await this.send();
      this.#gather(this.#writer.end());
      this.#rest = Buffer.concat(this.#pieces, this.#pieceBytes);
      this.#pieces = [];
      this.#pieceBytes = 0;
    }
    await this.#upload.complete(this.#rest);
  }

  abort(): Promise<void> {
    return this.#upload.abort();
  }

  #gather(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) {
      this.#pieces.push(piece);
      this.#pieceBytes += piece.length;
    }
  }
}
