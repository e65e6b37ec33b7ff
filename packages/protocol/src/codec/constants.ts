/** The UUID of zeros: "none". */
export const NIL_UUID = "AAAAAAAAAAAAAAAAAAAAAA";

/** Java's Long.MAX_VALUE as a number: the one value beyond the safe integers that the protocol uses, for "unknown" or "no limit". */
export const INT64_MAX: number = 2 ** 63;
