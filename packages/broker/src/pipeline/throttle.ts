import type { Session } from "../handler.ts";

/**
 * For how long a connection is not served after the answer to this request (KIP-219: the answer goes out at once, and says so). Called once per answered request.
 */
export type Throttle = (session: Session, apiKey: number, requestBytes: number) => number;

/** Nobody has a quota. */
export const noThrottle: Throttle = () => 0;
