import { api, bodyOf } from "./api.ts";
import type { WholeRecord } from "../../messages/whole-record.ts";
import type { ShownRecord } from "./shown-record.ts";

/** Reads a record whole: lists show the beginning of what is long. Throws {@link ApiError}. */
export async function wholeRecord(topic: string, { partition, offset }: Pick<ShownRecord, "partition" | "offset">): Promise<WholeRecord> {
  const query = { partition: String(partition), offset: String(offset) };
  return bodyOf(api.topics[":topic"].record.$get({ param: { topic }, query } as never) as Promise<Response>) as Promise<WholeRecord>;
}
