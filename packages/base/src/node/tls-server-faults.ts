import { OttlaError } from "../errors.ts";

interface Coded extends Error {
  readonly code?: string;
}

/** The seam's `TLS_PLAINTEXT_PEER`, as a client sees it. */
export function serverPlaintextError(host: string): OttlaError {
  return new OttlaError(
    "TLS_PLAINTEXT_PEER",
    `${host} does not speak TLS at this port; set security.protocol to PLAINTEXT or SASL_PLAINTEXT, or use the port of its encrypted listener.`,
  );
}

export function serverTimeoutError(host: string, timeoutMs: number): OttlaError {
  return new OttlaError(
    "TLS_TIMEOUT",
    `The TLS handshake with ${host} was not done within ${timeoutMs} ms; is its listener an encrypted one?`,
  );
}

export function serverGoneError(host: string): OttlaError {
  return new OttlaError("TLS_PEER_GONE", `${host} closed the connection in the TLS handshake; is its listener an encrypted one?`);
}

/** The seam's `TLS_SERVER_CERTIFICATE`: what is wrong with the certificate that a server showed. */
export function serverCertificateError(host: string, fault: Coded): OttlaError {
  return new OttlaError("TLS_SERVER_CERTIFICATE", `${certificateSentence(host, fault)} (${fault.code ?? fault.message})`, { cause: fault });
}

/** The seam's `TLS_REFUSED_BY_PEER` or `TLS_HANDSHAKE_FAILED`, as a client sees them. */
export function serverHandshakeError(host: string, cause: Coded, showsCertificate: boolean): OttlaError {
  const code = cause.code ?? "";
  return (
    refusedByServer(host, cause, showsCertificate) ??
    new OttlaError("TLS_HANDSHAKE_FAILED", `${failureSentence(host, code)} (${code || cause.message})`, { cause })
  );
}

/** An alert may come when the handshake is done for the client's side. Undefined for any other error. */
export function refusedByServer(host: string, cause: Coded, showsCertificate: boolean): OttlaError | undefined {
  const code = cause.code ?? "";
  if (!code.includes("_ALERT_")) return undefined;
  return new OttlaError("TLS_REFUSED_BY_PEER", `${alertSentence(host, code, showsCertificate)} (${code})`, { cause });
}

function certificateSentence(host: string, { code = "" }: Coded): string {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return `The certificate of ${host} has expired; its operator must renew it.`;
    case "CERT_NOT_YET_VALID":
      return `The certificate of ${host} is not valid yet; check the clocks of both machines.`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
    case "HOSTNAME_MISMATCH":
      return `The certificate of ${host} is for another host; connect by a name that it has, or have one issued with this name among its subject alternative names.`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return `The certificate of ${host} is self-signed and not trusted; give the client that certificate as its CA (ssl.truststore.location).`;
    case "CERT_REVOKED":
      return `The certificate of ${host} was revoked.`;
    default:
      return `The certificate of ${host} was not issued by anyone whom this client trusts; give it the certificate of the authority (ssl.truststore.location).`;
  }
}

function alertSentence(host: string, code: string, showsCertificate: boolean): string {
  // Java calls a certificate that it was not shown a bad one.
  const isMissing = code.endsWith("CERTIFICATE_REQUIRED") || (code.endsWith("BAD_CERTIFICATE") && !showsCertificate);
  if (isMissing || code.endsWith("HANDSHAKE_FAILURE"))
    return `${host} broke the TLS handshake off; it may ask for a certificate of this client (ssl.keystore.location), or have no cipher suite in common with it.`;
  if (
    code.endsWith("UNKNOWN_CA") ||
    code.endsWith("BAD_CERTIFICATE") ||
    code.endsWith("CERTIFICATE_UNKNOWN") ||
    code.endsWith("UNSUPPORTED_CERTIFICATE")
  )
    return `${host} does not trust the certificate of this client; have it issued by an authority that is in the broker's trust store.`;
  if (code.endsWith("CERTIFICATE_EXPIRED")) return `The certificate of this client has expired; renew it.`;
  if (code.endsWith("CERTIFICATE_REVOKED")) return `The certificate of this client was revoked.`;
  if (code.endsWith("PROTOCOL_VERSION")) return `${host} takes none of the TLS versions that this client offers (ssl.enabled.protocols).`;
  return `${host} broke the TLS connection off.`;
}

function failureSentence(host: string, code: string): string {
  if (code === "ERR_SSL_UNSUPPORTED_PROTOCOL" || code === "ERR_SSL_VERSION_TOO_LOW")
    return `${host} offers no TLS version that this client takes (ssl.enabled.protocols).`;
  return `The TLS handshake with ${host} failed.`;
}
