import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to a request: a refusal before or after it took effect, or the connection ends after it did. */
export type HdfsFault = { readonly status: number; readonly exception: string; readonly isAfter?: boolean } | "lostAnswer";

/** A request as a fault is asked about it; `step` is that of the data node behind a redirect. */
interface HdfsRequest {
  readonly op: string;
  readonly path: string;
  readonly step: "nameNode" | "dataNode";
}

/** WebHDFS for tests, in this process: files, folders, renames that replace nothing, redirects to a data node, faults. */
export interface FakeHdfs extends AsyncDisposable {
  readonly url: string;
  /** By path. */
  readonly files: Map<string, Buffer>;
  /** Renames that would have replaced a file and were refused. */
  refused: number;
  /** Asked before each request. */
  fault: (request: HdfsRequest) => HdfsFault | undefined;
}

/** Starts one with nothing in it, on a free port of the loopback. */
export async function startFakeHdfs(): Promise<FakeHdfs> {
  const server = createServer((request, response) => void handled(request, response));
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const fake: FakeHdfs = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files: new Map(),
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
      const isData = url.pathname.startsWith("/data");
      const path = decodeURIComponent(url.pathname.replace(/^(?:\/data)?\/webhdfs\/v1/, "")) || "/";
      const op = url.searchParams.get("op") ?? "";
      const fault = fake.fault({ op, path, step: isData ? "dataNode" : "nameNode" });
      if (fault !== undefined && fault !== "lostAnswer" && fault.isAfter !== true) return refuse(response, fault.status, fault.exception);
      if (!isData && (op === "CREATE" || op === "GETFILECHECKSUM")) {
        response.writeHead(307, { location: `${fake.url}/data${url.pathname}${url.search}` }).end();
        return;
      }
      const answer = answered(op, path, url.searchParams, Buffer.concat(chunks));
      if (fault === "lostAnswer") return void request.socket.destroy();
      if (fault !== undefined) return refuse(response, fault.status, fault.exception);
      if (answer === undefined) return refuse(response, 404, "FileNotFoundException");
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    } catch {
      request.socket.destroy();
    }
  }

  /** Undefined: there is no such file. */
  function answered(op: string, path: string, query: URLSearchParams, body: Buffer): object | undefined {
    const own = fake.files.get(path);
    const below = [...fake.files.keys()].filter((name) => name.startsWith(`${path === "/" ? "" : path}/`));
    const status = (name: string, pathSuffix = ""): object => {
      const file = fake.files.get(name);
      return { pathSuffix, type: file === undefined ? "DIRECTORY" : "FILE", length: file?.length ?? 0 };
    };
    switch (op) {
      case "CREATE":
        fake.files.set(path, body);
        return {};
      case "CONCAT": {
        const sources = (query.get("sources") ?? "").split(",");
        const parts = [own, ...sources.map((name) => fake.files.get(name))];
        if (parts.includes(undefined)) return undefined;
        fake.files.set(path, Buffer.concat(parts as Buffer[]));
        for (const name of sources) fake.files.delete(name);
        return {};
      }
      case "RENAME": {
        const to = query.get("destination") ?? "";
        if (own === undefined) return { boolean: false };
        if (fake.files.has(to)) {
          fake.refused++;
          return { boolean: false };
        }
        fake.files.set(to, own);
        fake.files.delete(path);
        return { boolean: true };
      }
      case "MKDIRS":
        return { boolean: true };
      case "DELETE":
        for (const name of [path, ...below]) fake.files.delete(name);
        return { boolean: own !== undefined || below.length > 0 };
      case "GETFILESTATUS":
        return own === undefined && below.length === 0 && path !== "/" ? undefined : { FileStatus: status(path) };
      case "LISTSTATUS": {
        if (own === undefined && below.length === 0) return undefined;
        const names = new Set(below.map((name) => name.slice(path.length + 1).split("/")[0]!));
        return { FileStatuses: { FileStatus: [...names].map((name) => status(`${path}/${name}`, name)) } };
      }
      case "GETFILECHECKSUM": {
        if (own === undefined) return undefined;
        return { FileChecksum: { algorithm: "MD5-of-0MD5-of-512CRC32C", bytes: createHash("md5").update(own).digest("hex"), length: 28 } };
      }
      default:
        throw new TypeError(op);
    }
  }
}

function refuse(response: ServerResponse, status: number, exception: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ RemoteException: { exception, javaClassName: `java.io.${exception}`, message: `${exception} was met` } }));
}
