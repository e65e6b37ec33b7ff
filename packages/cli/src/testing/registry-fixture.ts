import { silentLogger } from "@ottla/base";
import { OpenPort } from "@ottla/base/node";
import { MemoryLog, Registry, type RegistryServer, serveRegistry } from "@ottla/registry";
import { loadFormats } from "@ottla/registry/formats";
import { type Ran, type RunOptions, runWords } from "./command-line-fixture.ts";

/** A registry in this process, kept in memory, and `ottla` command lines that talk to it. */
export class RegistryFixture {
  readonly registry: Registry;
  readonly #server: RegistryServer;

  private constructor(registry: Registry, server: RegistryServer) {
    this.registry = registry;
    this.#server = server;
  }

  static async start(): Promise<RegistryFixture> {
    const registry = await Registry.start({ log: new MemoryLog(), formats: await loadFormats() });
    const port = await OpenPort.open({ what: "The registry", host: "127.0.0.1", port: 0 });
    return new RegistryFixture(registry, await serveRegistry({ registry, port, logger: silentLogger }));
  }

  get url(): string {
    return this.#server.url;
  }

  async stop(): Promise<void> {
    await this.#server.close();
    await this.registry.stop();
  }

  /** Runs the words of a line, such as `schemas list --json`. */
  run(words: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return runWords(words, { ...options, env: { OTTLA_REGISTRY_URL: this.url, ...options.env } });
  }

  /** Runs a command that must succeed and answers with its JSON document. */
  async json(...words: readonly string[]): Promise<unknown> {
    const { status, stdout, stderr } = await this.run([...words, "--json"]);
    if (status !== 0) throw new TypeError(`ottla ${words.join(" ")} ended with ${status}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** Registers a text that stands in no file. */
  register(subject: string, schema: unknown, ...words: readonly string[]): Promise<Ran> {
    const stdin = typeof schema === "string" ? schema : JSON.stringify(schema);
    const type = words.includes("--type") ? [] : ["--type", "avro"];
    return this.run(["schemas", "register", subject, "-", ...type, ...words], { stdin });
  }
}
