import { constants } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import { OttlaError } from "../errors.ts";
import type { TlsClientAuth, TlsServer, TlsServerMaterial } from "../seams/tls.ts";
import { opensslCipher } from "./cipher-names.ts";
import { type HelloKeys, needsSecondHello, takesTls12 } from "./hello-keys.ts";
import { keyGroups } from "./key-groups.ts";

let contextCount = 0;

/** OpenSSL's side of {@link TlsServer}. */
export class NodeTlsServer implements TlsServer {
  readonly clientAuth: TlsClientAuth;
  readonly #context: SecureContext;
  /** For clients of whose keys none fits, and who know TLS 1.2 as well; undefined where that is not allowed. */
  readonly #older: SecureContext | undefined;

  constructor(material: TlsServerMaterial) {
    this.clientAuth = material.clientAuth;
    this.#context = contextOf(material);
    if (material.maxVersion === "TLSv1.2") this.#older = this.#context;
    else if (material.minVersion === "TLSv1.2") this.#older = contextOf({ ...material, maxVersion: "TLSv1.2" });
  }

  /** What a client with this hello is served with. Undefined where it would have to send another one: OpenSSL makes up to 170 KiB of room for that, whoever asks. */
  contextFor(hello: HelloKeys): SecureContext | undefined {
    if (!needsSecondHello(hello, keyGroups().numbers)) return this.#context;
    return takesTls12(hello) ? this.#older : undefined;
  }
}

function contextOf(material: TlsServerMaterial): SecureContext {
  try {
    return createSecureContext(secureContextOptions(material));
  } catch (error) {
    throw materialError(error);
  }
}

/** A server's side of TLS as Node takes it. */
function secureContextOptions(material: TlsServerMaterial): SecureContextOptions {
  return {
    cert: material.certificateChain,
    key: material.privateKey,
    ...(material.passphrase !== undefined && { passphrase: material.passphrase }),
    ...(material.trustedCertificates.length > 0 && { ca: [...material.trustedCertificates] }),
    ...(material.revocationLists && material.revocationLists.length > 0 && { crl: [...material.revocationLists] }),
    minVersion: material.minVersion,
    maxVersion: material.maxVersion,
    ...(material.cipherSuites.length > 0 && { ciphers: material.cipherSuites.map(opensslCipher).join(":") }),
    // A client may only resume a session that was made with this very certificate and trust. None that could have shown a certificate of its own: OpenSSL's ticket would hold that, and make the next hello
    // longer than any that is taken. What TLS 1.3 has instead of it is a name of 32 bytes for a session that nobody keeps.
    sessionIdContext: `ottla-${process.pid}-${contextCount++}`.slice(0, 32),
    honorCipherOrder: true,
    ecdhCurve: keyGroups().curves,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | (material.clientAuth === "none" ? 0 : constants.SSL_OP_NO_TICKET),
  };
}

/** The seam's `TLS_MATERIAL`, for what OpenSSL does not take. */
export function materialError(cause: unknown): OttlaError {
  const reason = reasonOf(cause instanceof Error ? cause : new OttlaError("UNKNOWN", String(cause)));
  return new OttlaError("TLS_MATERIAL", reason, { cause });
}

/** OpenSSL's messages name its own sources. Nothing of the material is in them, nor here. */
function reasonOf(error: Error & { readonly code?: string }): string {
  const { code = "" } = error;
  switch (code) {
    case "ERR_OSSL_X509_KEY_VALUES_MISMATCH":
      return "The private key does not belong to the certificate; give the pair that was issued together.";
    case "ERR_OSSL_PEM_NO_START_LINE":
      return 'A PEM text has no "-----BEGIN …-----" line of the kind that is needed; check that certificate and key are not exchanged.';
    case "ERR_OSSL_BAD_DECRYPT":
    case "ERR_OSSL_EVP_BAD_DECRYPT":
    case "ERR_OSSL_UNSUPPORTED_PASSWORD":
    case "ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED":
      return "The private key cannot be decrypted; check ssl.key.password.";
    case "ERR_SSL_NO_CIPHER_MATCH":
      return "None of the cipher suites is known; check ssl.cipher.suites.";
    case "ERR_SSL_EE_KEY_TOO_SMALL":
    case "ERR_SSL_CA_KEY_TOO_SMALL":
      return "The certificate's key is too short; issue one with RSA 2048 or P-256 at least.";
    default:
      return `Certificate and key cannot be used (${code || error.message}).`;
  }
}
