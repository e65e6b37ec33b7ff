import { clientOptionsFromProperties, createClient } from "@ottla/client";
import { Registry, type RegistryServer, RenewedRegistry, type SchemaFormats, SchemasTopic, serveRegistry } from "@ottla/registry";
import { readPropertiesFile } from "../properties-file.ts";
import type { Part, PartContext, StartedPart } from "./part.ts";

const CLIENT_CLOSE_MS = 1_000;

/**
 * The Schema Registry as a part, over the broker that was started before. Its topic is made with the first schema: a broker whose registry nobody uses has no topic of it. Settings: `commandConfig`, a
 * properties file to log in with; `host`, where to listen instead of where the others do.
 */
export const part: Part = { name: "registry", start: (context) => new RegistryService(context) };

class RegistryService implements StartedPart {
  readonly ready: Promise<{ readonly address: string }>;
  readonly #stopping = new AbortController();
  #registry: RenewedRegistry | undefined;
  #server: RegistryServer | undefined;
  readonly #started: Promise<unknown>;

  constructor(context: PartContext) {
    this.ready = this.#start(context);
    this.#started = this.ready.catch(() => {});
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#started;
    await this.#server?.close();
    await this.#registry?.stop();
    await this.#close();
  }

  #close: () => Promise<void> = () => Promise.resolve();

  async #start({ host, port, addresses, settings, logger }: PartContext): Promise<{ readonly address: string }> {
    const commandConfig = settings["commandConfig"];
    const properties = typeof commandConfig === "string" ? readPropertiesFile(commandConfig, "commandConfig") : new Map<string, string>();
    const client = createClient({
      clientId: "ottla-registry",
      ...clientOptionsFromProperties(properties),
      bootstrapServers: addresses["bootstrap"] ?? "",
      signal: this.#stopping.signal,
    });
    this.#close = () => client.close({ timeoutMs: CLIENT_CLOSE_MS }).catch(() => {});
    try {
      // Loaded behind the start, before the first request is answered.
      const formats: { -readonly [Type in keyof SchemaFormats]: SchemaFormats[Type] } = {};
      const prepare = async (): Promise<void> => {
        const { loadFormats } = await import("@ottla/registry/formats");
        Object.assign(formats, await loadFormats());
      };
      const begin = (): Promise<Registry> =>
        Registry.start({ log: new SchemasTopic({ client, creation: "with-first-write" }), formats, logger });
      const registry = await RenewedRegistry.start({ begin, logger });
      this.#registry = registry;
      const at = typeof settings["host"] === "string" ? settings["host"] : host;
      this.#server = await serveRegistry({ registry: () => registry.current, host: at, port, logger, prepare });
      return { address: this.#server.url };
    } catch (error) {
      await this.#registry?.stop();
      await this.#close();
      throw error;
    }
  }
}
