import { ErrorCode } from "../errors/error-codes.ts";
import { KafkaError } from "../errors/kafka-error.ts";

/** The error of a field that is set although the version to be written cannot carry it. */
export function unsupportedField(field: string, version: number): KafkaError {
  return new KafkaError(ErrorCode.UNSUPPORTED_VERSION, `${field} is set, but version ${version} of the message has no such field.`);
}

/** The value, unless it is null in a version that has no null there: then a `KafkaError` UNSUPPORTED_VERSION. */
export function notNull<T>(value: T | null, field: string, version: number): T {
  if (value === null)
    throw new KafkaError(ErrorCode.UNSUPPORTED_VERSION, `${field} is null, which version ${version} of the message cannot express.`);
  return value;
}
