import { readFileSync } from "node:fs";
import { openKeystore, parseJaasConfig, pemParts } from "@ottla/base";
import { type CommandContext, UsageError } from "../command.ts";
import { readPropertiesFile } from "../properties-file.ts";
import { DEFAULT_REGISTRY_URL } from "./registry-options.ts";

/** What a connection's encryption stands on, as Node's TLS takes it. */
interface RegistryTls {
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly isHostVerified: boolean;
}

/** Where a registry is and how it is reached. */
export interface RegistrySettings {
  /** One after the other is tried. */
  readonly urls: readonly URL[];
  /** The header that logs in. */
  readonly authorization: string | undefined;
  readonly tls: RegistryTls;
}

type Entries = ReadonlyMap<string, string>;

/**
 * Settings from the command line, then from `--command-config` under the names of Java's serialisers, then from the environment. A name of TLS counts with `schema.registry.` before it; without it, it is the
 * broker's. Throws {@link UsageError}.
 */
export async function registrySettings({ options, env }: Pick<CommandContext, "options" | "env">): Promise<RegistrySettings> {
  const file = options.text("command-config");
  const entries: Entries = file === undefined ? new Map() : readPropertiesFile(file, "--command-config");
  const written =
    options.text("registry-url") ?? entries.get("schema.registry.url") ?? nonEmpty(env["OTTLA_REGISTRY_URL"]) ?? DEFAULT_REGISTRY_URL;
  const urls = written.split(",").map((each) => urlOf(each.trim()));
  const ca = options.text("registry-ca");
  const tls = await tlsOf(entries);
  return {
    urls: urls.map(({ url }) => url),
    authorization: authorizationOf(options.text("registry-user"), env, entries) ?? urls.find(({ login }) => login !== undefined)?.login,
    tls: ca === undefined ? tls : { ...tls, ca: certificatesIn(ca, "--registry-ca") },
  };
}

/** The address without the login in it, which is no part of what is shown. */
function urlOf(written: string): { readonly url: URL; readonly login: string | undefined } {
  const url = URL.parse(written);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw new UsageError(`The registry's address ${shortened(written)} is no URL; it looks like ${DEFAULT_REGISTRY_URL}.`);
  const login = url.username === "" ? undefined : basic(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`);
  url.username = "";
  url.password = "";
  return { url, login };
}

/** What was meant may hold a password. */
function shortened(written: string): string {
  return `"${written.replace(/\/\/[^@/]*@/, "//…@").slice(0, 100)}"`;
}

function authorizationOf(user: string | undefined, env: CommandContext["env"], entries: Entries): string | undefined {
  if (user !== undefined) {
    const password = env["OTTLA_REGISTRY_PASSWORD"];
    if (password === undefined)
      throw new UsageError("--registry-user needs the password in the environment variable OTTLA_REGISTRY_PASSWORD.");
    return basic(`${user}:${password}`);
  }
  const token = entries.get("bearer.auth.token") ?? entries.get("schema.registry.bearer.auth.token");
  if (token !== undefined) return `Bearer ${token}`;
  const source = entries.get("basic.auth.credentials.source")?.toUpperCase();
  if (source === "SASL_INHERIT") {
    const login = parseJaasConfig("sasl.jaas.config", entries.get("sasl.jaas.config") ?? "")[0]?.options;
    const [name, password] = [login?.get("username"), login?.get("password")];
    if (name === undefined || password === undefined)
      throw new UsageError("basic.auth.credentials.source is SASL_INHERIT, and sasl.jaas.config has no username and password.");
    return basic(`${name}:${password}`);
  }
  const info = entries.get("basic.auth.user.info") ?? entries.get("schema.registry.basic.auth.user.info");
  if (info === undefined || source === "URL") return undefined;
  if (!info.includes(":")) throw new UsageError("basic.auth.user.info must be USER:PASSWORD.");
  return basic(info);
}

function basic(info: string): string {
  return `Basic ${Buffer.from(info).toString("base64")}`;
}

async function tlsOf(entries: Entries): Promise<RegistryTls> {
  const of = (name: string): string | undefined => nonEmpty(entries.get(`schema.registry.ssl.${name}`));
  const isHostVerified = entries.get("schema.registry.ssl.endpoint.identification.algorithm")?.trim() !== "";
  const trusted = await storeOf(
    of("truststore.location"),
    of("truststore.type"),
    of("truststore.password"),
    "schema.registry.ssl.truststore.location",
  );
  const own = await storeOf(of("keystore.location"), of("keystore.type"), of("keystore.password"), "schema.registry.ssl.keystore.location");
  const passphrase = of("key.password");
  return {
    ...(trusted !== undefined && { ca: trusted.certificates }),
    ...(own?.privateKey !== undefined && { cert: own.certificates.join(""), key: own.privateKey }),
    ...(passphrase !== undefined && { passphrase }),
    isHostVerified,
  };
}

async function storeOf(file: string | undefined, type: string | undefined, password: string | undefined, name: string) {
  if (file === undefined) return undefined;
  const bytes = readFile(file, name);
  if (type?.toUpperCase() === "PEM" || (type === undefined && bytes.includes("-----BEGIN "))) return pemParts(bytes.toString("utf8"), file);
  return openKeystore(new Map(), file, bytes, password ?? null);
}

function certificatesIn(file: string, option: string): readonly string[] {
  const { certificates } = pemParts(readFile(file, option).toString("utf8"), file);
  if (certificates.length === 0) throw new UsageError(`${file} (${option}) holds no certificate in PEM.`);
  return certificates;
}

function readFile(file: string, name: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}); check ${name}.`);
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
