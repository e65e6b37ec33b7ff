import { type Clock, type Logger, pause } from "@ottla/base";
import { ConnectError } from "../connect-error.ts";
import type { SourcePlace } from "../data/connect-record.ts";
import { type ConfigDefinitionJson, definitionJson, definitionsOf } from "../plugin/config-definition.ts";
import type { ProviderWorld } from "../plugin/config-providers.ts";
import { sinkDefinitions, sourceDefinitions } from "../plugin/connector-definitions.ts";
import type { PluginCatalogue } from "../plugin/plugin-catalogue.ts";
import type { CheckContext, CheckFinding } from "../plugin/plugin-context.ts";
import type { PluginKind, PluginOf } from "../plugin/plugin-entry.ts";
import { type ConnectorProperties, readConfig } from "../plugin/read-config.ts";
import { type ConfigReport, sensitiveNamesOf, type Validation, validateConfig } from "../plugin/validate-config.ts";
import { maskOf, resolveWithSecrets } from "../secrets/resolve-with-secrets.ts";
import { SecretMask } from "../secrets/secret-mask.ts";
import { secretsIn } from "../secrets/secrets-in.ts";
import { firstRecords } from "./first-records.ts";
import { previewLine, previewSource } from "./preview-source.ts";

/** An offset that somebody alters; null: the place is forgotten. */
export interface GivenOffset {
  readonly partition: SourcePlace;
  readonly offset: SourcePlace | null;
}

/** The first records of a source. */
export interface Preview {
  readonly lines: readonly string[];
  readonly isEnd: boolean;
}

/** What a worker asks of the code of plugins besides their tasks. */
export interface PluginWork {
  /** All that is wrong with a config, by the plugin's dry run too, and which of its settings are secrets. */
  validate(properties: ConnectorProperties): Promise<Validation>;
  /** Which of its settings are secrets, by what its plugins say. */
  sensitive(properties: ConnectorProperties): Promise<ReadonlySet<string>>;
  /** The settings of the plugin of a name, whatever it is. */
  definitions(name: string): Promise<readonly ConfigDefinitionJson[]>;
  /** What each of a source's tasks does. Ends early, rejected, with the signal. */
  split(properties: ConnectorProperties, maxTasks: number, signal: AbortSignal): Promise<readonly object[]>;
  /** What a source would bring, each record as a line of JSON: as many as come within a few seconds. `isEnd`: it has no more. */
  preview(properties: ConnectorProperties, limit: number, signal: AbortSignal): Promise<Preview>;
  /** Rejects with the reason where a source cannot go on behind them. */
  checkOffsets(properties: ConnectorProperties, offsets: readonly GivenOffset[]): Promise<void>;
}

/** What it stands on. */
export interface LoopPluginWorkOptions {
  readonly catalogue: PluginCatalogue;
  readonly providers: ProviderWorld;
  /** The worker's. */
  readonly properties: ConnectorProperties;
  readonly isExactlyOnce: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told what is not to be said, before code of a plugin has it. */
  readonly onSecrets?: (secrets: readonly string[]) => void;
}

/** So long a dry run, or a look at offsets, may take. */
export const CHECK_MS = 30_000;
/** So long a source may think about how to split its work. */
export const SPLIT_MS = 60_000;
/** A source that has nothing more to show is not waited for. */
const PREVIEW_MS = 8_000;

export const ALL_KINDS: readonly PluginKind[] = ["source", "sink", "transform", "predicate", "converter"];

/** Plugins' code on the thread that it is called in. What does not come back in time is given up. */
export class LoopPluginWork implements PluginWork {
  readonly #options: LoopPluginWorkOptions;

  constructor(options: LoopPluginWorkOptions) {
    this.#options = options;
  }

  async validate(given: ConnectorProperties): Promise<Validation> {
    const { catalogue, providers } = this.#options;
    const mask = new SecretMask();
    let resolved = given;
    const validation = await validateConfig(given, {
      catalogue,
      resolve: async (each) => {
        const { properties, secrets } = await resolveWithSecrets(each, providers);
        mask.add(secrets);
        this.#options.onSecrets?.(mask.secrets);
        resolved = properties;
        return properties;
      },
      check: async (plugin, properties) => {
        mask.add(secretsIn(properties, await sensitiveNamesOf(properties, catalogue)));
        this.#options.onSecrets?.(mask.secrets);
        return this.#check(plugin, properties, mask);
      },
    });
    mask.add(secretsIn(resolved, validation.sensitive));
    return { ...validation, report: maskedReport(validation.report, mask) };
  }

  async sensitive(given: ConnectorProperties): Promise<ReadonlySet<string>> {
    const { catalogue, providers } = this.#options;
    // Converters and transforms may be named by a reference; one that cannot be resolved names none.
    const { properties } = await resolveWithSecrets(given, providers).catch((error: unknown) => {
      if (!(error instanceof ConnectError)) throw error;
      return { properties: given };
    });
    return sensitiveNamesOf(properties, catalogue);
  }

  async definitions(name: string): Promise<readonly ConfigDefinitionJson[]> {
    const plugin = await this.#options.catalogue.load(ALL_KINDS, name);
    const common = plugin.kind === "source" ? sourceDefinitions : plugin.kind === "sink" ? sinkDefinitions : [];
    return [...definitionsOf(plugin.config), ...common].map(definitionJson);
  }

  async split(properties: ConnectorProperties, maxTasks: number, signal: AbortSignal): Promise<readonly object[]> {
    const { catalogue } = this.#options;
    const plugin = await catalogue.load(["source"], properties["connector.class"] ?? "");
    const { split } = plugin;
    if (split === undefined) return [{}];
    const { resolved, mask } = await this.#resolve(properties);
    const config = readConfig(plugin.config, resolved);
    const works: unknown = await this.#within("split", SPLIT_MS, mask, (context) => split.call(plugin, config, maxTasks, context), signal);
    if (Array.isArray(works) && works.every((work) => typeof work === "object" && work !== null)) return works as readonly object[];
    throw new ConnectError("CONNECT_SOURCE", "The connector's split gives no list of objects, one for each task.");
  }

  async preview(given: ConnectorProperties, limit: number, outer: AbortSignal): Promise<Preview> {
    const { catalogue, properties: defaults, logger } = this.#options;
    const signal = AbortSignal.any([outer, AbortSignal.timeout(PREVIEW_MS)]);
    const { resolved, mask } = await this.#resolve(given);
    const source = previewSource(resolved, { catalogue, defaults, logger: mask.logger(logger), signal });
    try {
      const { records, isEnd } = await firstRecords(source, limit, signal);
      return { lines: records.map((record) => mask.text(previewLine(record))), isEnd };
    } catch (error) {
      throw mask.error(error);
    }
  }

  async checkOffsets(properties: ConnectorProperties, offsets: readonly GivenOffset[]): Promise<void> {
    const plugin = await this.#options.catalogue.load(["source"], properties["connector.class"] ?? "");
    if (plugin.checkOffsets === undefined) return;
    const { resolved, mask } = await this.#resolve(properties);
    const config = readConfig(plugin.config, resolved);
    await this.#within("look at the offsets", CHECK_MS, mask, async () => plugin.checkOffsets?.(config, offsets));
  }

  async #check(plugin: PluginOf<"source" | "sink">, resolved: ConnectorProperties, mask: SecretMask): Promise<readonly CheckFinding[]> {
    const unable = this.#unable(plugin, resolved);
    if (unable.length > 0 || plugin.check === undefined) return unable;
    try {
      const found: unknown = await this.#within("dry run", CHECK_MS, mask, (context) =>
        plugin.check?.(readConfig(plugin.config, resolved), context),
      );
      if (Array.isArray(found) && found.every(isFinding)) return found;
      return [{ severity: "error", message: "The dry run gave no list of findings; each is { severity, message }." }];
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return [{ severity: "error", message: `The dry run failed: ${message}` }];
    }
  }

  /** What the worker's own settings rule out. */
  #unable(plugin: PluginOf<"source" | "sink">, properties: ConnectorProperties): CheckFinding[] {
    if (plugin.kind !== "source" || properties["exactly.once.support"]?.trim() !== "required") return [];
    const key = "exactly.once.support";
    const finding = (message: string): CheckFinding[] => [{ severity: "error", key, message }];
    if (!this.#options.isExactlyOnce)
      return finding(
        "This worker writes at least once; set exactly.once.source.support=enabled at it, or leave out exactly.once.support=required.",
      );
    return plugin.exactlyOnce === true
      ? []
      : finding("The connector does not say that it can go on exactly behind its offsets; leave out exactly.once.support=required.");
  }

  async #resolve(given: ConnectorProperties): Promise<{ readonly resolved: ConnectorProperties; readonly mask: SecretMask }> {
    const { catalogue, providers } = this.#options;
    const resolved = await resolveWithSecrets(given, providers);
    const mask = await maskOf(resolved, catalogue);
    this.#options.onSecrets?.(mask.secrets);
    return { resolved: resolved.properties, mask };
  }

  /** What it says and throws is without the secrets of `mask`. */
  async #within<T>(
    what: string,
    limitMs: number,
    mask: SecretMask,
    run: (context: CheckContext) => Promise<T> | T,
    outer?: AbortSignal,
  ): Promise<T> {
    const { clock, logger } = this.#options;
    const over = new AbortController();
    const ended = new AbortController();
    const end = (): void => over.abort();
    outer?.addEventListener("abort", end, { once: true });
    if (outer?.aborted === true) end();
    const late = pause(clock, limitMs, AbortSignal.any([over.signal, ended.signal])).then((): never => {
      over.abort();
      if (outer?.aborted === true) throw new ConnectError("CONNECT_STATE", `The ${what} was given up: nobody wants it any more.`);
      throw new ConnectError("CONNECT_SOURCE", `The ${what} did not end within ${limitMs / 1_000} s, and was given up.`);
    });
    late.catch(() => {});
    try {
      return await Promise.race([(async () => run({ signal: over.signal, log: mask.logger(logger) }))(), late]);
    } catch (error) {
      throw mask.error(error);
    } finally {
      ended.abort();
      outer?.removeEventListener("abort", end);
    }
  }
}

/** What is wrong, without secrets; values are hidden by their definitions. */
function maskedReport(report: ConfigReport, mask: SecretMask): ConfigReport {
  const { configs, warnings } = report;
  return {
    ...report,
    configs: configs.map(({ definition, value }) => ({
      definition,
      value: { ...value, errors: value.errors.map((error) => mask.text(error)) },
    })),
    ...(warnings !== undefined && { warnings: warnings.map((warning) => mask.text(warning)) }),
  };
}

function isFinding(value: unknown): value is CheckFinding {
  return typeof value === "object" && value !== null && typeof (value as { readonly message?: unknown }).message === "string";
}
