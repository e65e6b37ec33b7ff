import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { OttlaError } from "@ottla/base";
import type { Authority, IssuedCertificate } from "@ottla/broker/certificates";

/** Only the owner reads private keys and passwords. */
const SECRET_MODE = 0o600;
const DAY_MS = 86_400_000;

export const CA_CERTIFICATE = "ca.pem";
export const CA_KEY = "ca-key.pem";

/** Writes a file whole or not at all, so that a broker which looks at it meanwhile sees the old one or the new one. */
export function writeWhole(path: string, text: string, isSecret: boolean): void {
  const half = `${path}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(half, text, { mode: isSecret ? SECRET_MODE : 0o644 });
    renameSync(half, path);
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    throw new OttlaError("CERTIFICATE_UNWRITABLE", `${path.slice(0, 200)} cannot be written (${code}).`, { cause });
  }
}

/** Reads a text file; `CERTIFICATE_UNREADABLE` where that cannot be. */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    throw new OttlaError("CERTIFICATE_UNREADABLE", `${path.slice(0, 200)} cannot be read (${code}).`, { cause });
  }
}

/** The authority of a folder; undefined where there is none. */
export function readAuthority(folder: string): Authority | undefined {
  if (!existsSync(join(folder, CA_CERTIFICATE))) return undefined;
  return { certificate: readText(join(folder, CA_CERTIFICATE)), privateKey: readText(join(folder, CA_KEY)) };
}

export function writeAuthority(folder: string, { certificate, privateKey }: Authority): void {
  writeWhole(join(folder, CA_KEY), privateKey, true);
  writeWhole(join(folder, CA_CERTIFICATE), certificate, false);
}

/** Key, certificate and issuer in one file, as `ssl.keystore.location` with the type PEM takes it. */
export function keystoreText({ certificate, privateKey }: IssuedCertificate, authority: { readonly certificate: string }): string {
  return privateKey + certificate + authority.certificate;
}

const CERTIFICATE_BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** All certificates of a PEM text, in order; one at least. Throws `CERTIFICATE_UNREADABLE` where there is none, or one is damaged. */
export function certificatesIn(text: string, path: string): readonly [X509Certificate, ...X509Certificate[]] {
  const [first, ...others] = Array.from(text.matchAll(CERTIFICATE_BLOCK), ([block], i) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      throw new OttlaError("CERTIFICATE_UNREADABLE", `${path}: its certificate ${i + 1} is damaged.`, { cause });
    }
  });
  if (first === undefined) throw new OttlaError("CERTIFICATE_UNREADABLE", `${path} holds no certificate in PEM.`);
  return [first, ...others];
}

/** The first of {@link certificatesIn}. */
export function certificateIn(text: string, path: string): X509Certificate {
  return certificatesIn(text, path)[0];
}

/** The names and addresses in a certificate. */
export function hostsOf({ subjectAltName = "" }: X509Certificate): string[] {
  return [...subjectAltName.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, host = ""]) => host);
}

/** The subject in the order of RFC 2253, the last part first. */
export function subjectOf({ subject }: X509Certificate): string {
  return subject.split("\n").reverse().join(",");
}

export function daysLeft({ validTo }: X509Certificate, nowMs: number): number {
  return Math.floor((Date.parse(validTo) - nowMs) / DAY_MS);
}

/** From an hour ago, as clocks differ, for so many days. */
export function validity(nowMs: number, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(nowMs - 3_600_000), notAfter: new Date(nowMs + days * DAY_MS) };
}
