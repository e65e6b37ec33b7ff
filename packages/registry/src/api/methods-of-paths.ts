/** Of middleware, which stands at every path. */
const ALL = "ALL";

/** Which methods are served at a path, from what is routed; none where nothing is. */
export function methodsOfPaths(routes: readonly { readonly path: string; readonly method: string }[]): (path: string) => readonly string[] {
  const served = new Map<string, { readonly matches: RegExp; readonly methods: Set<string> }>();
  for (const { path, method } of routes) {
    if (method === ALL) continue;
    const known = served.get(path) ?? { matches: new RegExp(`^${path.replaceAll(/:[a-z]+/gi, "[^/]+")}$`), methods: new Set<string>() };
    known.methods.add(method);
    // What can be got is also answered without its body.
    if (method === "GET") known.methods.add("HEAD");
    served.set(path, known);
  }
  return (path) => {
    const methods = new Set<string>();
    for (const each of served.values()) if (each.matches.test(path)) for (const method of each.methods) methods.add(method);
    return [...methods].toSorted();
  };
}
