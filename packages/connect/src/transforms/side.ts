import type { ConnectRecord } from "../data/connect-record.ts";
import type { ConnectSchema } from "../data/schema.ts";
import type { ConfigShape, ConfigValues } from "../plugin/config-shape.ts";
import type { Transform, TransformPlugin } from "../plugin/transform-plugin.ts";

/** The part of a record that a transform works on. */
export interface Side {
  readonly part: "key" | "value";
  schemaOf(record: ConnectRecord): ConnectSchema | undefined;
  valueOf(record: ConnectRecord): unknown;
  /** Another record, all else as it was. */
  with<R extends ConnectRecord>(record: R, schema: ConnectSchema | undefined, value: unknown): R;
}

const ofKey: Side = {
  part: "key",
  schemaOf: (record) => record.keySchema,
  valueOf: (record) => record.key ?? null,
  with: (record, keySchema, key) => ({ ...record, keySchema, key }),
};
const ofValue: Side = {
  part: "value",
  schemaOf: (record) => record.valueSchema,
  valueOf: (record) => record.value ?? null,
  with: (record, valueSchema, value) => ({ ...record, valueSchema, value }),
};

/** Where Apache Connect's own transforms stand. */
export const JAVA_TRANSFORMS = "org.apache.kafka.connect.transforms.";
export const TRANSFORMS_VERSION = "1.0.0";

/** A transform in its two forms, `Name$Key` and `Name$Value`. */
export function forKeyAndValue<const Shape extends ConfigShape>(
  name: string,
  plugin: { readonly doc: string; readonly config: Shape; open(config: ConfigValues<Shape>, side: Side): Transform },
): readonly TransformPlugin<Shape>[] {
  return [ofKey, ofValue].map((side) => {
    const own = `${name}$${side.part === "key" ? "Key" : "Value"}`;
    return {
      kind: "transform",
      name: own,
      aliases: [JAVA_TRANSFORMS + own],
      version: TRANSFORMS_VERSION,
      doc: plugin.doc,
      config: plugin.config,
      open: (config) => plugin.open(config, side),
    };
  });
}
