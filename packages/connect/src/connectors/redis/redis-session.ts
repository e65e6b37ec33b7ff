import type { Redis } from "ioredis";
import { ConnectError, RetriableError } from "../../connect-error.ts";
import type { CheckContext, CheckFinding } from "../../plugin/plugin-context.ts";
import type { RedisSettings } from "./redis-config.ts";

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * A connection that is not made anew by itself: whoever has it decides what has to come again.
 * @throws ConnectError CONNECT_CONFIG for an address or a login that is refused; `RetriableError` where the server cannot be reached
 */
export async function openRedis(settings: RedisSettings): Promise<Redis> {
  const { Redis: Client } = await import("ioredis");
  const { host, port, database, isTls } = readAddress(settings["redis.uri"]);
  const [username, password] = [settings["redis.username"], settings["redis.password"]];
  const client = new Client({
    host,
    port,
    db: database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(isTls && { tls: {} }),
    // Answers are lists in every version of the server.
    protocol: 2,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: settings["redis.timeout"] * 1000,
    retryStrategy: () => null,
    reconnectOnError: () => false,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
  });
  let lost: unknown;
  // Without a listener a lost server would be printed.
  client.on("error", (error) => (lost ??= error));
  try {
    await client.connect();
    await client.ping();
    return client;
  } catch (error) {
    client.disconnect();
    throw redisError(lost ?? error, settings);
  }
}

/** What Redis or the network said: worth another try or not. */
export function redisError(error: unknown, settings: RedisSettings): ConnectError {
  if (error instanceof ConnectError) return error;
  // A fault of the program is none of the server's, and does not go away.
  if (error instanceof TypeError || error instanceof RangeError)
    return new ConnectError("CONNECT_STATE", `The connector failed: ${error.message}.`, { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  const { host, port } = readAddress(settings["redis.uri"]);
  const told = `Redis at ${host}:${port}: ${message}.`;
  if (/^(?:WRONGPASS|NOAUTH|NOPERM)|without any password|invalid username-password/i.test(message))
    return new ConnectError("CONNECT_CONFIG", `${told} Look at redis.username, redis.password and what the server lets this user do.`, {
      cause: error,
    });
  if (/^(?:LOADING|BUSY |MASTERDOWN|READONLY|OOM|MISCONF|TRYAGAIN|CLUSTERDOWN|EXECABORT|UNKILLABLE|NOREPLICAS)/.test(message))
    return new RetriableError(told, { cause: error });
  if (/^(?:MOVED|CROSSSLOT)/.test(message))
    return new ConnectError("CONNECT_CONFIG", `${told} A Redis Cluster is not supported; name a single server.`, { cause: error });
  if (/^[A-Z]+ /.test(message) && error instanceof Error && error.name === "ReplyError")
    return new ConnectError("CONNECT_SINK", told, { cause: error });
  return new RetriableError(told, { cause: error });
}

/** @throws ConnectError CONNECT_CONFIG */
export function readAddress(uri: string): {
  readonly host: string;
  readonly port: number;
  readonly database: number;
  readonly isTls: boolean;
} {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  const database = Number(url?.pathname.slice(1) ?? "0");
  if (
    url === undefined ||
    !/^rediss?:$/.test(url.protocol) ||
    url.hostname === "" ||
    !Number.isSafeInteger(database) ||
    database < 0 ||
    url.password !== "" ||
    url.username !== ""
  )
    throw new ConnectError(
      "CONNECT_CONFIG",
      "redis.uri is redis://host:port/database or rediss://…, without a login (redis.username, redis.password).",
    );
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 6379), database, isTls: url.protocol === "rediss:" };
}

/** Whether the server takes the login. */
export async function checkRedis(settings: RedisSettings, _context: CheckContext): Promise<readonly CheckFinding[]> {
  try {
    const client = await openRedis(settings);
    client.disconnect();
    return [];
  } catch (error) {
    return [{ severity: "error", key: "redis.uri", message: error instanceof Error ? error.message : String(error) }];
  }
}
