/** What is there beside topics and groups; see `/about` of the API. */
export interface Rooms {
  readonly schemas: boolean;
  readonly connect: boolean;
  readonly streams: boolean;
}

/** Pages that are there where a service runs, and are loaded when they are opened. */
export const SERVICE_ROOMS: ReadonlySet<string> = new Set(["schemas", "connect", "streams", "dead-letters"]);

/** Those of them that navigation shows. */
export function servicePages(rooms: Rooms | undefined): readonly { readonly path: string; readonly name: string }[] {
  return [
    ...(rooms?.schemas ? [{ path: "schemas", name: "Schemas" }] : []),
    ...(rooms?.connect ? [{ path: "connect", name: "Connect" }] : []),
    ...(rooms?.streams ? [{ path: "streams", name: "Streams" }] : []),
    ...(rooms === undefined ? [] : [{ path: "dead-letters", name: "Dead letters" }]),
  ];
}
