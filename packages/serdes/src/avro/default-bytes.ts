import { type AvroType, isJsonObject, JsonNumber, type JsonValue } from "@ottla/registry/formats/avro";
import { AvroOutput } from "./avro-output.ts";
import { ValueProblem } from "../serde/format-engine.ts";

/** A field's default as data of the field's type. */
export function defaultBytes(type: AvroType, json: JsonValue): Buffer {
  const out = new AvroOutput();
  out.begin(0);
  if (!write(out, type, json)) throw new ValueProblem("", "a default is no value of its field's type");
  return out.take();
}

/** False where the value does not fit; what was written till then is the caller's to forget. */
function write(out: AvroOutput, type: AvroType, json: JsonValue): boolean {
  switch (type.kind) {
    case "null":
      return json === null;
    case "boolean":
      if (typeof json !== "boolean") return false;
      out.byte(json ? 1 : 0);
      return true;
    case "int":
    case "long": {
      const integer = json instanceof JsonNumber ? json.integer : undefined;
      if (integer === undefined || BigInt.asIntN(type.kind === "int" ? 32 : 64, integer) !== integer) return false;
      out.bigLong(integer);
      return true;
    }
    case "float":
    case "double":
      if (!(json instanceof JsonNumber)) return false;
      if (type.kind === "float") out.float(json.value);
      else out.double(json.value);
      return true;
    case "string":
      if (typeof json !== "string") return false;
      out.text(json);
      return true;
    case "bytes":
      if (typeof json !== "string") return false;
      out.sized(Buffer.from(json, "latin1"));
      return true;
    case "fixed":
      if (typeof json !== "string" || json.length !== type.size) return false;
      out.raw(Buffer.from(json, "latin1"));
      return true;
    case "enum": {
      const index = typeof json === "string" ? type.symbols.indexOf(json) : -1;
      if (index >= 0) out.int(index);
      return index >= 0;
    }
    case "array":
      if (!Array.isArray(json)) return false;
      if (json.length > 0) out.long(json.length);
      for (const each of json as readonly JsonValue[]) if (!write(out, type.items, each)) return false;
      out.byte(0);
      return true;
    case "map":
      if (!isJsonObject(json)) return false;
      if (json.size > 0) out.long(json.size);
      for (const [key, each] of json) {
        out.text(key);
        if (!write(out, type.values, each)) return false;
      }
      out.byte(0);
      return true;
    case "union":
      return type.branches.some((branch, index) => {
        const { at } = out;
        out.int(index);
        if (write(out, branch, json)) return true;
        out.at = at;
        return false;
      });
    case "record":
      if (!isJsonObject(json)) return false;
      return type.fields.every((field) => {
        const own = json.get(field.name) ?? field.default;
        return own !== undefined && write(out, field.type, own);
      });
  }
}
