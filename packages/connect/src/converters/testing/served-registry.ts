import { OpenPort } from "@ottla/base/node";
import { MemoryLog, Registry, serveRegistry } from "@ottla/registry";
import { loadFormats } from "@ottla/registry/formats";
import { createRegistryClient, type RegistryClient } from "@ottla/serdes";

/** A registry with its HTTP API on a free port, its records in memory, and a client of it. */
export interface ServedRegistry extends AsyncDisposable {
  readonly url: string;
  readonly client: RegistryClient;
}

export async function startServedRegistry(): Promise<ServedRegistry> {
  const registry = await Registry.start({ log: new MemoryLog(), formats: await loadFormats() });
  const server = await serveRegistry({ registry, port: await OpenPort.open({ what: "The registry", host: "127.0.0.1", port: 0 }) });
  const client = createRegistryClient({ baseUrls: server.url });
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
