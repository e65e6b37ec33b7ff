import { type ConfigKey, type ConfigKeyOptions, configKey, type ConfigType, type ConfigValidator } from "@ottla/base";

type FieldOptions = Pick<ConfigKeyOptions, "importance" | "validator" | "unit"> & {
  /** Chapter of the definition's page and of a form. */
  readonly group?: string | undefined;
  /** What a form calls it. */
  readonly displayName?: string | undefined;
  /** Keys whose value decides about this one. */
  readonly dependents?: readonly string[] | undefined;
};

/** One setting of a plugin. Every call gives another field, none changes this one. */
export class ConfigField<T> {
  readonly type: ConfigType;
  readonly options: FieldOptions;
  readonly text: string;
  /** Kafka's text of the default; undefined: the setting must be given; null: it may be left out. */
  readonly defaultText: string | null | undefined;
  /** Keeps `T` in the type. */
  declare readonly valueType: T;

  constructor(type: ConfigType, defaultText?: string | null, text = "", options: FieldOptions = {}) {
    this.type = type;
    this.defaultText = defaultText;
    this.text = text;
    this.options = options;
  }

  doc(text: string): ConfigField<T> {
    return new ConfigField(this.type, this.defaultText, text, this.options);
  }

  /** What it is where nobody says. */
  default(value: T & (string | number | boolean | readonly string[])): ConfigField<T> {
    const text = Array.isArray(value) ? value.join(",") : String(value);
    return new ConfigField(this.type, text, this.text, this.options);
  }

  /** May be left out, and is undefined then. */
  optional(): ConfigField<T | undefined> {
    return new ConfigField<T | undefined>(this.type, null, this.text, this.options);
  }

  /** Numbers from `min` to `max`. */
  range(min: number, max?: number): ConfigField<T> {
    return this.with({ validator: max === undefined ? { kind: "range", min } : { kind: "range", min, max } });
  }

  with(options: FieldOptions): ConfigField<T> {
    return new ConfigField(this.type, this.defaultText, this.text, { ...this.options, ...options });
  }
}

/** Settings whose names somebody makes up within a pattern, such as `column.mask.with.10.chars`. */
export class ConfigFamily extends ConfigField<Readonly<Record<string, string>>> {
  readonly names: RegExp;

  constructor(names: RegExp) {
    super("string", null);
    this.names = names;
  }
}

/** All settings whose whole name matches, texts by name; empty where there are none. They have no definition of their own: a definition has a name. */
export const family = (names: RegExp): ConfigFamily => new ConfigFamily(names);

/** A text. */
export const str = (): ConfigField<string> => new ConfigField("string");
/** A whole number of 32 bits. */
export const int = (): ConfigField<number> => new ConfigField("int");
/** A whole number of 64 bits; beyond safe integers it is `Infinity`. */
export const long = (): ConfigField<number> => new ConfigField("long");
/** A number. */
export const double = (): ConfigField<number> => new ConfigField("double");
/** True or false. */
export const bool = (): ConfigField<boolean> => new ConfigField("boolean");
/** Texts, apart by commas. */
export const list = (): ConfigField<readonly string[]> => new ConfigField("list");
/** Never shown: not over REST, not in logs, not in a preview. */
export const secret = (): ConfigField<string> => new ConfigField("password");
/** One of these texts. */
export const oneOf = <const V extends string>(...values: readonly V[]): ConfigField<V> =>
  new ConfigField<V>("string").with({ validator: { kind: "oneOf", values } satisfies ConfigValidator });

/** A plugin's settings by the names that a connector's properties have. */
export type ConfigShape = Readonly<Record<string, ConfigField<unknown>>>;

/** What a plugin is given: a value of each setting. */
export type ConfigValues<Shape extends ConfigShape> = { readonly [K in keyof Shape]: Shape[K] extends ConfigField<infer T> ? T : never };

/** The shape as Kafka's definitions, in the order it was written down; without families. */
export function configKeysOf(shape: ConfigShape): ConfigKey[] {
  return Object.entries(shape).flatMap(([name, field]) => {
    if (field instanceof ConfigFamily) return [];
    const { type, defaultText, text, options } = field;
    const { importance, validator, unit } = options;
    return configKey(name, type, defaultText, text, {
      ...(importance === undefined ? {} : { importance }),
      ...(validator === undefined ? {} : { validator }),
      ...(unit === undefined ? {} : { unit }),
    });
  });
}
