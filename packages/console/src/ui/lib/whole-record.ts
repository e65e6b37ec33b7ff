import { api, asApiError, bodyOf } from "./api.ts";
import type { WholeRecord } from "../../messages/whole-record.ts";
import type { ShownRecord } from "./shown-record.ts";

/** Where the console reads as much as it may it is asked again: as many times, so long after each. */
const ASKED_AGAIN = 10;
const ASKED_AGAIN_MS = 1_000;

/** Reads a record whole: lists show the beginning of what is long. Throws {@link ApiError}. */
export async function wholeRecord(topic: string, { partition, offset }: Pick<ShownRecord, "partition" | "offset">): Promise<WholeRecord> {
  const query = { partition: String(partition), offset: String(offset) };
  const ask = (): Promise<WholeRecord> =>
    bodyOf(api.topics[":topic"].record.$get({ param: { topic }, query } as never) as Promise<Response>) as Promise<WholeRecord>;
  for (let again = 0; ; again++) {
    try {
      return await ask();
    } catch (error) {
      if (again >= ASKED_AGAIN || asApiError(error).code !== "READS_BUSY") throw error;
      await new Promise((resolve) => setTimeout(resolve, ASKED_AGAIN_MS));
    }
  }
}
