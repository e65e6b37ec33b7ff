import { isJsonObject, JsonNumber, type JsonValue } from "../../json/json-value.ts";
import type { AvroField, AvroType } from "./avro-type.ts";

/** Whether the defaults of a schema's fields are values of their types. Of a union any branch may take it, as since Avro 1.12. Each field's default is looked at once, however often records stand for each other. */
export class AvroDefaults {
  readonly #known = new Map<AvroField, boolean | "running">();

  /** Also false where a default leaves so much to others that it comes back to itself, and no value would ever end. */
  isValid(field: AvroField): boolean {
    const known = this.#known.get(field);
    if (known !== undefined) return known === true;
    this.#known.set(field, "running");
    const isValid = field.default !== undefined && this.#fits(field.type, field.default);
    this.#known.set(field, isValid);
    return isValid;
  }

  #fits(type: AvroType, value: JsonValue): boolean {
    switch (type.kind) {
      case "null":
        return value === null;
      case "boolean":
        return typeof value === "boolean";
      case "int":
        return isInteger(value, 31n);
      case "long":
        return isInteger(value, 63n);
      case "float":
      case "double":
        return value instanceof JsonNumber;
      case "bytes":
      case "string":
      case "enum":
      case "fixed":
        return typeof value === "string";
      case "array":
        return Array.isArray(value) && value.every((each) => this.#fits(type.items, each));
      case "map":
        return isJsonObject(value) && [...value.values()].every((each) => this.#fits(type.values, each));
      case "union":
        return type.branches.some((branch) => this.#fits(branch, value));
      case "record":
        return (
          isJsonObject(value) &&
          type.fields.every((field) => {
            const own = value.get(field.name);
            return own === undefined ? this.isValid(field) : this.#fits(field.type, own);
          })
        );
    }
  }
}

function isInteger(value: JsonValue, bits: bigint): boolean {
  const integer = value instanceof JsonNumber ? value.integer : undefined;
  return integer !== undefined && integer >= -(1n << bits) && integer < 1n << bits;
}
