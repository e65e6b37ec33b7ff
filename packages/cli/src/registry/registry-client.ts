import { createRegistryClient, type RegistryClient } from "@ottla/serdes";
import type { CommandContext } from "../command.ts";
import { registrySettings } from "./registry-settings.ts";

/** A client of the registry that the command line names, for serdes. Throws `UsageError`. */
export async function registryClientOf(context: Pick<CommandContext, "options" | "env">): Promise<RegistryClient> {
  const { urls, authorization, tls } = await registrySettings(context);
  return createRegistryClient({
    baseUrls: urls.map(({ href }) => href),
    ...(authorization !== undefined && { headers: { authorization } }),
    tls: {
      ...(tls.ca !== undefined && { ca: tls.ca }),
      ...(tls.cert !== undefined && { cert: tls.cert, key: tls.key }),
      ...(tls.passphrase !== undefined && { passphrase: tls.passphrase }),
    },
  });
}
