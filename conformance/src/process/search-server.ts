import { startSearchNode } from "../kafka/java-tool.ts";
import { findFreePorts } from "./free-port.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.ts";
import { waitUntil } from "./wait-until.ts";

/** A real OpenSearch or Elasticsearch of one test. It takes requests of a megabyte at most. */
export interface RunningSearchServer {
  readonly url: string;
  /** A request of a test's own; the body goes and comes as JSON. @throws Error with what the server says */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  /** The documents of an index or a data stream by their ids; none where it is not there. */
  documents(index: string): Promise<Readonly<Record<string, unknown>>>;
  /** SIGKILL and a new start on the same data. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

interface SearchAnswer {
  readonly hits: { readonly hits: readonly { readonly _id: string; readonly _source: unknown }[] };
}

/** Starts one node on a free port of loopback. Throws `MissingProgramError` where Java or Maven cannot be had. */
export async function startSearchServer(kind: "opensearch" | "elasticsearch"): Promise<RunningSearchServer> {
  const folder = makeTemporaryFolder(kind);
  const [port = 0] = await findFreePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const start = async () => {
    const node = await startSearchNode(kind, folder, port);
    await waitUntil(`${kind} is ready`, () => node.outputTail().includes("ready"), { timeoutMs: 120_000, everyMs: 20 });
    return node;
  };
  let node = await start();
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/${path}`, { method, ...(body !== undefined && { headers, body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  return {
    url,
    ask,
    async documents(index) {
      await ask("POST", `${index}/_refresh?ignore_unavailable=true`);
      const { hits } = (await ask("GET", `${index}/_search?size=10000&ignore_unavailable=true`)) as SearchAnswer;
      return Object.fromEntries(hits.hits.map(({ _id, _source }) => [_id, _source]));
    },
    async crash() {
      await node.kill();
      node = await start();
    },
    async stop() {
      await node.kill();
      removeTemporaryFolder(folder);
    },
  };
}
