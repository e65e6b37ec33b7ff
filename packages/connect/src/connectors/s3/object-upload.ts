import { createHash } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";

/** What uploads are made with. */
export interface UploadContext {
  readonly library: typeof import("@aws-sdk/client-s3");
  readonly client: S3Client;
  /** Of the object, at either beginning: bucket, key, type, encryption. */
  readonly common: { readonly Bucket: string; readonly Key: string };
  readonly condition: { readonly IfNoneMatch?: string };
}

/** What an object has that was made of the same bytes in the same way. */
export interface ObjectMark {
  readonly sizeBytes: number;
  /** S3's own of the content, without quotes. */
  readonly tag: string;
}

/** Requests that make one object: parts, then the whole, which appears at once. What failed may be called again. */
export class ObjectUpload {
  readonly #context: UploadContext;
  #id: string | undefined;
  readonly #parts: { readonly ETag: string; readonly PartNumber: number }[] = [];
  #sentBytes = 0;
  #isRestSent = false;

  constructor(context: UploadContext) {
    this.#context = context;
  }

  async part(bytes: Buffer): Promise<void> {
    const { library, client, common } = this.#context;
    const { Bucket, Key } = common;
    this.#id ??= (await client.send(new library.CreateMultipartUploadCommand(common))).UploadId;
    const PartNumber = this.#parts.length + 1;
    const { ETag } = await client.send(
      new library.UploadPartCommand({ Bucket, Key, UploadId: this.#id, PartNumber, Body: bytes, ContentLength: bytes.length }),
    );
    this.#parts.push({ ETag: ETag ?? "", PartNumber });
    this.#sentBytes += bytes.length;
  }

  async complete(rest: Buffer): Promise<void> {
    const { library, client, common, condition } = this.#context;
    const { Bucket, Key } = common;
    if (this.#parts.length === 0) {
      await client.send(new library.PutObjectCommand({ ...common, ...condition, Body: rest, ContentLength: rest.length }));
      return;
    }
    if (!this.#isRestSent && rest.length > 0) await this.part(rest);
    this.#isRestSent = true;
    const MultipartUpload = { Parts: this.#parts };
    await client.send(new library.CompleteMultipartUploadCommand({ Bucket, Key, UploadId: this.#id, MultipartUpload, ...condition }));
  }

  /** Of the object that `complete` makes. */
  mark(rest: Buffer): ObjectMark {
    if (this.#parts.length === 0) return { sizeBytes: rest.length, tag: md5(rest) };
    const tags = this.#parts.map(({ ETag }) => Buffer.from(ETag.replaceAll('"', ""), "hex"));
    return { sizeBytes: this.#sentBytes, tag: `${md5(Buffer.concat(tags))}-${tags.length}` };
  }

  /** Parts that were sent go, as far as the server answers. */
  async abort(): Promise<void> {
    const { library, client, common } = this.#context;
    const UploadId = this.#id;
    this.#id = undefined;
    if (UploadId === undefined) return;
    const { Bucket, Key } = common;
    await client.send(new library.AbortMultipartUploadCommand({ Bucket, Key, UploadId })).catch(() => {});
  }
}

const md5 = (bytes: Buffer): string => createHash("md5").update(bytes).digest("hex");
