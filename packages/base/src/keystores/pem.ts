/** The PEM blocks of a text: certificates in their order, and the first private key of whatever form. Anything around them is left out. */
export interface PemParts {
  readonly certificates: readonly string[];
  readonly privateKey: string | undefined;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g;

/** Finds them. A value written on one line of a properties file has its line ends as `\n` or as blanks; both are taken. */
export function pemParts(text: string): PemParts {
  const certificates: string[] = [];
  let privateKey: string | undefined;
  for (const [block, kind = ""] of text.replaceAll("\\n", "\n").matchAll(BLOCK)) {
    if (kind.endsWith("CERTIFICATE")) certificates.push(wrapped(block, kind));
    else if (kind.endsWith("PRIVATE KEY")) privateKey ??= wrapped(block, kind);
  }
  return { certificates, privateKey };
}

/** The revocation lists (RFC 5280) of a PEM text. */
export function revocationListsIn(text: string): readonly string[] {
  return Array.from(text.matchAll(BLOCK))
    .filter(([, kind]) => kind === "X509 CRL")
    .map(([block]) => wrapped(block, "X509 CRL"));
}

/** In lines of 64, as OpenSSL wants them; the headers of old encrypted keys stay as they are. */
function wrapped(block: string, kind: string): string {
  const body = block.slice(`-----BEGIN ${kind}-----`.length, -`-----END ${kind}-----`.length);
  if (body.includes(":")) return `${block}\n`;
  return `-----BEGIN ${kind}-----\n${body.replace(/\s/g, "").replace(/.{64}(?=.)/g, "$&\n")}\n-----END ${kind}-----\n`;
}
