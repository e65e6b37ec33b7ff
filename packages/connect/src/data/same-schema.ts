import { isDecimal } from "./decimal.ts";
import type { ConnectSchema } from "./schema.ts";

/** Whether two schemas say the same of a value, everything counted: documentation, defaults and parameters too. */
export function sameSchema(left: ConnectSchema | undefined, right: ConnectSchema | undefined): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined) return false;
  return (
    left.type === right.type &&
    left.optional === right.optional &&
    left.name === right.name &&
    left.version === right.version &&
    left.doc === right.doc &&
    sameParameters(left.parameters, right.parameters) &&
    sameSchema(left.keySchema, right.keySchema) &&
    sameSchema(left.valueSchema, right.valueSchema) &&
    sameFields(left, right) &&
    sameValue(left.defaultValue, right.defaultValue)
  );
}

function sameFields({ fields: left = [] }: ConnectSchema, { fields: right = [] }: ConnectSchema): boolean {
  return (
    left.length === right.length &&
    left.every((field, index) => field.name === right[index]!.name && sameSchema(field.schema, right[index]!.schema))
  );
}

/** Whether two schemas' parameters are the same, in whatever order. */
export function sameParameters(left: ConnectSchema["parameters"], right: ConnectSchema["parameters"]): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined) return false;
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => Object.hasOwn(right, name) && left[name] === right[name]);
}

/** Whether two values of Connect's data are the same: decimals with their scales, bytes by what they hold, an absent field as null. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (Object.is(left ?? null, right ?? null)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (left instanceof Uint8Array) return right instanceof Uint8Array && Buffer.compare(left, right) === 0;
  if (left instanceof Date) return right instanceof Date && left.getTime() === right.getTime();
  if (Array.isArray(left))
    return Array.isArray(right) && left.length === right.length && left.every((item, at) => sameValue(item, right[at]));
  if (left instanceof Map) {
    if (!(right instanceof Map) || left.size !== right.size) return false;
    const others = [...right];
    return [...left].every(([key, value]) => others.some(([otherKey, other]) => sameValue(key, otherKey) && sameValue(value, other)));
  }
  if (isDecimal(left) || isDecimal(right))
    return isDecimal(left) && isDecimal(right) && left.scale === right.scale && left.unscaled === right.unscaled;
  const [mine, others] = [left as Record<string, unknown>, right as Record<string, unknown>];
  return [...new Set([...Object.keys(mine), ...Object.keys(others)])].every((name) => sameValue(mine[name], others[name]));
}
