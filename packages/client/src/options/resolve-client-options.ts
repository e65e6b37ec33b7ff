import { parseBrokerAddress } from "../net/broker-address.ts";
import { type ClientDeps, resolveDeps } from "../deps.ts";
import { resolveAuthenticator, resolveTls } from "../security/resolve-security.ts";
import { shown } from "./argument-checks.ts";
import type { ClientOptions, ResolvedClientOptions } from "./client-options.ts";
import { clientOptionNames } from "./option-names.ts";
import { impossibleOption, OptionReader } from "./option-reader.ts";

const BOOTSTRAP_SERVERS_MAX = 1000;
const INT32_MAX = 0x7fffffff;

/** Fills in defaults and checks. Throws `ClientError` INVALID_OPTION. */
export function resolveClientOptions(options: ClientOptions, world: ClientDeps = resolveDeps()): ResolvedClientOptions {
  const reader = new OptionReader("createClient", options, clientOptionNames, {});
  reader.function("onReachability");
  if (options.signal !== undefined && !(options.signal instanceof AbortSignal))
    throw reader.impossible("signal", options.signal, "an AbortSignal");
  return {
    bootstrapServers: readServers(options.bootstrapServers, reader.nameOf("bootstrapServers")),
    clientId: reader.text("clientId") ?? "ottla",
    requestTimeoutMs: reader.integer("requestTimeoutMs", 30_000, 1),
    apiTimeoutMs: reader.integer("apiTimeoutMs", 60_000, 1),
    retryBackoffMs: reader.integer("retryBackoffMs", 100, 0),
    retryBackoffMaxMs: reader.integer("retryBackoffMaxMs", 1000, 0),
    reconnectBackoffMs: reader.integer("reconnectBackoffMs", 50, 0),
    reconnectBackoffMaxMs: reader.integer("reconnectBackoffMaxMs", 1000, 0),
    connectTimeoutMs: reader.integer("connectTimeoutMs", 10_000, 1, INT32_MAX),
    connectionsMaxIdleMs: reader.integer("connectionsMaxIdleMs", 540_000, 1),
    metadataMaxAgeMs: reader.integer("metadataMaxAgeMs", 300_000, 0),
    rack: reader.text("rack"),
    responseBytesMax: reader.integer("responseBytesMax", 268_435_456, 1024, INT32_MAX),
    tls: resolveTls(options.tls, world),
    authenticator: resolveAuthenticator(options.sasl, world),
    onReachability: options.onReachability,
    optionNames: options.optionNames ?? {},
  };
}

function readServers(given: unknown, name: string): readonly string[] {
  const list: unknown = typeof given === "string" ? given.split(",") : given;
  if (!Array.isArray(list) || list.some((each) => typeof each !== "string"))
    throw impossibleOption(
      "bootstrapServers",
      `${name} is ${shown(given)}; it must be a text or a list of texts, each a broker's host:port.`,
    );
  const servers = (list as string[]).map((text) => text.trim()).filter((text) => text !== "");
  if (servers.length === 0) throw impossibleOption("bootstrapServers", `${name} is empty; name at least one broker as host:port.`);
  if (servers.length > BOOTSTRAP_SERVERS_MAX)
    throw impossibleOption("bootstrapServers", `${name} names ${servers.length} brokers; at most ${BOOTSTRAP_SERVERS_MAX} are taken.`);
  for (const server of servers) parseBrokerAddress(server, name);
  return servers;
}
