import { parseJavaProperties } from "@ottla/base";
import { ConnectError } from "../connect-error.ts";
import type { ConnectorProperties } from "./read-config.ts";

/** What providers need of the world. */
interface SecretFiles {
  /** The text of a file; rejects where it cannot be read. */
  read(path: string): Promise<string>;
}

/** Where values come from that are not written down in a config. */
export interface ProviderWorld {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly files: SecretFiles;
}

const REFERENCE = /\$\{(\w[\w.-]*):(?:([^}]*?):)?([^:}]+)\}/g;

/**
 * Puts values in place of references: `${env:NAME}`, `${file:PATH:KEY}` of a properties file, `${dir:FOLDER:FILE}`, a file's whole text. What is no reference to a provider stays as it is. A reference inside of a
 * value that came from a provider is not looked at.
 * @throws ConnectError `CONNECT_CONFIG` naming the setting and the reference, never a value
 */
export async function resolveReferences(properties: ConnectorProperties, world: ProviderWorld): Promise<Record<string, string>> {
  const files = new Map<string, Promise<Map<string, string>>>();
  const resolved: Record<string, string> = {};
  for (const [name, text] of Object.entries(properties)) resolved[name] = await resolveText(name, text, world, files);
  return resolved;
}

/** Whether a text has a reference to a provider. */
export function hasReference(text: string): boolean {
  return [...text.matchAll(REFERENCE)].some(([, provider]) => isProvider(provider));
}

async function resolveText(
  name: string,
  text: string,
  world: ProviderWorld,
  files: Map<string, Promise<Map<string, string>>>,
): Promise<string> {
  if (!text.includes("${")) return text;
  let resolved = "";
  let at = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [reference, provider, path = "", key = ""] = match;
    if (!isProvider(provider)) continue;
    resolved += text.slice(at, match.index) + (await valueOf(name, reference, { provider, path, key }, world, files));
    at = match.index + reference.length;
  }
  return resolved + text.slice(at);
}

type Provider = "env" | "file" | "dir" | "directory";

function isProvider(provider: string | undefined): provider is Provider {
  return provider === "env" || provider === "file" || provider === "dir" || provider === "directory";
}

async function valueOf(
  name: string,
  reference: string,
  { provider, path, key }: { readonly provider: Provider; readonly path: string; readonly key: string },
  world: ProviderWorld,
  files: Map<string, Promise<Map<string, string>>>,
): Promise<string> {
  const fail = (why: string, cause?: unknown): ConnectError =>
    new ConnectError("CONNECT_CONFIG", `${name} refers to ${reference}, and ${why}.`, { cause });
  if (provider === "env") {
    const value = world.environment[key];
    if (value === undefined) throw fail(`the worker's environment has no ${key}`);
    return value;
  }
  if (path === "") throw fail(`a path is missing: write \${${provider}:PATH:${key}}`);
  const read = async (file: string): Promise<string> => {
    try {
      return await world.files.read(file);
    } catch (error) {
      throw fail("the file cannot be read", error);
    }
  };
  if (provider !== "file") {
    if (/[/\\]|^\.\.?$/.test(key)) throw fail("what follows the folder is the name of a file in it");
    return (await read(`${path}/${key}`)).replace(/\r?\n$/, "");
  }
  let file = files.get(path);
  if (file === undefined) {
    file = read(path).then(parseJavaProperties);
    files.set(path, file);
  }
  const value = (await file).get(key);
  if (value === undefined) throw fail(`that file has no ${key}`);
  return value;
}
