import type { ConfigShape } from "./config-shape.ts";
import type { ConverterPlugin } from "./converter-plugin.ts";
import type { SinkPlugin } from "./sink-plugin.ts";
import type { SourcePlugin } from "./source-plugin.ts";
import type { PredicatePlugin, TransformPlugin } from "./transform-plugin.ts";

/** A source, its types inferred from `config` and `split`. */
export function defineSource<const Shape extends ConfigShape, Task extends object = Record<string, unknown>>(
  plugin: Omit<SourcePlugin<Shape, Task>, "kind">,
): SourcePlugin<Shape, Task> {
  return { ...plugin, kind: "source" };
}

/** A sink, its types inferred from `config`. */
export function defineSink<const Shape extends ConfigShape>(plugin: Omit<SinkPlugin<Shape>, "kind">): SinkPlugin<Shape> {
  return { ...plugin, kind: "sink" };
}

/** A transform, its types inferred from `config`. */
export function defineTransform<const Shape extends ConfigShape>(plugin: Omit<TransformPlugin<Shape>, "kind">): TransformPlugin<Shape> {
  return { ...plugin, kind: "transform" };
}

/** A predicate, its types inferred from `config`. */
export function definePredicate<const Shape extends ConfigShape>(plugin: Omit<PredicatePlugin<Shape>, "kind">): PredicatePlugin<Shape> {
  return { ...plugin, kind: "predicate" };
}

/** A converter, its types inferred from `config`. */
export function defineConverter<const Shape extends ConfigShape>(plugin: Omit<ConverterPlugin<Shape>, "kind">): ConverterPlugin<Shape> {
  return { ...plugin, kind: "converter" };
}
