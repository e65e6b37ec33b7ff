import { OttlaError } from "../errors.ts";

interface Coded extends Error {
  readonly code?: string;
}

/** The seam's `TLS_PLAINTEXT_PEER`. */
export function plaintextPeerError(): OttlaError {
  return new OttlaError(
    "TLS_PLAINTEXT_PEER",
    "The client speaks plaintext to a listener that is encrypted; set its security.protocol to SSL or SASL_SSL.",
  );
}

/** The seam's `TLS_HANDSHAKE_FAILED` for a first message that no client has. `what` goes on from its name. */
export function unfitHelloError(what: string): OttlaError {
  return new OttlaError("TLS_HANDSHAKE_FAILED", `The client's first message ${what}; up to 6 KiB are taken, and no TLS client needs more.`);
}

/** The seam's `TLS_HANDSHAKE_FAILED` for a first message that breaks off within itself. */
export function brokenHelloError(): OttlaError {
  return new OttlaError("TLS_HANDSHAKE_FAILED", "The client's first message is not written as TLS wants it.");
}

/** The seam's `TLS_HANDSHAKE_FAILED` where client and server have no kind of key in common that the client began with. */
export function noCommonKeyError(): OttlaError {
  return new OttlaError(
    "TLS_HANDSHAKE_FAILED",
    "The client began TLS 1.3 with no kind of key that is taken here, and takes no TLS 1.2; let it begin with X25519, P-256, P-384, P-521 or X25519MLKEM768.",
  );
}

/** The seam's `TLS_TIMEOUT`. */
export function tlsTimeoutError(timeoutMs: number): OttlaError {
  return new OttlaError("TLS_TIMEOUT", `The TLS handshake was not done within ${timeoutMs} ms.`);
}

/** The seam's `TLS_PEER_GONE`. */
export function peerGoneError(): OttlaError {
  return new OttlaError("TLS_PEER_GONE", "The client left before the TLS handshake was done.");
}

/** The seam's `TLS_CLIENT_CERTIFICATE`: what OpenSSL found wrong with the certificate that a client showed. */
export function certificateError(fault: Coded): OttlaError {
  return new OttlaError("TLS_CLIENT_CERTIFICATE", `${certificateSentence(fault)} (${fault.code ?? fault.message})`, { cause: fault });
}

/** The seam's `TLS_CLIENT_CERTIFICATE` for a certificate that OpenSSL takes and that does not say by DER whose it is. */
export function unreadableSubjectError(): OttlaError {
  return new OttlaError(
    "TLS_CLIENT_CERTIFICATE",
    "The subject of the client's certificate is not written in DER, as RFC 5280 wants it; have its authority issue another one.",
  );
}

/** The seam's error for a handshake that OpenSSL gave up. */
export function handshakeError(cause: Coded): OttlaError {
  const code = cause.code ?? "";
  if (code === "ECONNRESET" || code === "EPIPE") return peerGoneError();
  if (code === "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE")
    return new OttlaError(
      "TLS_CLIENT_CERTIFICATE",
      "The client showed no certificate, and ssl.client.auth is required; give it a key store with one.",
      { cause },
    );
  if (code.includes("_ALERT_")) return new OttlaError("TLS_REFUSED_BY_PEER", `${alertSentence(code)} (${code})`, { cause });
  return new OttlaError("TLS_HANDSHAKE_FAILED", `${failureSentence(code)} (${code || "no reason given"})`, { cause });
}

/** In TLS 1.3 a client judges the server's certificate when the server is done with the handshake: its refusal comes as an alert later. Undefined for any other error. */
export function refusedByClient(cause: Coded): OttlaError | undefined {
  return cause.code?.includes("_ALERT_") === true ? handshakeError(cause) : undefined;
}

function certificateSentence({ code = "" }: Coded): string {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return "The client's certificate has expired; issue a new one.";
    case "CERT_NOT_YET_VALID":
      return "The client's certificate is not valid yet; check the clocks of both machines.";
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return "The client's certificate is self-signed and not among those trusted; put it into the trust store, or have it issued by an authority that is there.";
    case "CERT_REVOKED":
      return "The client's certificate was revoked.";
    case "UNABLE_TO_GET_CRL":
      return "An authority in the chain of the client's certificate has no list in ottla.ssl.crl.location; add one, though it may be empty.";
    case "CRL_HAS_EXPIRED":
    case "CRL_NOT_YET_VALID":
      return "A revocation list in ottla.ssl.crl.location has run out, or is not valid yet; have its authority write a new one.";
    default:
      return "The client's certificate was not issued by anyone in the trust store.";
  }
}

function alertSentence(code: string): string {
  if (code.endsWith("UNKNOWN_CA") || code.endsWith("CERTIFICATE_UNKNOWN") || code.endsWith("BAD_CERTIFICATE"))
    return "The client does not trust the broker's certificate; give it the certificate of the authority that issued it, and check that the certificate names the host that the client connects to.";
  if (code.endsWith("CERTIFICATE_EXPIRED")) return "To the client the broker's certificate has expired; issue a new one.";
  return "The client broke the TLS handshake off.";
}

function failureSentence(code: string): string {
  switch (code) {
    case "ERR_SSL_UNSUPPORTED_PROTOCOL":
    case "ERR_SSL_VERSION_TOO_LOW":
      return "The client offers no TLS version that ssl.enabled.protocols allows.";
    case "ERR_SSL_NO_SHARED_CIPHER":
      return "Client and broker have no cipher suite in common; check ssl.cipher.suites, and that the certificate's key is of a kind that the client takes.";
    default:
      return "The TLS handshake failed.";
  }
}
