import { ConnectError } from "../connect-error.ts";
import { DataError } from "../data/data-error.ts";
import { makeSchema } from "../data/make-schema.ts";
import { PerSchema } from "../data/per-schema.ts";
import { isPlainObject } from "../data/check-value.ts";
import { bool, int, str } from "../plugin/config-shape.ts";
import { structCopier } from "./requirements.ts";
import { forKeyAndValue } from "./side.ts";

/** Another name or version of the schema. */
export const setSchemaMetadata = forKeyAndValue("SetSchemaMetadata", {
  doc: "Another name or version of the schema.",
  config: {
    "schema.name": str().optional().doc("The name; left out, it stays."),
    "schema.version": int().optional().doc("The version; left out, it stays."),
    "replace.null.with.default": bool().default(true).doc("Whether null, in a field that has a default, is that default."),
  },
  open(config, side) {
    const name = config["schema.name"] ?? undefined;
    const version = config["schema.version"] ?? undefined;
    if (name === undefined && version === undefined)
      throw new ConnectError("CONNECT_CONFIG", "SetSchemaMetadata sets nothing; give schema.name, schema.version or both.");
    const useDefault = config["replace.null.with.default"];
    const perSchema = new PerSchema((schema) => ({
      schema: makeSchema({ ...schema, name: name ?? schema.name, version: version ?? schema.version }),
      copy: schema.type === "struct" ? structCopier(schema, useDefault) : undefined,
    }));
    return {
      apply(record) {
        const schema = side.schemaOf(record);
        const value = side.valueOf(record);
        if (schema === undefined) {
          if (value === null) return record;
          throw new DataError(`there is no schema of the ${side.part} whose name or version could be set`);
        }
        const own = perSchema.of(schema);
        return side.with(record, own.schema, own.copy !== undefined && isPlainObject(value) ? own.copy(value) : value);
      },
    };
  },
});
