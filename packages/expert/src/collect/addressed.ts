/** An address without the login in it, and the headers that the login makes. */
export interface Addressed {
  readonly address: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Takes the login out of `https://user:password@host:8083`, so that it is in no message.
 * @throws TypeError, URIError for what is no address
 */
export function addressed(url: string): Addressed {
  const address = new URL(url);
  const login = address.username === "" ? undefined : `${decodeURIComponent(address.username)}:${decodeURIComponent(address.password)}`;
  address.username = "";
  address.password = "";
  return { address, headers: login === undefined ? {} : { Authorization: `Basic ${Buffer.from(login).toString("base64")}` } };
}
