import { systemClock } from "@ottla/base/node";
import type { Client } from "@ottla/client";
import { connectorsReader, readCertificate, registryReader, type SnapshotOptions } from "@ottla/expert/collect";
import { type CommandContext, UsageError } from "../../command.ts";

/** A look at brokers, the certificates of their listeners, the registry whose topic is in the cluster, and Connect where it is named. Errors: `UsageError` before there is a client. */
export function lookOptions({ options, env, signal }: CommandContext): (client: Client) => SnapshotOptions {
  const connect = options.text("connect-url") ?? env["OTTLA_CONNECT_URL"];
  const topic = options.text("schemas-topic");
  const readConnectors = connect === undefined ? undefined : readerOf(connect);
  return (client) => ({
    clock: systemClock,
    signal,
    readCertificate,
    registry: registryReader(client, systemClock, topic),
    ...(readConnectors && { readConnectors }),
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
