import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { hostname, networkInterfaces, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseJavaProperties } from "@ottla/base";
import { hashPassword } from "@ottla/base/node";
import type { BrokerOptions } from "@ottla/broker";
import { type Authority, createAuthority, issueCertificate } from "@ottla/broker/certificates";
import {
  CA_CERTIFICATE,
  certificateIn,
  daysLeft,
  hostsOf,
  keystoreText,
  readAuthority,
  readText,
  validity,
  writeAuthority,
  writeWhole,
} from "./certificate-folder.ts";

const USER = "admin";
const MECHANISM = "SCRAM-SHA-512";
const CA_DAYS = 3650;
const SERVER_DAYS = 365;
/** A certificate with fewer days left is replaced at the start. */
const RENEWED_BELOW_DAYS = 30;
const KEYSTORE = "broker-keystore.pem";
const CLIENT_PROPERTIES = "client.properties";
const AUDIT_FILE = "audit.jsonl";
const CONNECT_USERS = "connect-users.yaml";
const CONNECT_AUDIT_FILE = "connect-audit.jsonl";

/** What clients need; stands in the ready line. */
interface ReadySecurity {
  readonly protocol: "SASL_SSL";
  readonly mechanism: typeof MECHANISM;
  readonly username: string;
  readonly password: string;
  readonly caLocation: string;
}

/** A broker's security, ready to start with. */
export interface SecureSetUp {
  readonly security: ReadySecurity;
  /** A properties file for Java's tools and Ottla's own `--command-config`. */
  readonly clientPropertiesFile: string;
  /** Broker settings; what a person has set goes before them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly scramUsers: NonNullable<BrokerOptions["scramUsers"]>;
  /** Connect's door: the broker's certificate, and the same user with the same password. */
  readonly connect: {
    readonly usersFile: string;
    readonly certificateFile: string;
    readonly keyFile: string;
    readonly caFile: string;
    readonly auditFile: string;
  };
  /** Removes what was for this run alone. */
  remove(): void;
}

/**
 * An authority of one's own, a certificate for the hosts by which the broker is reached, and a user with a password by chance: made at the first start and kept in `folder` (undefined:
 * for this run alone), so that clients go on with what they have.
 */
export async function secureSetUp(folder: string | undefined, host: string, nowMs: number): Promise<SecureSetUp> {
  const place = resolve(folder ?? mkdtempSync(join(tmpdir(), "ottla-secure-")));
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const authority = await authorityIn(place, nowMs);
  await serverCertificateIn(place, authority, hostsToName(host), nowMs);
  const clientPropertiesFile = join(place, CLIENT_PROPERTIES);
  const caLocation = join(place, CA_CERTIFICATE);
  const kept = keptPassword(clientPropertiesFile);
  const password = kept ?? randomBytes(16).toString("hex");
  const usersFile = join(place, CONNECT_USERS);
  // Users that somebody wrote there stay.
  if (kept === undefined || !existsSync(usersFile)) writeWhole(usersFile, await connectUsers(password), true);
  const security: ReadySecurity = { protocol: "SASL_SSL", mechanism: MECHANISM, username: USER, password, caLocation };
  writeWhole(clientPropertiesFile, clientProperties(security), true);
  return {
    security,
    clientPropertiesFile,
    scramUsers: [
      { name: USER, password, mechanism: MECHANISM },
      { name: USER, password, mechanism: "SCRAM-SHA-256" },
    ],
    connect: {
      usersFile,
      certificateFile: join(place, KEYSTORE),
      keyFile: join(place, KEYSTORE),
      caFile: caLocation,
      auditFile: join(place, CONNECT_AUDIT_FILE),
    },
    settings: {
      "ssl.keystore.type": "PEM",
      "ssl.keystore.location": join(place, KEYSTORE),
      "ssl.truststore.type": "PEM",
      "ssl.truststore.location": caLocation,
      "sasl.enabled.mechanisms": "SCRAM-SHA-512,SCRAM-SHA-256",
      "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
      "super.users": `User:${USER}`,
      "ottla.audit.file": join(place, AUDIT_FILE),
    },
    remove() {
      if (folder === undefined) rmSync(place, { recursive: true, force: true });
    },
  };
}

/** What Java's clients and Ottla's own commands read. */
function clientProperties({ protocol, mechanism, username, password, caLocation }: ReadySecurity): string {
  return [
    `security.protocol=${protocol}`,
    `sasl.mechanism=${mechanism}`,
    `sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="${password}";`,
    "ssl.truststore.type=PEM",
    `ssl.truststore.location=${caLocation}`,
    "",
  ].join("\n");
}

/** Who may log in at Connect, as `--connect-users` reads it. */
async function connectUsers(password: string): Promise<string> {
  return `users:\n  - { name: ${USER}, role: admin, password: "${await hashPassword(password)}" }\n`;
}

async function authorityIn(place: string, nowMs: number): Promise<Authority> {
  const known = readAuthority(place);
  if (known !== undefined) return known;
  const authority = await createAuthority({ subject: "CN=Ottla development CA", ...validity(nowMs, CA_DAYS) });
  writeAuthority(place, authority);
  return authority;
}

/** Another one where the kept one ends soon, or does not name a host. */
async function serverCertificateIn(place: string, authority: Authority, hosts: readonly string[], nowMs: number): Promise<void> {
  const path = join(place, KEYSTORE);
  const known = existsSync(path) ? certificateIn(readText(path), path) : undefined;
  const named = known ? hostsOf(known) : [];
  if (known && daysLeft(known, nowMs) >= RENEWED_BELOW_DAYS && hosts.every((host) => named.includes(host))) return;
  const issued = await issueCertificate(authority, { subject: "CN=Ottla development broker", hosts, ...validity(nowMs, SERVER_DAYS) });
  writeWhole(path, keystoreText(issued, authority), true);
}

/** Written as OpenSSL writes addresses, so that they are found again. */
function hostsToName(host: string): string[] {
  const isEvery = ["0.0.0.0", "::", ""].includes(host);
  const own = isEvery
    ? Object.values(networkInterfaces()).flatMap((all = []) => all.filter(({ family }) => family === "IPv4").map(({ address }) => address))
    : [host];
  return [...new Set(["localhost", "127.0.0.1", hostname(), ...own])];
}

function keptPassword(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const jaas = parseJavaProperties(readText(path)).get("sasl.jaas.config") ?? "";
  return /password="([^"]+)"/.exec(jaas)?.[1];
}
