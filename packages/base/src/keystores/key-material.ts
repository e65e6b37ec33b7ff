import { OttlaError } from "../errors.ts";
import type { TlsClientAuth, TlsServerMaterial, TlsVersion } from "../seams/tls.ts";
import { openKeystore } from "./open-keystore.ts";
import { type PemParts, pemParts, revocationListsIn } from "./pem.ts";
import type { OpenedStores } from "./pkcs12.ts";

/** Where key or certificates come from: in the setting itself, or in a file. */
export interface StoreSettings {
  /** PEM, PKCS12 or JKS, in capitals. */
  readonly type: string;
  readonly location: string | null;
  readonly password: string | null;
}

/** What a server shows and asks for, by Kafka's `ssl.*` settings. */
export interface KeySettings {
  readonly keystore: StoreSettings & { readonly key: string | null; readonly certificateChain: string | null };
  readonly keyPassword: string | null;
  readonly truststore: StoreSettings & { readonly certificates: string | null };
  /** Of the file with lists of revoked certificates. */
  readonly crlLocation: string | null;
  readonly clientAuth: TlsClientAuth;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  readonly cipherSuites: readonly string[];
}

const VERSIONS: readonly TlsVersion[] = ["TLSv1.2", "TLSv1.3"];

/**
 * What is below TLS 1.2 is broken, and is not served whatever is asked for. `protocol` is the engine's own highest version.
 * @throws OttlaError `INVALID_CONFIG`
 */
export function tlsVersionsOf(enabled: readonly string[], protocol: string | null): Pick<KeySettings, "minVersion" | "maxVersion"> {
  const highest = protocol === "TLSv1.2" ? "TLSv1.2" : "TLSv1.3";
  const served = VERSIONS.filter((version) => (enabled.length === 0 || enabled.includes(version)) && version <= highest);
  const [minVersion] = served;
  const maxVersion = served.at(-1);
  if (minVersion === undefined || maxVersion === undefined)
    throw new OttlaError(
      "INVALID_CONFIG",
      `ssl.enabled.protocols (${enabled.join(", ")}) and ssl.protocol leave no version of TLS that is safe; name TLSv1.2 or TLSv1.3.`,
    );
  return { minVersion, maxVersion };
}

/** The files of the machine, by path. Throws where one cannot be read. */
export type ReadFile = (path: string) => Buffer;

/** The largest store that is read: thousands of certificates. */
const STORE_BYTES_MAX = 4 * 1024 * 1024;
const NONE: PemParts = { certificates: [], privateKey: undefined };

/**
 * What a listener shows and trusts, read from its settings and the files that they name. Errors: `TLS_STORE`, in a sentence that names setting, file and remedy; never a password or a key.
 */
export async function readKeyMaterial(
  settings: KeySettings,
  readFile: ReadFile,
  opened: OpenedStores = new Map(),
): Promise<TlsServerMaterial> {
  const { keystore, truststore, keyPassword } = settings;
  const own = await readKeystore(settings, readFile, opened);
  if (own.privateKey === undefined || own.certificates.length === 0) {
    const from = keystore.location ?? "ssl.keystore.key and ssl.keystore.certificate.chain";
    throw refuse(
      `${from} must hold a private key and its certificate; there is ${own.privateKey === undefined ? "no private key" : "no certificate"} in it.`,
    );
  }
  const trusted =
    truststore.certificates === null
      ? await readStore("ssl.truststore", truststore, readFile, opened)
      : inline("ssl.truststore", truststore, truststore.certificates);
  if (trusted.certificates.length === 0 && (truststore.location !== null || truststore.certificates !== null))
    throw refuse(`${truststore.location ?? "ssl.truststore.certificates"} holds no certificate; a trust store needs one at least.`);
  return {
    certificateChain: own.certificates.join(""),
    privateKey: own.privateKey,
    passphrase: keyPassword ?? undefined,
    trustedCertificates: trusted.certificates,
    revocationLists: settings.crlLocation === null ? [] : readRevocationLists(settings.crlLocation, readFile),
    clientAuth: settings.clientAuth,
    minVersion: settings.minVersion,
    maxVersion: settings.maxVersion,
    cipherSuites: settings.cipherSuites,
  };
}

async function readKeystore({ keystore }: KeySettings, readFile: ReadFile, opened: OpenedStores): Promise<PemParts> {
  const { key, certificateChain } = keystore;
  if (key !== null || certificateChain !== null) {
    if (key === null || certificateChain === null)
      throw refuse(
        `ssl.keystore.key and ssl.keystore.certificate.chain go together; ${key === null ? "the key" : "the chain"} is missing.`,
      );
    return inline("ssl.keystore", keystore, `${key}\n${certificateChain}`);
  }
  if (keystore.location === null)
    throw refuse(
      "A listener with TLS needs a certificate; set ssl.keystore.type=PEM and ssl.keystore.location, or ssl.keystore.key and ssl.keystore.certificate.chain.",
    );
  return readStore("ssl.keystore", keystore, readFile, opened);
}

function inline(prefix: string, { type, location }: StoreSettings, text: string): PemParts {
  if (type !== "PEM")
    throw refuse(`${prefix}.type is ${type}; certificates and keys inside the settings are PEM, so set ${prefix}.type=PEM.`);
  if (location !== null) throw refuse(`${prefix}.location and the PEM text inside the settings both say what to take; give one of them.`);
  return pemParts(text, prefix);
}

function readRevocationLists(location: string, readFile: ReadFile): readonly string[] {
  const revocationLists = revocationListsIn(readWhole("ottla.ssl.crl", location, readFile).toString("latin1"), location);
  if (revocationLists.length === 0)
    throw refuse(
      `${location} holds no "X509 CRL" in PEM; have each authority of your clients write one, or leave ottla.ssl.crl.location out.`,
    );
  return revocationLists;
}

async function readStore(
  prefix: string,
  { type, location, password }: StoreSettings,
  readFile: ReadFile,
  opened: OpenedStores,
): Promise<PemParts> {
  if (location === null) return NONE;
  const bytes = readWhole(prefix, location, readFile);
  switch (type) {
    case "PEM":
      if (password !== null) throw refuse(`A PEM file has no password; leave ${prefix}.password out (the key's own is ssl.key.password).`);
      return pemParts(bytes.toString("latin1"), location);
    case "PKCS12":
    case "JKS":
      // Java opens PKCS#12 under either name, and JKS is Kafka's default.
      return openKeystore(opened, location, bytes, password);
    default:
      throw refuse(`${prefix}.type is ${type}; it must be PEM or PKCS12.`);
  }
}

function readWhole(prefix: string, location: string, readFile: ReadFile): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFile(location);
  } catch (cause) {
    throw new OttlaError(
      "TLS_STORE",
      `${prefix}.location names ${location}, which cannot be read (${codeOf(cause)}); check the path and its permissions.`,
      { cause },
    );
  }
  if (bytes.length > STORE_BYTES_MAX)
    throw refuse(`${location} has ${bytes.length} bytes; a store of keys and certificates has at most ${STORE_BYTES_MAX}.`);
  return bytes;
}

function codeOf(cause: unknown): string {
  return cause instanceof Error ? ("code" in cause ? String(cause.code) : cause.message) : String(cause);
}

function refuse(sentence: string): OttlaError {
  return new OttlaError("TLS_STORE", sentence);
}
