import { findSetting, type KafkaVersion, type SettingScope } from "../catalogue/settings-catalogue.ts";
import type { DocumentKind, Entry, SettingsDocument } from "./document.ts";

/** A document's settings as rules read them: what is given, else the default of the version. */
export class Settings {
  readonly document: SettingsDocument;
  readonly version: KafkaVersion;
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor(document: SettingsDocument, version: KafkaVersion) {
    this.document = document;
    this.version = version;
    // Of a key that stands twice Kafka takes the last.
    this.#entries = new Map(document.entries.map((entry) => [entry.key, entry]));
  }

  get kind(): DocumentKind {
    return this.document.kind;
  }

  /** Whether these settings are read by a producer, consumer, …, Streams and Connect included where they hand them on. */
  isOf(...kinds: readonly DocumentKind[]): boolean {
    return kinds.includes(this.kind);
  }

  entry(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** As it stands in the file, trimmed; undefined when it does not, or when a template or another program fills it in. */
  given(key: string): string | undefined {
    const value = this.#entries.get(key)?.value.trim();
    return value === undefined || isTemplate(value) ? undefined : value;
  }

  /** Whether the key stands in the file, with whatever value. */
  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** What is in effect; undefined when that is not known. */
  effective(key: string): string | undefined {
    if (this.has(key)) return this.given(key);
    const scope = scopeOf(this.kind);
    return (scope && findSetting(scope, key, this.version)?.default) ?? undefined;
  }

  number(key: string): number | undefined {
    const text = this.effective(key);
    if (text === undefined || !/^-?\d+(\.\d+)?$/.test(text)) return undefined;
    return Number(text);
  }

  isTrue(key: string): boolean {
    return this.effective(key)?.toLowerCase() === "true";
  }

  isFalse(key: string): boolean {
    return this.effective(key)?.toLowerCase() === "false";
  }

  list(key: string): readonly string[] {
    return (this.effective(key) ?? "")
      .split(",")
      .map((word) => word.trim())
      .filter((word) => word !== "");
  }

  get entries(): readonly Entry[] {
    return this.document.entries;
  }
}

/** Kinds that are no scope of Kafka's settings, and where theirs are looked up; of some there are none. */
const OTHER_KINDS: Readonly<Record<Exclude<DocumentKind, SettingScope>, SettingScope | undefined>> = {
  client: "admin",
  acl: undefined,
  resource: undefined,
  mirror: undefined,
  registry: undefined,
  quota: undefined,
  listener: undefined,
  alert: undefined,
  dependencies: undefined,
  statement: undefined,
};

/** Where Kafka's own settings of such a document are looked up; of some there are none. */
export function scopeOf(kind: DocumentKind): SettingScope | undefined {
  return Object.hasOwn(OTHER_KINDS, kind) ? OTHER_KINDS[kind as keyof typeof OTHER_KINDS] : (kind as SettingScope);
}

/** Whether a value is filled in elsewhere: `${env:X}`, `{{ .Values.x }}`, `%(x)s`, `<%= x %>`. */
export function isTemplate(value: string): boolean {
  return /\$\{[^}]*\}|\$\([^)]*\)|\{\{.*\}\}|<%.*%>|^\$[A-Z_]+$/.test(value);
}
