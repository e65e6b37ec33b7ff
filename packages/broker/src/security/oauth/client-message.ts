/** What a client that has a token says first (RFC 7628, section 3.1). */
export interface OAuthClientMessage {
  readonly token: string;
  /** As whom it wants to be seen; "" where it does not say. */
  readonly authorizationId: string;
  /** SASL extensions (KIP-342), such as `logicalCluster`; nothing here depends on them. */
  readonly extensions: ReadonlyMap<string, string>;
}

const SEPARATOR = "\x01";
const HEADER = /^n,(?:a=((?:[\x01-\x2b\x2d-\x3c\x3e-\x7f]|=2C|=3D)+))?,$/;
const NAME = /^[A-Za-z]+$/;
const VALUE = /^[\x21-\x7e \t\r\n]+$/;
const AUTHORISATION = /^(\w+) +([-_~+/.a-zA-Z0-9]+=*)$/;

/** Reads it; a text says why it is none. */
export function readOAuthMessage(message: Buffer): OAuthClientMessage | string {
  const text = message.toString("utf8");
  const headerEnd = text.indexOf(SEPARATOR);
  const header = HEADER.exec(headerEnd < 0 ? "" : text.slice(0, headerEnd));
  if (header === null || !text.endsWith(SEPARATOR)) return "its first message is malformed";
  const pairs = pairsOf(text.slice(headerEnd + 1, -1));
  if (pairs === undefined) return "its first message has something that is no name with a value";
  const authorisation = AUTHORISATION.exec(pairs.get("auth") ?? "");
  if (authorisation === null) return pairs.has("auth") ? "its token has characters that no token has" : "its first message has no token";
  const [, scheme = "", token = ""] = authorisation;
  if (scheme.toLowerCase() !== "bearer") return "its token is not of the kind Bearer";
  pairs.delete("auth");
  return { token, authorizationId: (header[1] ?? "").replaceAll("=2C", ",").replaceAll("=3D", "="), extensions: pairs };
}

function pairsOf(text: string): Map<string, string> | undefined {
  const pairs = new Map<string, string>();
  if (text === "") return pairs;
  if (!text.endsWith(SEPARATOR)) return undefined;
  for (const pair of text.slice(0, -1).split(SEPARATOR)) {
    const equals = pair.indexOf("=");
    const [name, value] = [pair.slice(0, Math.max(0, equals)), pair.slice(equals + 1)];
    if (!NAME.test(name) || !VALUE.test(value)) return undefined;
    pairs.set(name, value);
  }
  return pairs;
}
