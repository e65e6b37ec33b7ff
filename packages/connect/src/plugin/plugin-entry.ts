import type { ConfigShape } from "./config-shape.ts";
import type { ConverterPlugin } from "./converter-plugin.ts";
import type { SinkPlugin } from "./sink-plugin.ts";
import type { SourcePlugin } from "./source-plugin.ts";
import type { PredicatePlugin, TransformPlugin } from "./transform-plugin.ts";

/** Any plugin, whatever its settings are. */
export type AnyPlugin = SourcePlugin<ConfigShape, object> | SinkPlugin | TransformPlugin | PredicatePlugin | ConverterPlugin;

/** What plugins are for. */
export type PluginKind = AnyPlugin["kind"];

/** A plugin of a kind. */
export type PluginOf<Kind extends PluginKind> = Extract<AnyPlugin, { readonly kind: Kind }>;

/** What a worker knows of a plugin before it is used: its code is loaded then. A table of these stands in `converters/`, `transforms/` and `connectors/`. */
export type PluginEntry<Kind extends PluginKind = PluginKind> = { readonly [K in Kind]: EntryOf<K> }[Kind];

interface EntryOf<Kind extends PluginKind> {
  readonly kind: Kind;
  readonly name: string;
  readonly aliases?: readonly string[] | undefined;
  readonly version: string;
  /** Where its code stands, of a plugin that does not come along. */
  readonly file?: string | undefined;
  load(): Promise<PluginOf<Kind>>;
}
