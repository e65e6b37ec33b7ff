/** Pages that are there where a service runs, and are loaded when they are opened. */
export const SERVICE_ROOMS: ReadonlySet<string> = new Set(["schemas", "connect", "streams", "dead-letters"]);
