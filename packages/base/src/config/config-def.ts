import { invariant } from "../errors.ts";
import type { ConfigKey, ConfigValue } from "./config-key.ts";
import { ConfigError, type ParsedConfig, parseConfig } from "./config-value.ts";

/** What a set of settings came to: everything legal is in `parsed`, everything else is named. */
export interface ConfigReport {
  /** One per known, legal setting. */
  readonly parsed: ReadonlyMap<string, ParsedConfig>;
  /** Settings under names that are not defined, as given: kept, never fatal. */
  readonly unknown: ReadonlyMap<string, string>;
  readonly errors: readonly ConfigError[];
}

/** A fixed set of keys with unique names, in the order they were written down. */
export class ConfigDef {
  readonly #keys = new Map<string, ConfigKey>();
  readonly #defaults = new Map<string, ParsedConfig>();

  constructor(keys: Iterable<ConfigKey>) {
    for (const key of keys) {
      invariant(!this.#keys.has(key.name), `Configuration ${key.name} is defined twice.`);
      this.#keys.set(key.name, key);
    }
  }

  get keys(): Iterable<ConfigKey> {
    return this.#keys.values();
  }

  get size(): number {
    return this.#keys.size;
  }

  get(name: string): ConfigKey | undefined {
    return this.#keys.get(name);
  }

  /** The key under a name that the program itself wrote. */
  require(name: string): ConfigKey {
    const key = this.#keys.get(name);
    invariant(key !== undefined, `Configuration ${name} is not defined.`);
    return key;
  }

  /** The default as value and text; both null when the key has none. */
  defaultOf(name: string): ParsedConfig {
    const known = this.#defaults.get(name);
    if (known !== undefined) return known;
    const key = this.require(name);
    const parsed = parseConfig({ ...key, default: key.default ?? null }, key.default ?? null);
    this.#defaults.set(name, parsed);
    return parsed;
  }

  /** Parses one setting. Throws {@link ConfigError} (`INVALID_CONFIG`) for an unknown name or an illegal value. */
  parse(name: string, text: string | null): ParsedConfig {
    const key = this.#keys.get(name);
    if (key === undefined) throw new ConfigError(name, `Configuration ${name} is not known.`);
    return parseConfig(key, text);
  }

  /** Parses many settings and reports every problem rather than the first. */
  check(settings: ReadonlyMap<string, string>): ConfigReport {
    const parsed = new Map<string, ParsedConfig>();
    const unknown = new Map<string, string>();
    const errors: ConfigError[] = [];
    for (const [name, text] of settings) {
      const key = this.#keys.get(name);
      if (key === undefined) {
        unknown.set(name, text);
        continue;
      }
      try {
        parsed.set(name, parseConfig(key, text));
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        errors.push(error);
      }
    }
    return { parsed, unknown, errors };
  }

  /** The setting if there is one, else the default. */
  valueOf(report: ConfigReport, name: string): ConfigValue {
    return (report.parsed.get(name) ?? this.defaultOf(name)).value;
  }
}
