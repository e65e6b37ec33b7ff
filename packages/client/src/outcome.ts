import { ErrorCode, errorInfo, KafkaError } from "@ottla/protocol";
import { messageOf } from "./thrown.ts";

/** What became of one resource of a call: a value, or the broker's refusal. A call rejects only when nothing could be asked at all. */
export type Outcome<Value> =
  | { readonly error: undefined; readonly value: Value }
  | { readonly error: KafkaError; readonly value: undefined };

/** An {@link Outcome} of what has a name. */
export type Named<Value> = { readonly name: string } & Outcome<Value>;

export function done<Value>(value: Value): Outcome<Value> {
  return { error: undefined, value };
}

export function refused<Value>(error: KafkaError): Outcome<Value> {
  return { error, value: undefined };
}

/** The value under NONE, else the refusal. A null or empty message gives the code's own. */
export function outcomeOf<Value>(errorCode: number, message: string | null | undefined, value: () => Value): Outcome<Value> {
  return errorCode === ErrorCode.NONE ? done(value()) : refused(new KafkaError(errorCode, message || undefined));
}

/** Throws a code of the whole answer. */
export function throwIfRefused(errorCode: number, message?: string | null): void {
  if (errorCode !== ErrorCode.NONE) throw new KafkaError(errorCode, message || undefined);
}

/** A refusal with what it was said of: `Group "orders": The principal may not do this with the group.` */
export function refusalAt(what: string, errorCode: number, message?: string | null): KafkaError {
  return new KafkaError(errorCode, `${what}: ${message || errorInfo(errorCode).message}`);
}

/** An error as one resource's refusal; what is no `KafkaError` (a lost connection, no time left) is REQUEST_TIMED_OUT with its cause. */
export function asKafkaError(error: unknown): KafkaError {
  if (error instanceof KafkaError) return error;
  return new KafkaError(ErrorCode.REQUEST_TIMED_OUT, messageOf(error), { cause: error });
}
