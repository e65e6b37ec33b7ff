import { OttlaError } from "../errors.ts";

/** The seam's error for a failed `listen`: `PORT_IN_USE`, `ADDRESS_UNAVAILABLE` or `PORT_DENIED`. */
export function listenError(host: string, port: number, cause: Error): OttlaError {
  const where = `${bracketed(host)}:${port}`;
  switch (systemCode(cause)) {
    case "EADDRINUSE":
      return new OttlaError(
        "PORT_IN_USE",
        `Cannot listen on ${where}: the port is in use; stop the other program or choose another port (0 takes any free one).`,
        { cause },
      );
    case "EACCES":
    case "EPERM":
      return new OttlaError("PORT_DENIED", `Cannot listen on ${where}: this user may not use that port; choose one above 1023.`, { cause });
    default:
      return new OttlaError("ADDRESS_UNAVAILABLE", `Cannot listen on ${where}: this machine has no such address (${systemCode(cause)}).`, {
        cause,
      });
  }
}

/** The seam's error for a failed `connect`: `CONNECT_REFUSED`, `CONNECT_TIMEOUT` or `CONNECT_FAILED`. */
export function connectError(host: string, port: number, cause: Error): OttlaError {
  const where = `${bracketed(host)}:${port}`;
  switch (systemCode(cause)) {
    case "ECONNREFUSED":
      return new OttlaError("CONNECT_REFUSED", `Nothing accepts connections at ${where}; is the broker running there?`, { cause });
    case "ETIMEDOUT":
      return new OttlaError("CONNECT_TIMEOUT", `${where} did not answer; check the address and the firewalls between.`, { cause });
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_FAIL":
      return new OttlaError("CONNECT_FAILED", `The host name ${host} cannot be resolved (${systemCode(cause)}).`, { cause });
    default:
      return new OttlaError("CONNECT_FAILED", `Cannot connect to ${where} (${systemCode(cause)}).`, { cause });
  }
}

/** As {@link connectError} with `CONNECT_TIMEOUT`, when nothing was heard within `timeoutMs`. */
export function connectTimeoutError(host: string, port: number, timeoutMs: number): OttlaError {
  const where = `${bracketed(host)}:${port}`;
  return new OttlaError("CONNECT_TIMEOUT", `${where} did not answer within ${timeoutMs} ms; check the address and the firewalls between.`);
}

/** The seam's `CONNECT_ABORTED`: the caller did not want to wait any longer. */
export function connectAbortedError(host: string, port: number): OttlaError {
  return new OttlaError("CONNECT_ABORTED", `Connecting to ${bracketed(host)}:${port} was given up by its caller.`);
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function systemCode(error: Error): string {
  return "code" in error ? String(error.code) : error.message;
}
