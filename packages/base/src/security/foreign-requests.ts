const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** The name in a Host header or a bound address, without its port. */
export function hostNameIn(authority: string): string {
  return authority.replace(/:\d+$/, "").toLowerCase();
}

/** Whether a {@link hostNameIn name} is one of the loopback address, which nobody else can have. */
export function isLoopbackName(name: string): boolean {
  return LOOPBACK_NAMES.has(name);
}

/** Who may ask a server over HTTP. */
export interface DoorRules {
  /** Where it listens, as in a Host header. */
  readonly boundHost: string;
  /** Names besides the bound one under which it is reached. */
  readonly names: readonly string[];
  /** Any other name is as good as the bound one: whoever comes has to log in, and a login holds under the name that it was made at alone. */
  readonly anyName?: boolean;
  /** Pages of these origins may read: `https://ops.example`. */
  readonly origins: readonly string[];
}

/**
 * Why a request is not answered; undefined: it is. Who listens on the loopback address answers only requests that name it (so that no other name can be made to point there); a page in a browser is answered if its origin
 * is listed, or if it comes from a known name of this server itself.
 */
export function strangerReason(
  headers: Pick<Headers, "get">,
  { boundHost, names, origins, anyName = false }: DoorRules,
): string | undefined {
  const host = hostNameIn(headers.get("host") ?? "");
  const isLoopback = isLoopbackName(boundHost);
  const isKnown =
    (anyName && !isLoopback) ||
    host === boundHost ||
    names.some((name) => hostNameIn(name) === host) ||
    (isLoopback && isLoopbackName(host));
  if (isLoopback && !isKnown) return `The Host header names "${host}": only the loopback address and the names in hosts are served.`;
  const origin = headers.get("origin");
  if (origin !== null && origins.includes(origin)) return undefined;
  const site = headers.get("sec-fetch-site");
  if (origin === null && (site === null || site === "none")) return undefined;
  if (isKnown && (site === "same-origin" || origin === `http://${headers.get("host")}` || origin === `https://${headers.get("host")}`))
    return undefined;
  return `Pages of ${origin ?? "other sites"} are not served: name their origin in origins.`;
}
