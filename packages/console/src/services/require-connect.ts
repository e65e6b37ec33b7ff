import { OttlaError } from "@ottla/base";
import type { ConnectRest } from "@ottla/connect/rest-client";

/** Connect, where one is known. Errors: `NO_CONNECT`. */
export function requireConnect(connect: ConnectRest | undefined): ConnectRest {
  if (connect !== undefined) return connect;
  throw new OttlaError("NO_CONNECT", "This console knows no Connect; start one with it, or name yours by --console-connect-url.");
}
