import type { ByteWriter } from "@ottla/base";
import { ErrorCode, isMadeWhenWritten } from "@ottla/protocol";

/** One who asks again hears the same: no code that makes clients try again. */
const CODE = ErrorCode.INVALID_REQUEST;
const MESSAGE = "The answer is larger than the broker's memory for one client: ask for less at a time, or with a filter.";

/** What is told in place of an answer that is too large: its error and none of its lists. Undefined where its messages carry no error for all of it. */
export function refusalFor(response: unknown): object | undefined {
  const fields = response as Readonly<Record<string, unknown>>;
  if (typeof fields["errorCode"] !== "number") return undefined;
  const refusal: Record<string, unknown> = {};
  for (const name in fields) refusal[name] = isList(fields[name]) ? [] : fields[name];
  refusal["errorCode"] = CODE;
  if ("errorMessage" in fields) refusal["errorMessage"] = MESSAGE;
  return refusal;
}

/** Whether the refusal was written as one: in some versions of an answer there is no place for its error. */
export function isRefusal(writer: ByteWriter): boolean {
  return writer.errorCounts?.has(CODE) === true;
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || isMadeWhenWritten(value);
}
