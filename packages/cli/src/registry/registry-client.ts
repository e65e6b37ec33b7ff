import { createRegistryClient, type RegistryClient } from "@ottla/serdes";
import type { CommandContext } from "../command.ts";
import { type RegistrySettings, registrySettings } from "./registry-settings.ts";

const TIMEOUT_MS = 30_000;

/** A client of the registry that the command line names, for serdes. Throws `UsageError`. */
export async function registryClientOf(context: Pick<CommandContext, "options" | "env">): Promise<RegistryClient> {
  return registryClient(await registrySettings(context));
}

/** The client by which everything here talks to a registry. */
export function registryClient({ urls, authorization, tls }: RegistrySettings): RegistryClient {
  return createRegistryClient({
    baseUrls: urls.map(({ href }) => href),
    ...(authorization !== undefined && { headers: { authorization } }),
    tls: {
      ...(tls.ca !== undefined && { ca: tls.ca }),
      ...(tls.cert !== undefined && { cert: tls.cert, key: tls.key }),
      ...(tls.passphrase !== undefined && { passphrase: tls.passphrase }),
      ...(!tls.isHostVerified && { checkServerIdentity: () => undefined }),
    },
    requestTimeoutMs: TIMEOUT_MS,
    // Each address, and once more: a person waits.
    retries: urls.length,
  });
}
