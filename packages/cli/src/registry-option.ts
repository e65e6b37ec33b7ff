import { type CommandContext, type OptionSpec, UsageError } from "./command.ts";
import type { Part, PartSettings } from "./parts/part.ts";
import type { PartPlan } from "./parts/part-runner.ts";
import { PORT_MAX } from "./port-max.ts";

/** Where registries are looked for. */
export const REGISTRY_PORT = 8081;
const LOOPBACK = "127.0.0.1";

/**
 * Where the Schema Registry is to listen; undefined where it is left out. `isNamed`: what `--only` says of it, undefined without that option. `isListenerOurs`: false where the listeners are the user's
 * own and may ask for a login that nobody gave; it is started there when it is asked for. Where the broker takes any free port the registry does too.
 */
export function registryPort(
  { options }: CommandContext,
  { isNamed, isListenerOurs }: { readonly isNamed: boolean | undefined; readonly isListenerOurs: boolean },
): PartPlan["port"] {
  const asked = options.integer("registry-port", 0, PORT_MAX);
  if (asked !== undefined && isNamed === false)
    throw new UsageError("--registry-port is for the registry, which --only leaves out; name it there, or leave out one of the two.");
  if (asked !== undefined) return { number: asked, isAskedFor: true };
  if (!(isNamed ?? isListenerOurs)) return undefined;
  return { number: options.integer("port", 0, PORT_MAX) === 0 ? 0 : REGISTRY_PORT, isAskedFor: false };
}

/** Of every command that serves a registry. */
export const REGISTRY_OPTIONS: readonly OptionSpec[] = [
  {
    name: "registry-port",
    kind: "number",
    placeholder: "PORT",
    summary: "the Schema Registry's port; 0 takes any free one",
    defaultText: "8081, or a free one",
  },
  {
    name: "registry-users",
    kind: "text",
    placeholder: "FILE",
    summary: "who may log in at the registry and do what, as YAML; read again when it changes",
    defaultText: "everybody, without a login",
  },
  { name: "registry-certificate", kind: "text", placeholder: "FILE", summary: "serve the registry by HTTPS with these certificates (PEM)" },
  { name: "registry-key", kind: "text", placeholder: "FILE", summary: "their key (PEM)" },
  { name: "registry-ca", kind: "text", placeholder: "FILE", summary: "what certificates of other instances are checked with (PEM)" },
  {
    name: "registry-url",
    kind: "text",
    placeholder: "URL",
    summary: "where other instances of the registry find this one",
    defaultText: "where it listens",
  },
];

/** What the options say of the registry's door; files are looked at, so that what is wrong with them ends the start. Throws {@link UsageError}. */
export async function registrySettings({ options }: CommandContext): Promise<PartSettings> {
  const [usersFile, certificateFile, keyFile, caFile, url] = ["users", "certificate", "key", "ca", "url"].map((name) =>
    options.text(`registry-${name}`),
  );
  if ((certificateFile === undefined) !== (keyFile === undefined))
    throw new UsageError("--registry-certificate and --registry-key belong together; give both.");
  if (caFile !== undefined && certificateFile === undefined)
    throw new UsageError(
      "--registry-ca is for a registry that is served by HTTPS; give --registry-certificate and --registry-key as well.",
    );
  if (url !== undefined && !isAddress(url)) throw new UsageError("--registry-url is an address such as https://registry-1.example:8081.");
  if (usersFile !== undefined || certificateFile !== undefined) {
    const [{ readAccessFile, readTlsFiles }, { readAccessList }] = await Promise.all([
      import("./access-files.ts"),
      import("@ottla/registry/access"),
    ]);
    if (usersFile !== undefined) readAccessFile(usersFile, "--registry-users", readAccessList);
    if (certificateFile !== undefined && keyFile !== undefined)
      readTlsFiles({ certificate: certificateFile, key: keyFile, ca: caFile }, "registry");
  }
  return {
    ...(usersFile !== undefined && { usersFile }),
    ...(certificateFile !== undefined && { certificateFile, keyFile }),
    ...(caFile !== undefined && { caFile }),
    ...(url !== undefined && { url }),
  };
}

function isAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

/**
 * The Schema Registry, as `part` runs it: on a thread of its own. `clientPropertiesFile`: what it logs in with at a secure broker. Where nobody logs in at the registry it listens on this machine alone then: whoever reaches it
 * writes with the rights of its login.
 */
export async function registryParts(
  context: CommandContext,
  part: Part | undefined,
  port: PartPlan["port"],
  clientPropertiesFile: string | undefined,
): Promise<PartPlan[]> {
  if (port === undefined || part === undefined) return [];
  const door = await registrySettings(context);
  const secure = clientPropertiesFile === undefined ? {} : { commandConfig: clientPropertiesFile };
  const isOpen = clientPropertiesFile !== undefined && door["usersFile"] === undefined;
  const settings = { ...door, ...secure, entry: context.main.href, ...(isOpen && { host: LOOPBACK }) };
  return [{ part, key: "registry", port, settings }];
}

/** The line about the registry that runs; "" where there is none. `isOpen`: it stands without a login before a broker that asks for one. */
export function registryNote(address: string | undefined, isOpen: boolean): string {
  const door = isOpen ? " It asks for no login, and can be reached from this machine only." : "";
  return address === undefined ? "" : `Schema Registry at ${address}.${door}\n`;
}
