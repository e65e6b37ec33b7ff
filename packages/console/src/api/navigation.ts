/** What is there beside topics and groups; see `/about` of the API. */
export interface Rooms {
  readonly schemas: boolean;
  readonly connect: boolean;
  readonly streams: boolean;
}

/** A page that navigation leads to. */
export interface NavigationPage {
  readonly path: string;
  readonly name: string;
}

/** The pages in the order in which navigation shows them; those of services where they run, none of them while that is not known. */
export function navigationPages(rooms: Rooms | undefined): readonly NavigationPage[] {
  return [
    { path: "", name: "Overview" },
    { path: "topics", name: "Topics" },
    { path: "groups", name: "Groups" },
    ...(rooms?.schemas ? [{ path: "schemas", name: "Schemas" }] : []),
    ...(rooms?.connect ? [{ path: "connect", name: "Connect" }] : []),
    ...(rooms?.streams ? [{ path: "streams", name: "Streams" }] : []),
    ...(rooms === undefined ? [] : [{ path: "dead-letters", name: "Dead letters" }]),
    { path: "findings", name: "Findings" },
    { path: "timeline", name: "Timeline" },
    { path: "security", name: "Security" },
    { path: "changes", name: "Changes" },
  ];
}
