import { type Document, EJSON, type Timestamp } from "bson";
import { ConnectError } from "../../../connect-error.ts";
import { isPlainObject } from "../../../data/check-value.ts";
import type { SourcePlace } from "../../../data/connect-record.ts";
import { bsonType } from "../bson-value.ts";

/** Where reading goes on. */
export interface ChangePlace {
  /** Behind this change. */
  readonly token?: Document | undefined;
  /** Without a token: from this time of the servers on. */
  readonly from?: Timestamp | undefined;
  /** What is there is still being copied: up to this document of this collection. The changes come behind it, from `from` on. */
  readonly copied?: { readonly namespace: string; readonly id: unknown } | undefined;
}

/** As it stands among Connect's offsets: `_id` is what MongoDB's own connector has there. */
export function offsetOf({ token, from, copied }: ChangePlace): SourcePlace {
  const text = (value: unknown): string => EJSON.stringify(value, { relaxed: false });
  return {
    ...(token !== undefined && { _id: text(token) }),
    ...(from !== undefined && { from: text(from) }),
    ...(copied !== undefined && { copy: "true", namespace: copied.namespace, copied: text([copied.id]) }),
  };
}

/** @throws ConnectError CONNECT_CONFIG where it is no such offset */
export function placeOf(offset: SourcePlace): ChangePlace {
  const read = (name: string): unknown => {
    const text = offset[name];
    if (text === undefined || text === null) return undefined;
    try {
      return EJSON.parse(typeof text === "string" ? text : "", { relaxed: false });
    } catch (cause) {
      throw fail(cause);
    }
  };
  const fail = (cause?: unknown): ConnectError =>
    new ConnectError(
      "CONNECT_CONFIG",
      'An offset of a MongoDB source is {"_id": "{\\"_data\\": \\"…\\"}"}, the id of a change as a text of JSON, or {"from": "{\\"$timestamp\\": {\\"t\\": 1700000000, \\"i\\": 1}}"}.',
      { cause },
    );
  const [token, from, copied] = [read("_id"), read("from"), read("copied")];
  if (token !== undefined && (!isPlainObject(token) || bsonType(token) !== "")) throw fail();
  if (from !== undefined && bsonType(from) !== "Timestamp") throw fail();
  const isCopying = offset["copy"] === "true" || offset["copy"] === true;
  if (isCopying && (from === undefined || !Array.isArray(copied) || typeof offset["namespace"] !== "string")) throw fail();
  if (token === undefined && from === undefined) throw fail();
  return {
    token: token,
    from: from as Timestamp | undefined,
    ...(isCopying && { copied: { namespace: String(offset["namespace"]), id: (copied as unknown[])[0] } }),
  };
}
