import type { OpenPort } from "@ottla/base/node";
import { type Client, clientOptionsFromProperties, createClient } from "@ottla/client";
import { Registry, type RegistryServer, RenewedRegistry, SchemasTopic, serveRegistry } from "@ottla/registry";
import { loadFormats } from "@ottla/registry/formats";
import { readPropertiesFile } from "../properties-file.ts";
import type { PartContext } from "./part.ts";

const CLIENT_CLOSE_MS = 1_000;

/** The registry behind its port: a client, the registry over its topic, and its API. The topic is made with the first schema: a broker whose registry nobody uses has no topic of it. */
export class RegistryService {
  readonly #client: Client;
  readonly #registry: RenewedRegistry;
  readonly #server: RegistryServer;

  private constructor(client: Client, registry: RenewedRegistry, server: RegistryServer) {
    this.#client = client;
    this.#registry = registry;
    this.#server = server;
  }

  static async start({ addresses, settings, logger }: PartContext, port: OpenPort, signal: AbortSignal): Promise<RegistryService> {
    const commandConfig = settings["commandConfig"];
    const properties = typeof commandConfig === "string" ? readPropertiesFile(commandConfig, "commandConfig") : new Map<string, string>();
    const client = createClient({
      clientId: "ottla-registry",
      ...clientOptionsFromProperties(properties),
      bootstrapServers: addresses["bootstrap"] ?? "",
      signal,
    });
    const formats = await loadFormats();
    const begin = (): Promise<Registry> =>
      Registry.start({ log: new SchemasTopic({ client, creation: "with-first-write" }), formats, logger, url: `http://${port.authority}` });
    const registry = await RenewedRegistry.start({ begin, logger, signal });
    const server = await serveRegistry({ registry: () => registry.current, port, logger });
    return new RegistryService(client, registry, server);
  }

  async stop(): Promise<void> {
    await this.#server.close();
    await this.#registry.stop();
    await closed(this.#client);
  }
}

function closed(client: Client): Promise<void> {
  return client.close({ timeoutMs: CLIENT_CLOSE_MS }).catch(() => {});
}
