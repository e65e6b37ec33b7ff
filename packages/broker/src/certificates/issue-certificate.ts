import type { webcrypto } from "node:crypto";
import { OttlaError } from "@ottla/base";

/** A certificate and its private key as PEM (PKCS#8). */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Whoever issues certificates: what others put into their trust stores, and the key that signs. */
export type Authority = IssuedCertificate;

/** What a certificate says. */
export interface CertificateWish {
  /** RFC 2253: `CN=broker,O=Example`. */
  readonly subject: string;
  /** Names and IP addresses by which clients connect; none for a client's own certificate. */
  readonly hosts: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const CURVE = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
/** What a certificate names as an address and not as a name. */
const IP_ADDRESS = /^\d+\.\d+\.\d+\.\d+$|:/;
const HOST = /^(?=.{1,253}$)(?:(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}|(?:\*\.)?\w(?:[\w.-]*\w)?)$/i;
/** The library reads a subject in a time that grows with the square of its length. */
const SUBJECT_CHARACTERS_MAX = 1024;
/** Of what is odd, in messages. */
const SHOWN_MAX = 60;
const SERIAL_BYTES = 16;

/** An authority of one's own, signed by itself: P-256, allowed to issue certificates and no further authorities. */
export async function createAuthority({ subject, notBefore, notAfter }: Omit<CertificateWish, "hosts">): Promise<Authority> {
  const x509 = await loadX509();
  const keys = await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: nameOf(x509, subject),
    notBefore,
    notAfter,
    keys,
    signingAlgorithm: CURVE,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, privateKey: await pemOf(keys.privateKey) };
}

/** A certificate for a server or a client, P-256, signed by the authority. Errors: `AUTHORITY_UNREADABLE`, `INVALID_SUBJECT`, `INVALID_HOST`. */
export async function issueCertificate(authority: Authority, wish: CertificateWish): Promise<IssuedCertificate> {
  const odd = wish.hosts.find((host) => !HOST.test(host));
  if (odd !== undefined)
    throw new OttlaError("INVALID_HOST", `"${odd.slice(0, SHOWN_MAX)}" is no host; give a name or an IP address, without a port.`);
  const x509 = await loadX509();
  const { issuer, signingKey } = await readAuthority(authority);
  const keys = await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: nameOf(x509, wish.subject),
    issuer: issuer.subject,
    notBefore: wish.notBefore,
    notAfter: wish.notAfter,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: CURVE,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(wish.hosts.length > 0
        ? [
            new x509.SubjectAlternativeNameExtension(
              wish.hosts.map((host) => ({ type: IP_ADDRESS.test(host) ? "ip" : "dns", value: host })),
            ),
          ]
        : []),
    ],
  });
  return { certificate: `${certificate.toString("pem")}\n`, privateKey: await pemOf(keys.privateKey) };
}

async function readAuthority({ certificate, privateKey }: Authority) {
  const x509 = await loadX509();
  try {
    const issuer = new x509.X509Certificate(certificate);
    const der = Buffer.from(privateKey.replace(/-----[^-]+-----|\s/g, ""), "base64");
    return { issuer, signingKey: await crypto.subtle.importKey("pkcs8", der, CURVE, false, ["sign"]) };
  } catch (cause) {
    throw new OttlaError(
      "AUTHORITY_UNREADABLE",
      "The authority's certificate or key cannot be read; it must be PEM, the key PKCS#8 on the curve P-256 and not encrypted.",
      { cause },
    );
  }
}

/** The library is large, and needed only where certificates are made. */
async function loadX509() {
  await import("reflect-metadata");
  return import("@peculiar/x509");
}

/** RFC 2253 begins with the most specific part, and a certificate with the least. */
function nameOf({ Name }: Awaited<ReturnType<typeof loadX509>>, subject: string) {
  if (subject.length > SUBJECT_CHARACTERS_MAX)
    throw new OttlaError(
      "INVALID_SUBJECT",
      `"${subject.slice(0, SHOWN_MAX)}…" is no subject of a certificate: it has ${subject.length} characters, and ${SUBJECT_CHARACTERS_MAX} are the most.`,
    );
  try {
    return new Name(new Name(subject).toJSON().reverse());
  } catch (cause) {
    throw new OttlaError(
      "INVALID_SUBJECT",
      `"${subject.slice(0, SHOWN_MAX)}" is no subject of a certificate; write it as CN=alice,O=Example.`,
      { cause },
    );
  }
}

function serialNumber(): string {
  const bytes = crypto.getRandomValues(Buffer.alloc(SERIAL_BYTES));
  // Positive, and of full length.
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes.toString("hex");
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await crypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${base64.replace(/.{64}(?=.)/g, "$&\n")}\n-----END PRIVATE KEY-----\n`;
}
