/** The value types Kafka's configuration knows. `class` is a Java class name there; here it is kept as text. */
export type ConfigType = "boolean" | "string" | "int" | "short" | "long" | "double" | "list" | "class" | "password";

/**
 * What a key's text means. `long` values beyond the safe integers (Kafka writes "no limit" as 2^63−1) are held as
 * `Infinity` or its negative; their text keeps every digit.
 */
export type ConfigValue = boolean | string | number | readonly string[] | null;

/** Which values are legal beyond the type. Data, so that documentation and comparison can read it. */
export type ConfigValidator =
  | { readonly kind: "range"; readonly min?: number; readonly max?: number }
  | {
      readonly kind: "oneOf";
      readonly values: readonly string[];
      readonly ignoreCase?: boolean;
    }
  /** Entries are never empty, a repeated one counts once; `values` bounds them when given. */
  | {
      readonly kind: "list";
      readonly values?: readonly string[];
      readonly mayBeEmpty: boolean;
    }
  | { readonly kind: "nonEmpty" }
  /** `allowed` completes the sentence "it must be …". */
  | {
      readonly kind: "custom";
      readonly allowed: string;
      readonly accepts: (value: ConfigValue) => boolean;
    };

/** How likely a person is to need the key. */
export type ConfigImportance = "high" | "medium" | "low";

/** Whether a running broker takes a new value: never, from its own resource only, or also from the cluster's default. */
export type DynamicMode = "read-only" | "per-broker" | "cluster-wide";

/** Another key that gives the value when the key itself is not set; its number counts `factor` times. */
export interface ConfigSynonym {
  readonly name: string;
  readonly factor?: number;
}

/** All that is known about one key. */
export interface ConfigKey {
  readonly name: string;
  readonly type: ConfigType;
  /** Canonical text (see {@link formatConfigValue}); null means "not set"; undefined means the key must be given. */
  readonly default: string | null | undefined;
  readonly doc: string;
  readonly validator?: ConfigValidator;
  /** What the number counts: "ms", "bytes" … */
  readonly unit?: string;
  readonly importance: ConfigImportance;
  readonly dynamic: DynamicMode;
  /** True when the value must never be shown: every password. */
  readonly sensitive: boolean;
  /** Looked up in this order, after the key itself. */
  readonly synonyms: readonly ConfigSynonym[];
  /** Known and settable, but not listed by DescribeConfigs. */
  readonly internal: boolean;
  /** "none": the key is accepted and described for compatibility, and changes nothing. */
  readonly effect?: "none";
  /** The version of Kafka (or of Ottla, for `ottla.` keys) that brought the key, when that matters to a user. */
  readonly since?: string;
}

/** What may be left out when a key is written down; the rest follows from the name and the type. */
export type ConfigKeyOptions = Partial<Omit<ConfigKey, "name" | "type" | "default" | "doc" | "sensitive">>;

/** Writes down one key: medium importance, read-only, unit from the name's ending, sensitive when a password. */
export function configKey(
  name: string,
  type: ConfigType,
  defaultText: string | null | undefined,
  doc: string,
  options: ConfigKeyOptions = {},
): ConfigKey {
  const unit = options.unit ?? unitOf(name, type);
  return {
    importance: "medium",
    dynamic: "read-only",
    synonyms: [],
    internal: false,
    ...options,
    name,
    type,
    default: defaultText,
    doc,
    sensitive: type === "password",
    ...(unit === undefined ? {} : { unit }),
  };
}

const units: readonly (readonly [string, string])[] = [
  [".ms", "ms"],
  [".millis", "ms"],
  [".bytes.per.second", "bytes/s"],
  [".bytes", "bytes"],
  [".in.bytes", "bytes"],
  [".secs", "s"],
  [".seconds", "s"],
  [".minutes", "min"],
  [".hours", "h"],
];

function unitOf(name: string, type: ConfigType): string | undefined {
  if (type !== "int" && type !== "short" && type !== "long" && type !== "double") return undefined;
  return units.find(([ending]) => name.endsWith(ending))?.[1];
}
