import type { ThreadLogLine } from "@ottla/base/node";
import type { ConfigDefinitionJson } from "../plugin/config-definition.ts";
import type { PluginKind } from "../plugin/plugin-entry.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";
import type { Validation } from "../plugin/validate-config.ts";
import type { GivenOffset, Preview } from "../worker/plugin-work.ts";
import type { PortableError } from "./portable-error.ts";
import type { CONNECT_TASKS } from "./thread-messages.ts";

/** What a thread of plugins' code is made with. */
export interface PluginThreadStart {
  readonly kind: typeof CONNECT_TASKS;
  readonly role: "plugins";
  readonly pluginFolder: string;
  /** Files of the folder that are not loaded: they did not come back. */
  readonly leftOut: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The worker's. */
  readonly properties: ConnectorProperties;
  readonly isExactlyOnce: boolean;
  readonly compileCache: string | undefined;
}

/** `files`: those whose code takes part. */
interface OfFiles {
  readonly files: readonly string[];
}

/** To a thread, which does one at a time; `ping`: whether it gives way. */
export type PluginCall =
  | { readonly op: "ping" }
  | { readonly op: "list" }
  | (OfFiles & { readonly op: "validate" | "sensitive"; readonly properties: ConnectorProperties })
  | (OfFiles & { readonly op: "definitions"; readonly name: string })
  | (OfFiles & { readonly op: "split"; readonly properties: ConnectorProperties; readonly maxTasks: number })
  | (OfFiles & { readonly op: "preview"; readonly properties: ConnectorProperties; readonly limit: number })
  | (OfFiles & { readonly op: "checkOffsets"; readonly properties: ConnectorProperties; readonly offsets: readonly GivenOffset[] });

/** A plugin of a file, without its code. */
export interface ListedFilePlugin {
  readonly kind: PluginKind;
  readonly name: string;
  readonly aliases: readonly string[] | undefined;
  readonly version: string;
  readonly file: string;
}

/** What a call came to. */
export type PluginAnswer =
  | readonly ListedFilePlugin[]
  | Validation
  | ReadonlySet<string>
  | readonly ConfigDefinitionJson[]
  | readonly object[]
  | Preview
  | void;

/** From a thread. `loading`: it begins to load this file; `late`: it has given that up. */
export type FromPluginThread =
  | { readonly type: "loading" | "late"; readonly file: string }
  | { readonly type: "answer"; readonly value?: PluginAnswer; readonly error?: PortableError }
  | { readonly type: "pong" }
  | ThreadLogLine;
