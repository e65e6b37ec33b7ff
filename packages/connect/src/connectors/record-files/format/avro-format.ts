import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { avroOfConnect, avroText } from "../../../converters/avro/avro-of-connect.ts";
import { DataError } from "../../../data/data-error.ts";
import type { ConnectSchema } from "../../../data/schema.ts";
import type { FilesSettings } from "../files-config.ts";
import { HeldPieces } from "./held-pieces.ts";
import type { FileWriter, ObjectFormat } from "./object-format.ts";

/** A block of a file has so many bytes, about. */
const BLOCK_BYTES = 65_536;
const MAGIC = Buffer.from("Obj\u0001", "latin1");

type Library = Pick<typeof import("@ottla/serdes"), "bareAvroWriter">;

/** Values as Avro's object container files. */
export async function avroFormat(settings: FilesSettings): Promise<ObjectFormat> {
  const library = await import("@ottla/serdes");
  const codec = settings["avro.codec"];
  return {
    extension: ".avro",
    contentType: "application/avro",
    hasSchema: true,
    hasColumns: false,
    begin: (schema) => new AvroFile(library, schema!, { codec, hasMeta: settings["connect.meta.data"] }),
  };
}

class AvroFile implements FileWriter {
  readonly #codec: "null" | "deflate";
  readonly #avroOf: (value: unknown) => unknown;
  readonly #write: (value: unknown) => Buffer;
  /** Avro wants it to be random; the same records must make the same bytes, so it is made of the schema. */
  readonly #sync: Buffer;
  readonly #block = new HeldPieces();
  readonly #ready = new HeldPieces();

  constructor(
    { bareAvroWriter }: Library,
    schema: ConnectSchema,
    options: { readonly codec: "null" | "deflate"; readonly hasMeta: boolean },
  ) {
    const { json, write } = avroOfConnect(schema, options.hasMeta);
    const text = avroText(json);
    this.#codec = options.codec;
    this.#avroOf = write;
    this.#write = asData(() => bareAvroWriter(text));
    this.#sync = createHash("md5").update(text).digest();
    this.#ready.add(MAGIC, long(2), field("avro.schema", text), field("avro.codec", options.codec), long(0), this.#sync);
  }

  get heldBytes(): number {
    return this.#block.byteLength + this.#ready.byteLength;
  }

  get isFull(): boolean {
    return false;
  }

  form(value: unknown): Buffer {
    return asData(() => this.#write(this.#avroOf(value)));
  }

  add(formed: Buffer): void {
    this.#block.add(formed);
    if (this.#block.byteLength >= BLOCK_BYTES) this.#close();
  }

  take(): Promise<readonly Uint8Array[]> {
    return Promise.resolve(this.#ready.take());
  }

  end(): Promise<readonly Uint8Array[]> {
    this.#close();
    return this.take();
  }

  #close(): void {
    const { count } = this.#block;
    if (count === 0) return;
    const plain = this.#block.takeJoined();
    const data = this.#codec === "deflate" ? deflateRawSync(plain) : plain;
    this.#ready.add(long(count), long(data.length), data, this.#sync);
  }
}

/** What Avro says of a schema or a value is a fault of the record. */
function asData<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Error) || !/^SERDE_BAD_(SCHEMA|VALUE)$/.test(String((error as { readonly code?: unknown }).code))) throw error;
    throw new DataError(`Avro has no form for it: ${error.message.replace(/\.$/, "")}`, "", error);
  }
}

function field(name: string, text: string): Buffer {
  const [key, value] = [Buffer.from(name), Buffer.from(text)];
  return Buffer.concat([long(key.length), key, long(value.length), value]);
}

/** A whole number, not negative, as Avro writes it. */
function long(value: number): Buffer {
  const bytes: number[] = [];
  let left = BigInt(value) * 2n;
  for (; left > 127n; left >>= 7n) bytes.push(Number(left & 127n) | 128);
  bytes.push(Number(left));
  return Buffer.from(bytes);
}
