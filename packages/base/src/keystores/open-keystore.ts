import { OttlaError } from "../errors.ts";
import type { PemParts } from "./pem.ts";
import { type OpenedStores, readPkcs12Once } from "./pkcs12.ts";

const JKS_MAGIC = 0xfeedfeed;
const JCEKS_MAGIC = 0xcececece;

/**
 * The certificates and the private key of a store as Java's keytool and OpenSSL make them: PKCS#12, whatever its name ends in. Throws `TLS_STORE` in a sentence that names the
 * file and the remedy, and neither password nor content; Java's own format (JKS) is told as such.
 */
export function openKeystore(opened: OpenedStores, file: string, bytes: Buffer, password: string | null): Promise<PemParts> {
  if (isJavasOwn(bytes))
    throw refuse(
      `${file} is a JKS store, Java's own format, which Ottla does not read; convert it: keytool -importkeystore -srckeystore ${file} -destkeystore ${file.replace(/\.jks$/i, "")}.p12 -deststoretype PKCS12, and name that file.`,
    );
  if (bytes.subarray(0, 4096).includes("-----BEGIN "))
    throw refuse(`${file} is a PEM file and no PKCS#12 store; say that its type is PEM (ssl.keystore.type, ssl.truststore.type).`);
  return readPkcs12Once(opened, file, bytes, password);
}

function isJavasOwn(bytes: Buffer): boolean {
  const magic = bytes.length < 4 ? 0 : bytes.readUInt32BE(0);
  return magic === JKS_MAGIC || magic === JCEKS_MAGIC;
}

function refuse(sentence: string): OttlaError {
  return new OttlaError("TLS_STORE", sentence);
}
