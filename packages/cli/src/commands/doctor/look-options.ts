import { systemClock } from "@ottla/base/node";
import type { Client } from "@ottla/client";
import {
  connectorsReader,
  type MetricsPage,
  metricsPage,
  readCertificate,
  recordSampler,
  registryReader,
  type SnapshotOptions,
} from "@ottla/expert/collect";
import { type CommandContext, UsageError } from "../../command.ts";
import { metricsFile, readAuthorizerLogs, readInventory } from "./look-files.ts";

/**
 * A look at brokers, the certificates of their listeners, the registry whose topic is in the cluster, and what else is named: Connect, pages of metrics, records, the authorizer's log, an inventory of
 * credentials. Errors: `UsageError` before there is a client.
 */
export async function lookOptions(context: CommandContext): Promise<(client: Client) => SnapshotOptions> {
  const { options, env, signal } = context;
  const connect = options.text("connect-url") ?? env["OTTLA_CONNECT_URL"];
  const topic = options.text("schemas-topic");
  const readConnectors = connect === undefined ? undefined : readerOf(connect);
  const metrics = metricsPages(context);
  const logs = options.texts("authorizer-log");
  const inventory = options.text("credentials");
  const authorizations = logs.length === 0 ? undefined : await readAuthorizerLogs(logs, signal);
  const credentials = inventory === undefined ? undefined : await readInventory(inventory);
  const isSampled = options.has("sample");
  return (client) => ({
    clock: systemClock,
    signal,
    readCertificate,
    registry: registryReader(client, systemClock, topic),
    ...(readConnectors && { readConnectors }),
    ...(metrics.length > 0 && { metrics }),
    ...(isSampled && { sampleRecords: recordSampler(client, systemClock) }),
    ...(authorizations && { authorizations }),
    ...(credentials && { credentials }),
  });
}

/** The pages of metrics that `--metrics`, else OTTLA_METRICS, names: addresses and files. Errors: `UsageError`. */
export function metricsPages({ options, env }: Pick<CommandContext, "options" | "env">): readonly MetricsPage[] {
  const given = options.texts("metrics");
  const named = given.length > 0 ? given : (env["OTTLA_METRICS"] ?? "").split(",").filter((word) => word.trim() !== "");
  return named.map((word) => {
    const place = word.trim();
    if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(place)) return metricsFile(place);
    try {
      return metricsPage(place);
    } catch {
      // It may hold a password.
      throw new UsageError("--metrics takes a file, or an address like http://kafka-1:9404, or https://USER:PASSWORD@HOST:PORT/PATH.");
    }
  });
}

/** What was typed may hold a password, and is not repeated. */
function readerOf(url: string): ReturnType<typeof connectorsReader> {
  try {
    return connectorsReader(url);
  } catch {
    throw new UsageError("--connect-url takes an address like http://connect:8083, or https://USER:PASSWORD@HOST:PORT.");
  }
}
