import { OttlaError } from "../errors.ts";

/** The PEM blocks of a text: certificates in their order, and the first private key of whatever form. Anything around them is left out. */
export interface PemParts {
  readonly certificates: readonly string[];
  readonly privateKey: string | undefined;
}

/**
 * Finds them. A value written on one line of a properties file has its line ends as `\n` or as blanks; both are taken. Errors: `TLS_STORE` for a text that was cut off, such as a
 * file that is being written.
 */
export function pemParts(text: string, where: string): PemParts {
  const certificates: string[] = [];
  let privateKey: string | undefined;
  for (const { kind, body } of blocksOf(text.replaceAll("\\n", "\n"), where)) {
    if (kind.endsWith("CERTIFICATE")) certificates.push(wrapped(kind, body));
    else if (kind.endsWith("PRIVATE KEY")) privateKey ??= wrapped(kind, body);
  }
  return { certificates, privateKey };
}

/** The revocation lists (RFC 5280) of a PEM text. Errors: as of {@link pemParts}. */
export function revocationListsIn(text: string, where: string): readonly string[] {
  const lists: string[] = [];
  for (const { kind, body } of blocksOf(text, where)) if (kind === "X509 CRL") lists.push(wrapped(kind, body));
  return lists;
}

interface PemBlock {
  readonly kind: string;
  /** What stands between its first line and its last. */
  readonly body: string;
}

/** In time linear in the text: it may come over the wire, from whoever may alter configs. */
function* blocksOf(text: string, where: string): IterableIterator<PemBlock> {
  const begin = /-----BEGIN ([A-Z0-9 ]+)-----/g;
  for (let found = begin.exec(text); found !== null; found = begin.exec(text)) {
    const [, kind = ""] = found;
    const start = begin.lastIndex;
    const last = `-----END ${kind}-----`;
    const end = text.indexOf(last, start);
    if (end < 0 || text.slice(start, end).includes("-----BEGIN "))
      throw new OttlaError(
        "TLS_STORE",
        `${where} has a "BEGIN ${kind.slice(0, 40)}" without its end, so it was cut off; write it anew, beside it first, and then rename.`,
      );
    yield { kind, body: text.slice(start, end) };
    begin.lastIndex = end + last.length;
  }
}

/** In lines of 64, as OpenSSL wants them; the headers of old encrypted keys stay as they are. */
function wrapped(kind: string, body: string): string {
  if (body.includes(":")) return `-----BEGIN ${kind}-----${body}-----END ${kind}-----\n`;
  return `-----BEGIN ${kind}-----\n${body.replace(/\s/g, "").replace(/.{64}(?=.)/g, "$&\n")}\n-----END ${kind}-----\n`;
}
