import type { SettingScope } from "../catalogue/settings-catalogue.ts";

/** One `key=value` as it stands in a file. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
  /** How the file itself spells the key, where that differs: `KAFKA_NODE_ID`. */
  readonly spelling?: string;
  /** Where else it is written, as `config.ts:12`, when a program takes it from another file. */
  readonly from?: string;
}

/** What a file's settings are for; `client`: any client's, as nothing in it says which; `acl`: one rule of who may do what; `resource`: what an operator makes a cluster of; `mirror`: MirrorMaker's; `registry`: a schema registry's; `quota`: how much somebody may use; `listener`: one of Spring's, or what holds for all of an application; `alert`: an expression of Prometheus; `dependencies`: versions of Kafka's libraries that a build takes; `statement`: a line of a document. */
export type DocumentKind =
  | SettingScope
  | "client"
  | "acl"
  | "resource"
  | "mirror"
  | "registry"
  | "quota"
  | "listener"
  | "alert"
  | "dependencies"
  | "statement";

/** Settings that belong together: a properties file, or what one container of a compose file is given. */
export interface SettingsDocument {
  readonly file: string;
  /** The part of the file, as `services.kafka`; undefined when the file is one. */
  readonly part: string | undefined;
  readonly kind: DocumentKind;
  readonly entries: readonly Entry[];
  /** Whether more stands elsewhere: what is not said here is no fault then. */
  readonly isPartial?: boolean;
  /** Names by which others reach what has these settings, as a container's. */
  readonly hosts?: readonly string[];
  /** The release that runs with these settings, where an image or an operator names all of it: `4.2.0`. */
  readonly release?: string;
  /** Whose settings they are, where that is told: an image. Two with different owners are two programs. */
  readonly owner?: string;
  /** For whom it is judged, if the file says so itself: a profile for developers. */
  readonly profile?: "dev";
  /** Whose names the keys may be besides Kafka's. */
  readonly dialect?: "librdkafka";
}
