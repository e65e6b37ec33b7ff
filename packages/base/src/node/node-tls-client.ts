import { createSecureContext, type SecureContext } from "node:tls";
import type { TlsClient, TlsClientMaterial } from "../seams/tls.ts";
import { opensslCipher } from "./cipher-names.ts";
import { materialError } from "./node-tls-server.ts";

/** OpenSSL's side of {@link TlsClient}. */
export class NodeTlsClient implements TlsClient {
  readonly side = "client";
  readonly context: SecureContext;
  readonly showsCertificate: boolean;

  constructor(material: TlsClientMaterial) {
    this.showsCertificate = material.certificateChain !== undefined;
    this.context = contextOf(material);
  }
}

function contextOf({
  certificateChain,
  privateKey,
  passphrase,
  trustedCertificates,
  minVersion,
  maxVersion,
  cipherSuites,
}: TlsClientMaterial) {
  try {
    return createSecureContext({
      ...(certificateChain !== undefined && { cert: certificateChain }),
      ...(privateKey !== undefined && { key: privateKey }),
      ...(passphrase !== undefined && { passphrase }),
      ...(trustedCertificates.length > 0 && { ca: [...trustedCertificates] }),
      minVersion,
      maxVersion,
      ...(cipherSuites.length > 0 && { ciphers: cipherSuites.map(opensslCipher).join(":") }),
    });
  } catch (error) {
    throw materialError(error);
  }
}
