import type { ConfigDefinitionJson } from "../plugin/config-definition.ts";
import type { PluginCatalogue } from "../plugin/plugin-catalogue.ts";
import { pluginFilesOf } from "../plugin/plugin-files.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";
import type { Validation } from "../plugin/validate-config.ts";
import { ALL_KINDS, CHECK_MS, type GivenOffset, type PluginWork, type Preview, SPLIT_MS } from "../worker/plugin-work.ts";
import type { PluginThreads } from "./plugin-threads.ts";

/** What is behind a plugin's own limit until its thread is ended. */
const MORE_MS = 5_000;

/** Code of plugins' files on threads of its own; what comes along, here. */
export class ThreadPluginWork implements PluginWork {
  readonly #here: PluginWork;
  readonly #threads: PluginThreads;
  readonly #catalogue: PluginCatalogue;
  readonly #properties: ConnectorProperties;

  /** `properties`: the worker's. */
  constructor(here: PluginWork, threads: PluginThreads, catalogue: PluginCatalogue, properties: ConnectorProperties) {
    this.#properties = properties;
    this.#here = here;
    this.#threads = threads;
    this.#catalogue = catalogue;
  }

  async validate(properties: ConnectorProperties): Promise<Validation> {
    const files = this.#filesOf(properties);
    if (files.length === 0) return this.#here.validate(properties);
    return (await this.#threads.call({ op: "validate", files, properties }, CHECK_MS + MORE_MS)) as Validation;
  }

  async sensitive(properties: ConnectorProperties): Promise<ReadonlySet<string>> {
    const files = this.#filesOf(properties);
    if (files.length === 0) return this.#here.sensitive(properties);
    return (await this.#threads.call({ op: "sensitive", files, properties }, CHECK_MS)) as ReadonlySet<string>;
  }

  async definitions(name: string): Promise<readonly ConfigDefinitionJson[]> {
    const file = this.#catalogue.has(ALL_KINDS, name)?.file;
    if (file === undefined) return this.#here.definitions(name);
    return (await this.#threads.call({ op: "definitions", files: [file], name }, CHECK_MS)) as readonly ConfigDefinitionJson[];
  }

  async split(properties: ConnectorProperties, maxTasks: number, signal: AbortSignal): Promise<readonly object[]> {
    const files = this.#filesOf(properties);
    if (files.length === 0) return this.#here.split(properties, maxTasks, signal);
    return (await this.#threads.call({ op: "split", files, properties, maxTasks }, SPLIT_MS + MORE_MS, signal)) as readonly object[];
  }

  async preview(properties: ConnectorProperties, limit: number, signal: AbortSignal): Promise<Preview> {
    const files = this.#filesOf(properties);
    if (files.length === 0) return this.#here.preview(properties, limit, signal);
    return (await this.#threads.call({ op: "preview", files, properties, limit }, CHECK_MS, signal)) as Preview;
  }

  async checkOffsets(properties: ConnectorProperties, offsets: readonly GivenOffset[]): Promise<void> {
    const files = this.#filesOf(properties);
    if (files.length === 0) return this.#here.checkOffsets(properties, offsets);
    await this.#threads.call({ op: "checkOffsets", files, properties, offsets }, CHECK_MS + MORE_MS);
  }

  #filesOf(properties: ConnectorProperties): readonly string[] {
    return pluginFilesOf(properties, this.#properties, this.#catalogue);
  }
}
