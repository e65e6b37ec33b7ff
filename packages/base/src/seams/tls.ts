/** Whether clients must, may or need not show a certificate; Kafka's `ssl.client.auth`. */
export type TlsClientAuth = "none" | "requested" | "required";

/** The versions that are safe. */
export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** What a server shows to its clients and asks of them, as text. */
export interface TlsServerMaterial {
  /** PEM: the server's own certificate, then those that issued it. */
  readonly certificateChain: string;
  /** PEM, PKCS#8 or the older forms. */
  readonly privateKey: string;
  /** Of the private key, where it is encrypted. */
  readonly passphrase?: string | undefined;
  /** PEM, each text with one certificate or more: who may have issued clients' certificates. Empty: the authorities that Node knows. */
  readonly trustedCertificates: readonly string[];
  /** PEM, each text with one list or more: certificates of clients that their authorities have taken back (RFC 5280). Where there are any, every authority of a client's chain needs a list that has not run out. */
  readonly revocationLists?: readonly string[] | undefined;
  readonly clientAuth: TlsClientAuth;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** Names as the standards (`TLS_AES_128_GCM_SHA256`) or OpenSSL write them; empty for the library's own choice. */
  readonly cipherSuites: readonly string[];
}

/** A server's side of TLS, ready for handshakes; made by `Net.tlsServer`, and good for any number of connections. */
export interface TlsServer {
  readonly clientAuth: TlsClientAuth;
}

/** How a connection becomes an encrypted one. */
export interface TlsAcceptOptions {
  /** For the whole handshake. */
  readonly timeoutMs: number;
  /** Runs the costly part of a handshake when its turn comes, so that many at once do not keep others waiting. Default: at once. */
  readonly turn?: (work: () => void) => void;
}

/** The other end of an encrypted connection. */
export interface TlsPeer {
  /** The subject of its certificate as RFC 2253 writes it, most specific first: `CN=alice,O=Example,C=DE`. Undefined where it showed none. */
  readonly subject: string | undefined;
  readonly protocol: string;
  readonly cipherSuite: string;
}

/** What a client shows to servers and whom it trusts, as text. */
export interface TlsClientMaterial {
  /** PEM: the client's own certificate, then those that issued it. */
  readonly certificateChain?: string | undefined;
  /** PEM, PKCS#8 or the older forms. */
  readonly privateKey?: string | undefined;
  /** Of the private key, where it is encrypted. */
  readonly passphrase?: string | undefined;
  /** PEM, each text with one certificate or more: who may have issued servers' certificates. Empty: the authorities that Node knows. */
  readonly trustedCertificates: readonly string[];
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** As those of {@link TlsServerMaterial}. */
  readonly cipherSuites: readonly string[];
}

/** A client's side of TLS; made by `Net.tlsClient`, and good for any number of connections. */
export interface TlsClient {
  readonly side: "client";
}

/** How a connection becomes an encrypted one from the client's side. */
export interface TlsStartOptions {
  /** Whom the client means to reach: the name that is asked for, and that the certificate must have. */
  readonly host: string;
  /** False: any host's certificate will do that was issued by somebody trusted. */
  readonly verifiesHost: boolean;
  /** For the whole handshake. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}
