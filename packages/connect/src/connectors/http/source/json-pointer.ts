import { ConnectError } from "../../../connect-error.ts";
import { isPlainObject } from "../../../data/check-value.ts";

/**
 * A JSON Pointer (RFC 6901) as a look into a value; undefined: there is nothing.
 * @throws ConnectError CONNECT_CONFIG for a text that is none
 */
export function jsonPointer(setting: string, text: string): (value: unknown) => unknown {
  if (text === "") return (value) => value;
  if (!text.startsWith("/") || /~(?![01])/.test(text))
    throw new ConnectError("CONNECT_CONFIG", `${setting} is a JSON Pointer, as /data/items; "${text}" is none.`);
  const steps = text
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return (value) => {
    let at = value;
    for (const step of steps) {
      if (Array.isArray(at)) at = /^(?:0|[1-9]\d*)$/.test(step) ? (at as unknown[])[Number(step)] : undefined;
      else at = isPlainObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
    }
    return at;
  };
}
