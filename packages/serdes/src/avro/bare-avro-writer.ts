import { ValueProblem } from "../serde/format-engine.ts";
import { SerdeError } from "../serdes-error.ts";
import { AvroEngine } from "./avro-engine.ts";

/**
 * What writes Avro's bytes of values of a schema, with nothing in front of them, as files have them. Values are as {@link avro} takes them with `logicalTypes: false`; a long may be a bigint.
 * @throws SerdeError SERDE_BAD_SCHEMA; what it returns throws SERDE_BAD_VALUE with the place.
 */
export function bareAvroWriter(schema: string): (value: unknown) => Buffer {
  const engine = new AvroEngine({ int64: "bigint", logicalTypes: false });
  const writer = engine.writer({ definition: { schema, schemaType: "AVRO" }, registered: undefined, resolved: [] });
  return (value) => {
    try {
      return writer.write(value, 0);
    } catch (error) {
      if (!(error instanceof ValueProblem)) throw error;
      throw new SerdeError("SERDE_BAD_VALUE", `${error.path === "" ? "" : `At ${error.path}: `}${error.message}.`, { cause: error });
    }
  };
}
