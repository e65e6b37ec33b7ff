import { RetriableError } from "../../connect-error.ts";

const REQUEST_TIMEOUT_MS = 120_000;
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
  #at = 0;

  constructor(access: WebHdfsAccess) {
    this.#access = access;
  }

  /** Writes a whole file; one that is there is replaced. Its folders are made. */
  async create(path: string, bytes: Uint8Array): Promise<void> {
    await this.#asked(`writing ${path}`, async () => {
      const sent = await this.#fetch("PUT", path, { op: "CREATE", overwrite: "true", noredirect: "false" });
      const dataNode = sent.headers.get("location");
      await sent.arrayBuffer();
      if (sent.status !== 307 || dataNode === null) throw new Error(`the name node answered ${sent.status} and named no data node`);
      await answered(await fetch(dataNode, { method: "PUT", body: bytes, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }));
    });
  }

  /** The files of one folder become the first of them, in their order; the others are gone. */
  async concat(path: string, sources: readonly string[]): Promise<void> {
    await this.#asked(`joining the parts of ${path}`, async () => {
      await answered(await this.#fetch("POST", path, { op: "CONCAT", sources: sources.join(",") }));
    });
  }

  /** False: something is there already, or what is to be renamed is not. */
  rename(from: string, to: string): Promise<boolean> {
    return this.#asked(`renaming a file to ${to}`, async () => {
      const answer = await answered(await this.#fetch("PUT", from, { op: "RENAME", destination: to }));
      return (JSON.parse(answer) as { readonly boolean: boolean }).boolean;
    });
  }

  async makeFolder(path: string): Promise<void> {
    await this.#asked(`making the folder ${path}`, async () => answered(await this.#fetch("PUT", path, { op: "MKDIRS" })));
  }

  /** Undefined: nothing is there. */
  status(path: string): Promise<HdfsStatus | undefined> {
    return this.#asked(`looking at ${path}`, async () => {
      const answer = await found(answered(await this.#fetch("GET", path, { op: "GETFILESTATUS" })));
      return answer === undefined ? undefined : (JSON.parse(answer) as { readonly FileStatus: HdfsStatus }).FileStatus;
    });
  }

  /** What a folder has; nothing where there is none. */
  list(path: string): Promise<readonly HdfsStatus[]> {
    return this.#asked(`listing ${path}`, async () => {
      const answer = await found(answered(await this.#fetch("GET", path, { op: "LISTSTATUS" })));
      if (answer === undefined) return [];
      return (JSON.parse(answer) as { readonly FileStatuses: { readonly FileStatus: readonly HdfsStatus[] } }).FileStatuses.FileStatus;
    });
  }

  checksum(path: string): Promise<HdfsChecksum> {
    return this.#asked(`summing up ${path}`, async () => {
      const sent = await this.#fetch("GET", path, { op: "GETFILECHECKSUM" });
      const dataNode = sent.status === 307 ? sent.headers.get("location") : null;
      if (dataNode !== null) await sent.arrayBuffer();
      const answer = await answered(dataNode === null ? sent : await fetch(dataNode, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) }));
      return (JSON.parse(answer) as { readonly FileChecksum: HdfsChecksum }).FileChecksum;
    });
  }

  /** A folder with all that is in it. */
  async delete(path: string): Promise<void> {
    await this.#asked(`removing ${path}`, async () => answered(await this.#fetch("DELETE", path, { op: "DELETE", recursive: "true" })));
  }

  #fetch(method: string, path: string, query: Readonly<Record<string, string>>): Promise<Response> {
    const { addresses, user, delegationToken } = this.#access;
    const url = new URL(`${addresses[this.#at]}/webhdfs/v1${path.split("/").map(encodeURIComponent).join("/")}`);
    const who = delegationToken !== undefined ? { delegation: delegationToken } : user === "" ? {} : { "user.name": user };
    url.search = new URLSearchParams({ ...query, ...who }).toString();
    return fetch(url, { method, redirect: "manual", signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
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

/** The text of a good answer. */
async function answered(response: Response): Promise<string> {
  const text = await response.text();
  if (response.ok) return text;
  let remote: { readonly exception?: string; readonly message?: string } = {};
  try {
    remote = (JSON.parse(text) as { readonly RemoteException?: typeof remote }).RemoteException ?? {};
  } catch {
    // A proxy in between, or a server that is no WebHDFS.
  }
  const message = (remote.message ?? text).replaceAll(/\s+/g, " ").slice(0, TOLD_CHARS);
  throw new RemoteFault(remote.exception ?? "no WebHDFS answer", response.status, message);
}

async function found(answer: Promise<string>): Promise<string | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RemoteFault && error.exception === "FileNotFoundException") return undefined;
    throw error;
  }
}
