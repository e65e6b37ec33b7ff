import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** An object as it lies there. */
export interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** What happens to a request: an answer with an error before or after it took effect, or the connection ends after it did. */
export type S3Fault = { readonly status: number; readonly code: string; readonly isAfter?: boolean } | "lostAnswer";

/** An S3 server for tests, in this process: objects, parts, conditions, faults. Any key is let in. */
export interface FakeS3 extends AsyncDisposable {
  readonly url: string;
  /** By `bucket/key`. */
  readonly objects: Map<string, StoredObject>;
  /** Uploads of parts that nobody ended. */
  readonly uploads: Map<string, { readonly path: string; readonly metadata: Record<string, string>; readonly parts: Map<number, Buffer> }>;
  /** Tags of objects, by `bucket/key`. */
  readonly tags: Map<string, Readonly<Record<string, string>>>;
  /** Requests that would have replaced an object and were refused. */
  refused: number;
  /** Asked before each request. */
  fault: (request: { readonly method: string; readonly path: string }) => S3Fault | undefined;
}

const etagOf = (body: Buffer): string => createHash("md5").update(body).digest("hex");

/** Objects that a server kept in a folder, by `bucket/key`. */
export function readKeptObjects(folder: string): Map<string, StoredObject> {
  const objects = new Map<string, StoredObject>();
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (!name.endsWith(".object")) continue;
    const { path, etag, metadata, body } = JSON.parse(readFileSync(join(folder, name), "utf8")) as Omit<StoredObject, "body"> & {
      readonly path: string;
      readonly body: string;
    };
    objects.set(path, { etag, metadata, body: Buffer.from(body, "base64") });
  }
  return objects;
}

/** Starts one with these buckets, on a port of the loopback (default: a free one). With a `folder` objects outlive it; uploads of parts do not. */
export async function startFakeS3(
  buckets: readonly string[],
  { port = 0, folder }: { readonly port?: number; readonly folder?: string } = {},
): Promise<FakeS3> {
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const server = createServer((request, response) => void handled(request, response));
  server.listen(port, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const known = new Set(buckets);
  const fake: FakeS3 = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects: folder === undefined ? new Map() : readKeptObjects(folder),
    uploads: new Map(),
    tags: new Map(),
    refused: 0,
    fault: () => undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;

  async function handled(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const url = new URL(request.url ?? "/", fake.url);
      const path = decodeURIComponent(url.pathname.slice(1));
      const method = request.method ?? "";
      const fault = fake.fault({ method, path });
      if (fault !== undefined && fault !== "lostAnswer" && fault.isAfter !== true) return refuse(response, fault.status, fault.code);
      const answer = answered(method, path, url.searchParams, request, Buffer.concat(chunks));
      if (fault === "lostAnswer") return void request.socket.destroy();
      if (fault !== undefined) return refuse(response, fault.status, fault.code);
      if ("code" in answer) return refuse(response, answer.status, answer.code);
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } catch {
      request.socket.destroy();
    }
  }

  type Answer =
    | { readonly status: number; readonly code: string }
    | { readonly status: number; readonly headers: Record<string, string>; readonly body: Buffer | string };

  function answered(method: string, path: string, query: URLSearchParams, request: IncomingMessage, body: Buffer): Answer {
    const [bucket = ""] = path.split("/");
    if (!known.has(bucket)) return { status: 404, code: "NoSuchBucket" };
    const isBucket = path === bucket || path === `${bucket}/`;
    const ok = (text: Buffer | string = "", headers: Record<string, string> = {}): Answer => ({ status: 200, headers, body: text });
    if (isBucket && method === "HEAD") return ok();
    // A trailer of checksums would lie in the object; a real server takes it out, and this one does not know it.
    if (request.headers["x-amz-content-sha256"]?.toString().startsWith("STREAMING-")) return { status: 501, code: "NotImplemented" };
    if (method === "GET" || method === "HEAD") {
      const found = fake.objects.get(path);
      if (found === undefined) return { status: 404, code: "NoSuchKey" };
      const meta = Object.fromEntries(Object.entries(found.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]));
      return ok(method === "GET" ? found.body : "", { ...meta, etag: `"${found.etag}"`, "content-length": String(found.body.length) });
    }
    const uploadId = query.get("uploadId");
    const metadata = metadataOf(request);
    if (method === "POST" && query.has("uploads")) {
      const id = randomUUID();
      fake.uploads.set(id, { path, metadata, parts: new Map() });
      return ok(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    }
    if (uploadId !== null) {
      const upload = fake.uploads.get(uploadId);
      if (upload === undefined) return { status: 404, code: "NoSuchUpload" };
      if (method === "PUT") {
        upload.parts.set(Number(query.get("partNumber")), body);
        return ok("", { etag: `"${etagOf(body)}"` });
      }
      if (method === "DELETE") {
        fake.uploads.delete(uploadId);
        return { status: 204, headers: {}, body: "" };
      }
      if (isTaken(path, request)) return { status: 412, code: "PreconditionFailed" };
      const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)/g)].map(([, number]) => Number(number));
      const parts = numbers.map((number) => upload.parts.get(number));
      if (parts.some((part) => part === undefined)) return { status: 400, code: "InvalidPart" };
      if (parts.slice(0, -1).some((part) => part!.length < 5_242_880)) return { status: 400, code: "EntityTooSmall" };
      const tag = `${etagOf(Buffer.concat(parts.map((part) => Buffer.from(etagOf(part!), "hex"))))}-${parts.length}`;
      put(path, { body: Buffer.concat(parts as Buffer[]), etag: tag, metadata: upload.metadata });
      fake.uploads.delete(uploadId);
      return ok(`<CompleteMultipartUploadResult><ETag>"${tag}"</ETag></CompleteMultipartUploadResult>`);
    }
    if (method === "PUT" && query.has("tagging")) {
      if (!fake.objects.has(path)) return { status: 404, code: "NoSuchKey" };
      const tags = [...body.toString().matchAll(/<Key>([^<]*)<\/Key><Value>([^<]*)<\/Value>/g)].map(([, name, value]) => [name, value]);
      fake.tags.set(path, Object.fromEntries(tags) as Record<string, string>);
      return ok();
    }
    if (method !== "PUT") return { status: 501, code: "NotImplemented" };
    if (isTaken(path, request)) return { status: 412, code: "PreconditionFailed" };
    const etag = etagOf(body);
    put(path, { body, etag, metadata });
    return ok("", { etag: `"${etag}"` });
  }

  /** Whole or not at all, whenever the process ends. */
  function put(path: string, object: StoredObject): void {
    if (folder !== undefined) {
      const file = join(folder, createHash("sha1").update(path).digest("hex"));
      writeFileSync(`${file}.part`, JSON.stringify({ path, ...object, body: object.body.toString("base64") }));
      renameSync(`${file}.part`, `${file}.object`);
    }
    fake.objects.set(path, object);
  }

  function isTaken(path: string, request: IncomingMessage): boolean {
    const isTaken = request.headers["if-none-match"] === "*" && fake.objects.has(path);
    if (isTaken) fake.refused++;
    return isTaken;
  }
}

function metadataOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) => (name.startsWith("x-amz-meta-") ? [[name.slice(11), String(value)]] : [])),
  );
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "content-type": "application/xml" }).end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
