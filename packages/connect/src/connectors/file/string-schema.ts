import type { ConnectSchema } from "../../data/schema.ts";

/** What a line is. */
export const STRING_SCHEMA: ConnectSchema = Object.freeze({ type: "string", optional: false });
