import { ClientError } from "../client-error.ts";
import { parseBrokerAddress } from "../net/broker-address.ts";
import type { ClientOptions, ResolvedClientOptions } from "./client-options.ts";
import { checkRange } from "./option-checks.ts";

const BOOTSTRAP_SERVERS_MAX = 1000;

/** Fills in defaults and checks. Throws `ClientError` INVALID_OPTION. */
export function resolveClientOptions(options: ClientOptions): ResolvedClientOptions {
  const given = typeof options.bootstrapServers === "string" ? options.bootstrapServers.split(",") : options.bootstrapServers;
  const bootstrapServers = given.map((text) => text.trim()).filter((text) => text !== "");
  if (bootstrapServers.length === 0)
    throw new ClientError("INVALID_OPTION", "bootstrapServers is empty; name at least one broker as host:port.");
  checkRange("bootstrapServers", bootstrapServers.length, 1, BOOTSTRAP_SERVERS_MAX);
  bootstrapServers.forEach(parseBrokerAddress);
  const ms = (name: keyof ClientOptions, fallback: number, min = 0) =>
    checkRange(name, (options[name] as number | undefined) ?? fallback, min, Number.MAX_SAFE_INTEGER);
  return {
    bootstrapServers,
    clientId: options.clientId ?? "ottla",
    requestTimeoutMs: ms("requestTimeoutMs", 30_000, 1),
    apiTimeoutMs: ms("apiTimeoutMs", 60_000, 1),
    retryBackoffMs: ms("retryBackoffMs", 100),
    retryBackoffMaxMs: ms("retryBackoffMaxMs", 1000),
    reconnectBackoffMs: ms("reconnectBackoffMs", 50),
    reconnectBackoffMaxMs: ms("reconnectBackoffMaxMs", 1000),
    connectTimeoutMs: ms("connectTimeoutMs", 10_000, 1),
    connectionsMaxIdleMs: ms("connectionsMaxIdleMs", 540_000, 1),
    metadataMaxAgeMs: ms("metadataMaxAgeMs", 300_000),
    rack: options.rack === "" ? undefined : options.rack,
    responseBytesMax: checkRange("responseBytesMax", options.responseBytesMax ?? 268_435_456, 1024, 0x7fffffff),
  };
}
