import { X509Certificate } from "node:crypto";
import type { Authority } from "../../certificates/index.ts";

const CURVE = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A list, as PEM, in which an authority takes certificates back. */
export async function revocationList(authority: Authority, revoked: readonly string[], nextUpdate: Date): Promise<string> {
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const der = Buffer.from(authority.privateKey.replace(/-----[^-]+-----|\s/g, ""), "base64");
  const list = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(authority.certificate).subject,
    thisUpdate: new Date(nextUpdate.getTime() - 3_600_000),
    nextUpdate,
    entries: revoked.map((certificate) => ({ serialNumber: new X509Certificate(certificate).serialNumber, revocationDate: new Date(0) })),
    signingAlgorithm: CURVE,
    signingKey: await crypto.subtle.importKey("pkcs8", der, CURVE, false, ["sign"]),
  });
  // The library writes another word, which OpenSSL does not know.
  return `-----BEGIN X509 CRL-----\n${list.toString("base64").replace(/.{64}(?=.)/g, "$&\n")}\n-----END X509 CRL-----\n`;
}
