import type { Session } from "../handler.ts";

/** What goes wrong with one request: it calls the handler, or not, or later. May throw `CloseConnectionError`. */
type Fault = (handle: () => unknown) => unknown;

/** Decides, for a test, whether something goes wrong with a request. */
export type FaultInjection = (session: Session, apiKey: number) => Fault | undefined;
