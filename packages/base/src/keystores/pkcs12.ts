import { OttlaError } from "../errors.ts";
import type { PemParts } from "./pem.ts";

/** Stores that were opened, by path: opening one takes thousands of hashes, and nothing is gained where bytes and password are the same. */
export type OpenedStores = Map<string, { readonly bytes: Buffer; readonly password: string | null; readonly content: PemParts }>;

/** As {@link readPkcs12}, unless the store is known. */
export async function readPkcs12Once(opened: OpenedStores, file: string, bytes: Buffer, password: string | null): Promise<PemParts> {
  const known = opened.get(file);
  if (known !== undefined && known.password === password && known.bytes.equals(bytes)) return known.content;
  const content = await readPkcs12(file, bytes, password);
  opened.set(file, { bytes: Buffer.from(bytes), password, content });
  return content;
}

/**
 * Opens a key or trust store as Java's keytool and OpenSSL write it, old ciphers and new. The certificate of the private key comes first. Throws `TLS_STORE`, which says neither
 * password nor content.
 */
async function readPkcs12(file: string, bytes: Buffer, password: string | null): Promise<PemParts> {
  const { default: forge } = await import("node-forge");
  try {
    const { asn1, pkcs12, pki } = forge;
    const encode = (type: string, body: string): string => forge.pem.encode({ type, body }).replaceAll("\r\n", "\n");
    const store = pkcs12.pkcs12FromAsn1(asn1.fromDer(bytes.toString("latin1")), false, password ?? "");
    const bags = store.safeContents.flatMap(({ safeBags }) => safeBags);
    const certificates: { readonly id: string; readonly pem: string }[] = [];
    let privateKey: { readonly id: string; readonly pem: string } | undefined;
    for (const bag of bags) {
      const id = String(bag.attributes?.localKeyId?.[0] ?? "");
      if (bag.type === pki.oids["certBag"]) {
        // Of curves the library knows nothing, but it keeps the bytes.
        const certificate = bag.cert ? pki.certificateToAsn1(bag.cert) : bag.asn1;
        certificates.push({ id, pem: encode("CERTIFICATE", asn1.toDer(certificate).getBytes()) });
      } else if (bag.type === pki.oids["pkcs8ShroudedKeyBag"] || bag.type === pki.oids["keyBag"]) {
        const key = bag.key ? pki.wrapRsaPrivateKey(pki.privateKeyToAsn1(bag.key)) : bag.asn1;
        privateKey ??= { id, pem: encode("PRIVATE KEY", asn1.toDer(key).getBytes()) };
      }
    }
    const keyId = privateKey?.id;
    certificates.sort((a, b) => Number(b.id !== "" && b.id === keyId) - Number(a.id !== "" && a.id === keyId));
    return { certificates: certificates.map((certificate) => certificate.pem), privateKey: privateKey?.pem };
  } catch (cause) {
    const isPassword = cause instanceof Error && /password|MAC could not/i.test(cause.message);
    throw new OttlaError(
      "TLS_STORE",
      isPassword
        ? `The PKCS#12 store ${file} cannot be opened with its password; check ssl.keystore.password or ssl.truststore.password.`
        : `${file} cannot be read as a PKCS#12 store; check that it is one, and its password.`,
      { cause },
    );
  }
}
