import type { SettingScope } from "../catalogue/settings-catalogue.ts";

/** One `key=value` as it stands in a file. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
  /** How the file itself spells the key, where that differs: `KAFKA_NODE_ID`. */
  readonly spelling?: string;
}

/** What a file's settings are for; `client`: any client's, as nothing in it says which. */
export type DocumentKind = SettingScope | "client";

/** Settings that belong together: a properties file, or what one container of a compose file is given. */
export interface SettingsDocument {
  readonly file: string;
  /** The part of the file, as `services.kafka`; undefined when the file is one. */
  readonly part: string | undefined;
  readonly kind: DocumentKind;
  readonly entries: readonly Entry[];
}
