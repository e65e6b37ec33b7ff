import type { S3Client } from "@aws-sdk/client-s3";
import { ConnectError, RetriableError } from "../../connect-error.ts";
import type { FileEnd, FileMaking, FileName, FileStore } from "../record-files/file-store.ts";
import { type ObjectMark, ObjectUpload } from "./object-upload.ts";
import type { S3Settings } from "./s3-config.ts";

type Library = typeof import("@aws-sdk/client-s3");

const CONNECT_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 120_000;

/** A bucket. */
export class ObjectStore implements FileStore {
  readonly partBytes: number;
  /** S3's own bound. */
  readonly partsMax = 10_000;
  readonly #library: Library;
  readonly #client: S3Client;
  readonly #settings: S3Settings;

  private constructor(library: Library, client: S3Client, settings: S3Settings) {
    this.#library = library;
    this.#client = client;
    this.#settings = settings;
    this.partBytes = settings["s3.part.size"];
  }

  /** Loads the library; asks nothing of the server yet. */
  static async open(settings: S3Settings): Promise<ObjectStore> {
    const library = await import("@aws-sdk/client-s3");
    const accessKeyId = settings["aws.access.key.id"];
    const secretAccessKey = settings["aws.secret.access.key"];
    const client = new library.S3Client({
      region: settings["s3.region"],
      useAccelerateEndpoint: settings["s3.wan.mode"],
      forcePathStyle: settings["s3.path.style.access.enabled"],
      maxAttempts: settings["s3.part.retries"] + 1,
      // With the default, servers that do not know checksums in trailers store them as part of the object.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
      ...(settings["store.url"] === undefined ? {} : { endpoint: settings["store.url"] }),
      ...(accessKeyId === undefined || secretAccessKey === undefined ? {} : { credentials: { accessKeyId, secretAccessKey } }),
    });
    return new ObjectStore(library, client, settings);
  }

  get bucket(): string {
    return this.#settings["s3.bucket.name"];
  }

  /**
   * Whether the bucket is there.
   * @throws ConnectError CONNECT_CONFIG where it is not; RetriableError where nobody can say. Who may only write may not ask, and is let through.
   */
  async checkBucket(signal: AbortSignal): Promise<void> {
    try {
      await this.#client.send(new this.#library.HeadBucketCommand({ Bucket: this.bucket }), { abortSignal: signal });
    } catch (error) {
      const status = statusOf(error);
      if (status === 403) return;
      if (status === 404) throw new ConnectError("CONNECT_CONFIG", `There is no bucket ${this.bucket}; make it, or set s3.bucket.name.`);
      throw this.#failure("asking for the bucket", error);
    }
  }

  begin({ folder, stem, extension, contentType, source, firstOffset }: FileName): FileMaking {
    const settings = this.#settings;
    const key = `${folder}${settings["directory.delim"]}${stem}${extension}`;
    const kmsKey = settings["s3.sse.kms.key.id"];
    const common = {
      Bucket: this.bucket,
      Key: key,
      ContentType: contentType,
      Metadata: { "ottla-source": source },
      ...(settings["s3.ssea.name"] === "" ? {} : { ServerSideEncryption: settings["s3.ssea.name"] as "AES256" }),
      ...(kmsKey === "" ? {} : { SSEKMSKeyId: kmsKey }),
      ...(settings["s3.acl.canned"] === undefined ? {} : { ACL: settings["s3.acl.canned"] as "private" }),
    };
    const condition = settings["ottla.conditional.writes"] ? { IfNoneMatch: "*" } : {};
    const upload = new ObjectUpload({ library: this.#library, client: this.#client, common, condition });
    return {
      abort: () => upload.abort(),
      part: async (bytes) => {
        try {
          await upload.part(bytes);
        } catch (error) {
          throw this.#failure(`sending a part of ${key}`, error);
        }
      },
      complete: async (rest, end) => {
        try {
          await upload.complete(rest);
        } catch (error) {
          // 412: it is there. A multipart upload that has gone may have been completed by a request whose answer was lost.
          if (statusOf(error) !== 412 && nameOf(error) !== "NoSuchUpload") throw this.#failure(`making ${key}`, error);
          await this.#mustBeOurs(key, source, upload.mark(rest));
          await upload.abort();
        }
        if (settings["s3.object.tagging"]) await this.#tag(key, firstOffset, end);
      },
    };
  }

  close(): void {
    this.#client.destroy();
  }

  async #tag(key: string, firstOffset: bigint, { lastOffset, records }: FileEnd): Promise<void> {
    const tags = { startOffset: firstOffset, endOffset: lastOffset, recordCount: records };
    const TagSet = Object.entries(tags).map(([name, value]) => ({ Key: name, Value: String(value) }));
    try {
      await this.#client.send(new this.#library.PutObjectTaggingCommand({ Bucket: this.bucket, Key: key, Tagging: { TagSet } }));
    } catch (error) {
      if (this.#settings["s3.object.behavior.on.tagging.error"] === "fail") throw this.#failure(`tagging ${key}`, error);
    }
  }

  /** An object of this name may have been made before a restart, of the same records: then it has the same bytes. */
  async #mustBeOurs(key: string, source: string, own: ObjectMark): Promise<void> {
    let found;
    try {
      found = await this.#client.send(new this.#library.HeadObjectCommand({ Bucket: this.bucket, Key: key }));
    } catch (error) {
      throw this.#failure(`looking at ${key}`, error);
    }
    const theirs = found.Metadata?.["ottla-source"];
    // With a key of KMS the tag is none of the content.
    const hasTag = !(found.ServerSideEncryption ?? "").startsWith("aws:kms") && found.ETag !== undefined;
    const isSame =
      (theirs === undefined || theirs === source) &&
      found.ContentLength === own.sizeBytes &&
      (!hasTag || found.ETag?.replaceAll('"', "") === own.tag);
    if (isSame) return;
    const what =
      theirs === undefined || theirs === source ? `${found.ContentLength} bytes, not these ${own.sizeBytes}` : `records of ${theirs}`;
    throw new RetriableError(
      `The object ${key} is there already and has ${what}. It was written with other settings, or of another topic of this name. ` +
        "Nothing is replaced: remove it and those behind it of this partition, or write to another topics.dir.",
    );
  }

  #failure(what: string, error: unknown): RetriableError {
    const status = statusOf(error);
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return new RetriableError(
      `The S3 server refused ${what} in ${this.bucket}${status === undefined ? "" : ` (HTTP ${status})`}: ${text}`,
      {
        cause: error,
      },
    );
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
}

function nameOf(error: unknown): string | undefined {
  return error instanceof Error ? error.name : undefined;
}
