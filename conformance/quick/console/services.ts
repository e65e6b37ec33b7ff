// Services beside a console: a registry in memory, and a Connect worker over a cluster.
import { silentLogger } from "@ottla/base";
import { nodeDisk, OpenPort, systemClock } from "@ottla/base/node";
import { type Client, createClient } from "@ottla/client";
import { builtinPlugins, PluginCatalogue, serveConnect, startWorker } from "@ottla/connect/worker";
import { MemoryLog, Registry, serveRegistry } from "@ottla/registry";
import { loadFormats } from "@ottla/registry/formats";

/** A service that answers at a port of its own. */
export interface Service extends AsyncDisposable {
  readonly url: string;
}

/** A registry that is kept in memory. */
export async function memoryRegistry(): Promise<Service> {
  const registry = await Registry.start({ log: new MemoryLog(), formats: await loadFormats() });
  const port = await OpenPort.open({ what: "The registry", host: "127.0.0.1", port: 0 });
  const server = await serveRegistry({ registry, port, logger: silentLogger });
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.close();
      await registry.stop();
    },
  };
}

/** A worker of Connect that knows what comes with it. */
export async function connectWorker(bootstrapServers: string): Promise<Service> {
  const client: Client = createClient({ bootstrapServers });
  const port = await OpenPort.open({ what: "Connect", host: "127.0.0.1", port: 0 });
  const worker = await startWorker({
    client,
    catalogue: new PluginCatalogue(builtinPlugins),
    properties: { "group.id": "connect", "offset.flush.interval.ms": "100" },
    workerId: port.authority,
    environment: {},
    disk: nodeDisk,
    clock: systemClock,
    logger: silentLogger,
  });
  const server = await serveConnect({
    worker: () => Promise.resolve(worker),
    port,
    door: { boundHost: "127.0.0.1", names: [], origins: [] },
  });
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.close();
      await worker.stop();
      await client.close({ timeoutMs: 1_000 });
    },
  };
}
