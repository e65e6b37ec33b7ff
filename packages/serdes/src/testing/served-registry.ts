import { MemoryLog, Registry, serveRegistry } from "@ottla/registry";
import { OpenPort } from "@ottla/base/node";
import { loadFormats } from "@ottla/registry/formats";
import { createRegistryClient } from "../registry-client/create-registry-client.ts";
import type { RegistryClient, RegistryClientOptions } from "../registry-client/registry-client-types.ts";

/** A registry with its HTTP API on a free port, its records in memory, and a client of it. */
export interface ServedRegistry extends AsyncDisposable {
  readonly url: string;
  readonly client: RegistryClient;
}

/** @param log what is registered before */
export async function startServedRegistry(options: Partial<RegistryClientOptions> = {}, log = new MemoryLog()): Promise<ServedRegistry> {
  const registry = await Registry.start({ log, formats: await loadFormats() });
  const server = await serveRegistry({ registry, port: await OpenPort.open({ what: "The registry", host: "127.0.0.1", port: 0 }) });
  const client = createRegistryClient({ baseUrls: server.url, ...options });
  return {
    url: server.url,
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server.close();
      await registry.stop();
    },
  };
}
