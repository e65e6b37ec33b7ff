import type { MongoClient } from "mongodb";
import { ConnectError, RetriableError } from "../../connect-error.ts";
import type { MongodbSettings } from "./mongodb-config.ts";

const FIND_SERVER_MS = 10_000;
const UNKNOWN_COMMAND = 59;

/**
 * A connection whose server has answered. What is written counts when most of a replica set have it, unless the address says `w=`; a server is looked for ten seconds, unless it says `serverSelectionTimeoutMS=`.
 * @throws ConnectError CONNECT_CONFIG for an address or a login that is refused; `RetriableError` where no server can be reached
 */
export async function openMongodb(settings: MongodbSettings): Promise<MongoClient> {
  const { MongoClient: Client } = await import("mongodb");
  const uri = settings["connection.uri"];
  let client: MongoClient;
  try {
    client = new Client(uri, {
      appName: "ottla connect",
      ...(!/[?&]serverSelectionTimeoutMS=/i.test(uri) && { serverSelectionTimeoutMS: FIND_SERVER_MS }),
      ...(!/[?&]w=/i.test(uri) && { writeConcern: { w: "majority" } }),
    });
  } catch (cause) {
    throw new ConnectError("CONNECT_CONFIG", `connection.uri is no address of MongoDB: ${withoutUri(cause, uri)}.`, { cause });
  }
  try {
    await client.connect();
    await client.db("admin").command({ ping: 1 });
    return client;
  } catch (error) {
    await client.close();
    throw mongodbError(error, settings);
  }
}

/** What a server says of itself: newer ones by `hello`, old ones by another name. */
export async function helloOf(client: MongoClient): Promise<Record<string, unknown>> {
  const admin = client.db("admin");
  try {
    return await admin.command({ hello: 1 });
  } catch (error) {
    if (describedError(error).code !== UNKNOWN_COMMAND) throw error;
    return admin.command({ isMaster: 1 });
  }
}

/** The servers that an address names, without a login. */
export function serversOf(uri: string): string {
  return /^mongodb(?:\+srv)?:\/\/(?:[^/]*@)?([^/?]+)/i.exec(uri)?.[1] ?? "an address that cannot be read";
}

/** Which side of the connection says so. */
type Side = "CONNECT_SINK" | "CONNECT_SOURCE";

const REFUSED_LOGIN = new Set([11, 13, 18, 8000]);
/** Of servers that start, stop, or follow another one: the same may work in a moment. */
const PASSING = new Set([
  6, 7, 43, 50, 63, 89, 91, 112, 133, 134, 189, 234, 237, 262, 9001, 10_058, 10_107, 11_600, 11_602, 13_388, 13_435, 13_436,
]);
/** The place where reading would go on is not there any more. */
const HISTORY_LOST = new Set([260, 280, 286]);
const NO_REPLICA_SET = new Set([20, 40_573]);

/** What MongoDB or the network said: worth another try or not. A message never has the address's password. */
export function mongodbError(error: unknown, settings: MongodbSettings, side: Side = "CONNECT_SINK"): ConnectError {
  if (error instanceof ConnectError) return error;
  const { code, name, errorLabels } = describedError(error);
  // A fault of the program is none of the server's, and does not go away.
  if (error instanceof TypeError || error instanceof RangeError)
    return new ConnectError("CONNECT_STATE", `The connector failed: ${error.message}.`, { cause: error });
  const told = `MongoDB at ${serversOf(settings["connection.uri"])}: ${withoutUri(error, settings["connection.uri"])}.`;
  if (REFUSED_LOGIN.has(code))
    return new ConnectError("CONNECT_CONFIG", `${told} Look at the login in connection.uri and what the server lets this user do.`, {
      cause: error,
    });
  if (NO_REPLICA_SET.has(code) && side === "CONNECT_SOURCE")
    return new ConnectError("CONNECT_CONFIG", `${told} Changes are told by replica sets and by routers of shards alone.`, { cause: error });
  if (HISTORY_LOST.has(code))
    return new ConnectError(
      "CONNECT_SOURCE",
      `${told} The changes since the last offset are not kept any more, so some may be missing: nothing is passed over. Reset the connector's offsets (DELETE /connectors/NAME/offsets) and start with startup.mode=copy_existing; a larger oplog keeps changes for longer.`,
      { cause: error },
    );
  if (/^Mongo(?:Parse|InvalidArgument|MissingDependency|MissingCredentials)/.test(name))
    return new ConnectError("CONNECT_CONFIG", `${told} Look at connection.uri.`, { cause: error });
  const isPassing =
    PASSING.has(code) ||
    /^Mongo(?:Network|ServerSelection|PoolCleared|PoolClosed|TopologyClosed|NotConnected|ServerClosed|Cursor|ClientClosed|ClientBulkWriteCursor)/.test(
      name,
    ) ||
    errorLabels.some((label) => /^(?:Retryable|Resumable|Transient)/.test(label));
  return isPassing ? new RetriableError(told, { cause: error }) : new ConnectError(side, told, { cause: error });
}

/** Whether an answer to one document is about the server, not about the document. */
export function isOfServer(code: number): boolean {
  return PASSING.has(code) || REFUSED_LOGIN.has(code);
}

function describedError(error: unknown): { readonly code: number; readonly name: string; readonly errorLabels: readonly string[] } {
  if (!(error instanceof Error)) return { code: -1, name: "", errorLabels: [] };
  const { code, errorLabels } = error as { code?: unknown; errorLabels?: unknown };
  return {
    code: typeof code === "number" ? code : -1,
    name: error.name,
    errorLabels: Array.isArray(errorLabels) ? errorLabels.filter((label) => typeof label === "string") : [],
  };
}

function withoutUri(error: unknown, uri: string): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll(uri, "connection.uri").replace(/\.$/, "");
}
