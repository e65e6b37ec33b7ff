import { type KeySettings, OttlaError, type TlsClientAuth, tlsVersionsOf } from "@ottla/base";
import { ConnectError } from "../connect-error.ts";
import type { ConnectorProperties } from "../plugin/read-config.ts";

/** Where a worker's REST API is served, and how, as its properties say it in Apache Connect's names. */
export interface RestSettings {
  /** Undefined: nothing is said. An empty host is every interface. */
  readonly listener: { readonly isSecure: boolean; readonly host: string; readonly port: number } | undefined;
  /** Where other workers find this one; undefined: where it listens. */
  readonly advertised: { readonly host: string | undefined; readonly port: number | undefined };
  /** Of a listener of HTTPS. */
  readonly keys: KeySettings | undefined;
  /** False: no `/admin/…`. */
  readonly hasAdmin: boolean;
  /** Somebody asked for logins. */
  readonly needsUsers: boolean;
}

const PREFIX = "listeners.https.";
const BASIC_AUTH = /^(?:org\.apache\.kafka\.connect\.rest\.basic\.auth\.extension\.)?BasicAuthSecurityRestExtension$/;
const PORT_MAX = 65_535;
const CLIENT_AUTHS: readonly TlsClientAuth[] = ["none", "requested", "required"];

/**
 * Reads them.
 * @throws ConnectError `CONNECT_CONFIG` for what is wrong, and for what Apache's workers can and this one does not, with what to do instead
 */
export function readRestSettings(properties: ConnectorProperties): RestSettings {
  const text = (name: string): string | undefined => properties[name]?.trim() || undefined;
  const listener = listenerOf(listIn(text("listeners")));
  requireOneDoor(properties["admin.listeners"], text("listeners"));
  const scheme = text("rest.advertised.listener")?.toLowerCase();
  if (scheme !== undefined && scheme !== (listener?.isSecure ? "https" : "http"))
    throw wrong(`rest.advertised.listener is ${scheme}, and no listener of listeners is; name the one that is served.`);
  const port = text("rest.advertised.port");
  return {
    listener,
    advertised: { host: text("rest.advertised.host.name"), port: port === undefined ? undefined : portOf(port, "rest.advertised.port") },
    keys: listener?.isSecure ? keysOf(properties) : undefined,
    hasAdmin: properties["admin.listeners"] === undefined || properties["admin.listeners"].trim() !== "",
    needsUsers: needsUsers(listIn(text("rest.extension.classes"))),
  };
}

function listenerOf(listeners: readonly string[]): RestSettings["listener"] {
  if (listeners.length > 1)
    throw wrong(`listeners names ${listeners.length} addresses, and a worker is served at one; keep the one that clients use.`);
  const [address] = listeners;
  if (address === undefined) return undefined;
  const [, scheme = "", host = "", port = ""] = /^(https?):\/\/(\[[0-9a-f:.%]+\]|[^:/[\]]*):(\d+)\/?$/i.exec(address) ?? [];
  if (scheme === "") throw wrong(`listeners is ${address.slice(0, 200)}, which is no address such as https://connect-1.example:8083.`);
  return { isSecure: scheme.toLowerCase() === "https", host, port: portOf(port, "listeners") };
}

function requireOneDoor(admin: string | undefined, listeners: string | undefined): void {
  if (admin === undefined || admin.trim() === "" || admin.trim() === listeners) return;
  throw wrong(
    "admin.listeners names an address of its own, and a worker is served at one; leave it out and let --connect-users say who may change loggers, or set it to nothing to serve no /admin.",
  );
}

function needsUsers(classes: readonly string[]): boolean {
  const other = classes.find((name) => !BASIC_AUTH.test(name));
  if (other !== undefined)
    throw wrong(
      `rest.extension.classes names ${other.slice(0, 200)}, which is Java code and cannot run here; leave it out. Logins, roles, HTTPS and an audit are the worker's own: --connect-users, --connect-certificate, --connect-audit.`,
    );
  return classes.length > 0;
}

/** As Apache's workers read them: with the prefix all of them, or none. */
function keysOf(properties: ConnectorProperties): KeySettings {
  const isPrefixed = Object.keys(properties).some((name) => name.startsWith(PREFIX));
  const prefix = isPrefixed ? PREFIX : "";
  const text = (name: string): string | null => properties[`${prefix}ssl.${name}`]?.trim() || null;
  const clientAuth = CLIENT_AUTHS.find((each) => each === (text("client.auth") ?? "none").toLowerCase());
  if (clientAuth === undefined) throw wrong(`${prefix}ssl.client.auth is one of ${CLIENT_AUTHS.join(", ")}.`);
  if (text("engine.factory.class") !== null)
    throw wrong(
      `${prefix}ssl.engine.factory.class names a Java class, and there is no Java here; leave it out and give ${prefix}ssl.keystore.*.`,
    );
  try {
    return {
      keystore: {
        type: (text("keystore.type") ?? "JKS").toUpperCase(),
        location: text("keystore.location"),
        password: text("keystore.password"),
        key: text("keystore.key"),
        certificateChain: text("keystore.certificate.chain"),
      },
      keyPassword: text("key.password"),
      truststore: {
        type: (text("truststore.type") ?? "JKS").toUpperCase(),
        location: text("truststore.location"),
        password: text("truststore.password"),
        certificates: text("truststore.certificates"),
      },
      crlLocation: null,
      clientAuth,
      ...tlsVersionsOf(listIn(text("enabled.protocols") ?? undefined), text("protocol")),
      cipherSuites: listIn(text("cipher.suites") ?? undefined),
    };
  } catch (error) {
    throw error instanceof OttlaError ? wrong(error.message) : error;
  }
}

function portOf(text: string, name: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > PORT_MAX) throw wrong(`${name} has no port from 0 to ${PORT_MAX}.`);
  return port;
}

function listIn(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function wrong(message: string): ConnectError {
  return new ConnectError("CONNECT_CONFIG", message);
}
