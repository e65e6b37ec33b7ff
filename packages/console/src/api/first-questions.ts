/** What the lists of topics and groups ask beside what stands in the page's address. */
const LISTED = ["search", "page", "internal"] as const;

/**
 * What the page at an address asks of the API at once, in the form that {@link questionName} gives: who is there, what the console is, and what the page shows. Only what is answered from what is known, and the settings of a topic; nothing that the audit is told of.
 */
export function firstQuestions({ pathname, searchParams }: URL): readonly string[] {
  const [room = "", thing, ...rest] = pathname.split("/").slice(1);
  const common = ["/api/session", "/api/about"];
  if (rest.length > 0) return common;
  const asked = (path: string, params: Readonly<Record<string, string | null>> = {}): readonly string[] => {
    const url = new URL(path, "http://console");
    for (const [name, value] of Object.entries(params)) if (value !== null) url.searchParams.set(name, value);
    return [...common, questionName(url)];
  };
  const list = (path: string): readonly string[] =>
    asked(path, {
      sort: searchParams.get("sort") ?? "name",
      order: searchParams.get("order") ?? "ascending",
      page: "0",
      ...Object.fromEntries(LISTED.flatMap((name) => (searchParams.has(name) ? [[name, searchParams.get(name)]] : []))),
    });
  if (thing !== undefined && room === "topics") {
    const topic = `/api/topics/${thing}`;
    const settings = searchParams.get("tab") === "settings" ? [questionName(new URL(`${topic}/settings`, "http://console"))] : [];
    return [...asked(topic), ...settings];
  }
  if (thing !== undefined) return room === "groups" ? asked("/api/group", { id: decoded(thing) }) : common;
  switch (room) {
    case "":
      return asked("/api/overview");
    case "topics":
      return searchParams.get("view") === "tree" ? common : list("/api/topics");
    case "groups":
      return list("/api/groups");
    case "timeline":
      return asked("/api/timeline");
    case "findings":
      return asked("/api/findings/known");
    case "changes":
      return asked("/api/plans");
    case "security":
      return (searchParams.get("tab") ?? "acls") === "acls" ? asked("/api/security", { search: searchParams.get("search") }) : common;
    default:
      return common;
  }
}

/** One name for all addresses that ask the same: parameters in order, and none that is empty. */
export function questionName({ pathname, searchParams }: URL): string {
  const params = new URLSearchParams([...searchParams].filter(([, value]) => value !== "").sort(byName));
  return params.size === 0 ? pathname : `${pathname}?${params}`;
}

function byName([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whoever types an address may mistype it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
