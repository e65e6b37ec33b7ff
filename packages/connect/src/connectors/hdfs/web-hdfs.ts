import { RetriableError } from "../../connect-error.ts";
import { type HttpAnswer, HttpExchange } from "../http/exchange/http-exchange.ts";

const REQUEST_TIMEOUT_MS = 120_000;
/** A list of a million names is shorter. */
const ANSWER_BYTES_MAX = 256 * 2 ** 20;
const CONNECTIONS_MAX = 8;
/** An answer that is told in an error. */
const TOLD_CHARS = 300;

/** Who asks whom. */
export interface WebHdfsAccess {
  /** `http://host:port` of name nodes. */
  readonly addresses: readonly string[];
  readonly user: string;
  readonly delegationToken: string | undefined;
}

/** What stands under a name. */
export interface HdfsStatus {
  readonly pathSuffix: string;
  readonly type: "FILE" | "DIRECTORY";
  readonly length: number;
}

/** How HDFS itself sums up a file's bytes and blocks. */
interface HdfsChecksum {
  readonly algorithm: string;
  readonly bytes: string;
}

/** HDFS's own word for what went wrong: `FileNotFoundException`. */
class RemoteFault extends Error {
  readonly exception: string;
  readonly status: number;

  constructor(exception: string, status: number, message: string) {
    super(message);
    this.exception = exception;
    this.status = status;
  }
}

/**
 * HDFS through WebHDFS (Hadoop's REST API, version 1). What is written goes to the data node that the name node sends to. Each failure is a `RetriableError`; the next try asks the next name node where one
 * stands by or is away.
 */
export class WebHdfs {
  readonly #access: WebHdfsAccess;
  /** Not `fetch`, which takes a data node's "100 Continue" that it did not ask for as a fault. */
  readonly #exchange = new HttpExchange({}, CONNECTIONS_MAX);
  #at = 0;

  constructor(access: WebHdfsAccess) {
    this.#access = access;
  }

  /** Writes a whole file; one that is there is replaced. Its folders are made. */
  async create(path: string, bytes: Uint8Array): Promise<void> {
    await this.#asked(`writing ${path}`, async () => {
      const sent = await this.#ask("PUT", path, { op: "CREATE", overwrite: "true", noredirect: "false" });
      const dataNode = dataNodeOf(sent);
      if (dataNode === undefined) {
        if (sent.status >= 400) answered(sent);
        throw new Error(`the name node answered ${sent.status} and named no data node`);
      }
      answered(await this.#send("PUT", dataNode, bytes));
    });
  }

  /** The files of one folder become the first of them, in their order; the others are gone. */
  async concat(path: string, sources: readonly string[]): Promise<void> {
    await this.#asked(`joining the parts of ${path}`, async () => {
      answered(await this.#ask("POST", path, { op: "CONCAT", sources: sources.join(",") }));
    });
  }

  /** False: something is there already, or what is to be renamed is not. */
  rename(from: string, to: string): Promise<boolean> {
    return this.#asked(`renaming a file to ${to}`, async () => {
      const answer = answered(await this.#ask("PUT", from, { op: "RENAME", destination: to }));
      return (JSON.parse(answer) as { readonly boolean: boolean }).boolean;
    });
  }

  async makeFolder(path: string): Promise<void> {
    await this.#asked(`making the folder ${path}`, async () => answered(await this.#ask("PUT", path, { op: "MKDIRS" })));
  }

  /** Undefined: nothing is there. */
  status(path: string): Promise<HdfsStatus | undefined> {
    return this.#asked(`looking at ${path}`, async () => {
      const answer = found(await this.#ask("GET", path, { op: "GETFILESTATUS" }));
      return answer === undefined ? undefined : (JSON.parse(answer) as { readonly FileStatus: HdfsStatus }).FileStatus;
    });
  }

  /** What a folder has; nothing where there is none. */
  list(path: string): Promise<readonly HdfsStatus[]> {
    return this.#asked(`listing ${path}`, async () => {
      const answer = found(await this.#ask("GET", path, { op: "LISTSTATUS" }));
      if (answer === undefined) return [];
      return (JSON.parse(answer) as { readonly FileStatuses: { readonly FileStatus: readonly HdfsStatus[] } }).FileStatuses.FileStatus;
    });
  }

  checksum(path: string): Promise<HdfsChecksum> {
    return this.#asked(`summing up ${path}`, async () => {
      const sent = await this.#ask("GET", path, { op: "GETFILECHECKSUM" });
      const dataNode = dataNodeOf(sent);
      const answer = answered(dataNode === undefined ? sent : await this.#send("GET", dataNode));
      return (JSON.parse(answer) as { readonly FileChecksum: HdfsChecksum }).FileChecksum;
    });
  }

  /** A folder with all that is in it. */
  async delete(path: string): Promise<void> {
    await this.#asked(`removing ${path}`, async () => answered(await this.#ask("DELETE", path, { op: "DELETE", recursive: "true" })));
  }

  #ask(method: string, path: string, query: Readonly<Record<string, string>>): Promise<HttpAnswer> {
    const { addresses, user, delegationToken } = this.#access;
    const url = new URL(`${addresses[this.#at]}/webhdfs/v1${path.split("/").map(encodeURIComponent).join("/")}`);
    const who = delegationToken !== undefined ? { delegation: delegationToken } : user === "" ? {} : { "user.name": user };
    url.search = new URLSearchParams({ ...query, ...who }).toString();
    return this.#send(method, url);
  }

  async #send(method: string, url: URL, body?: Uint8Array): Promise<HttpAnswer> {
    const answer = await this.#exchange.send({
      method,
      url,
      headers: {},
      body,
      timeoutMs: REQUEST_TIMEOUT_MS,
      signal: new AbortController().signal,
      bytesMax: ANSWER_BYTES_MAX,
    });
    if (answer.isCut) throw new Error(`the answer is longer than ${ANSWER_BYTES_MAX} bytes`);
    return answer;
  }

  /** Each name node once, where one is away or stands by. */
  async #asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
    const { addresses } = this.#access;
    for (let tries = 1; ; tries++)
      try {
        return await ask();
      } catch (error) {
        const isElsewhere = !(error instanceof RemoteFault) || error.exception === "StandbyException";
        if (isElsewhere) this.#at = (this.#at + 1) % addresses.length;
        if (isElsewhere && tries < addresses.length) continue;
        throw failure(what, error, addresses);
      }
  }
}

function failure(what: string, error: unknown, addresses: readonly string[]): RetriableError {
  if (error instanceof RemoteFault)
    return new RetriableError(`HDFS refused ${what} (HTTP ${error.status}, ${error.exception}): ${error.message}`, { cause: error });
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return new RetriableError(
    `${what} failed at ${addresses.join(", ")}: ${error instanceof Error ? error.message : String(error)}${cause}`,
    {
      cause: error,
    },
  );
}

/** Where the name node sends to. */
function dataNodeOf({ status, headers }: HttpAnswer): URL | undefined {
  const { location } = headers;
  return status === 307 && typeof location === "string" ? new URL(location) : undefined;
}

/** The text of a good answer. */
function answered({ status, body }: HttpAnswer): string {
  const text = body.toString("utf8");
  if (status >= 200 && status < 300) return text;
  let remote: { readonly exception?: string; readonly message?: string } = {};
  try {
    remote = (JSON.parse(text) as { readonly RemoteException?: typeof remote }).RemoteException ?? {};
  } catch {
    // A proxy in between, or a server that is no WebHDFS.
  }
  const message = (remote.message ?? text).replaceAll(/\s+/g, " ").slice(0, TOLD_CHARS);
  throw new RemoteFault(remote.exception ?? "no WebHDFS answer", status, message);
}

function found(answer: HttpAnswer): string | undefined {
  try {
    return answered(answer);
  } catch (error) {
    if (error instanceof RemoteFault && error.exception === "FileNotFoundException") return undefined;
    throw error;
  }
}
