import { OttlaError, parseJavaProperties } from "@ottla/base";
import { ConnectError } from "../connect-error.ts";
import type { ConnectorProperties } from "./read-config.ts";

/** What providers need of the world. */
export interface SecretFiles {
  /** The text of a file; rejects where it cannot be read, with `FILE_REFUSED` and the reason where it is none that is read. */
  read(path: string): Promise<string>;
}

/** Where values come from that are not written down in a config. */
export interface ProviderWorld {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly files: SecretFiles;
}

/** What one setting may come to; more is no setting but a mistake, as a text that names the same large file a thousand times. */
const RESOLVED_CHARACTERS_MAX = 1024 * 1024;

/**
 * Puts values in place of references: `${env:NAME}`, `${file:PATH:KEY}` of a properties file, `${dir:FOLDER:FILE}`, a file's whole text. What is no reference to a provider stays as it is. A reference inside of a
 * value that came from a provider is not looked at. `onValue` is told each value that a provider gave.
 * @throws ConnectError `CONNECT_CONFIG` naming the setting and the reference, never a value
 */
export async function resolveReferences(
  properties: ConnectorProperties,
  world: ProviderWorld,
  onValue: (value: string) => void = () => {},
): Promise<Record<string, string>> {
  const files = new Map<string, Promise<Map<string, string>>>();
  const resolved: [name: string, text: string][] = [];
  for (const [name, text] of Object.entries(properties))
    resolved.push([name, text.includes("${") ? await resolveText(name, text, world, files, onValue) : text]);
  return Object.fromEntries(resolved);
}

/** Whether a text is a reference to a provider and nothing else. */
export function isReference(text: string): boolean {
  for (const { start, end } of referencesIn(text)) return start === 0 && end === text.length;
  return false;
}

async function resolveText(
  name: string,
  text: string,
  world: ProviderWorld,
  files: Map<string, Promise<Map<string, string>>>,
  onValue: (value: string) => void,
): Promise<string> {
  let resolved = "";
  let at = 0;
  for (const { start, end, ...reference } of referencesIn(text)) {
    const value = await valueOf(name, text.slice(start, end), reference, world, files);
    onValue(value);
    resolved += text.slice(at, start) + value;
    at = end;
    if (resolved.length > RESOLVED_CHARACTERS_MAX)
      throw new ConnectError("CONNECT_CONFIG", `${name} has more than ${RESOLVED_CHARACTERS_MAX} characters with its references resolved.`);
  }
  return at === 0 ? text : resolved + text.slice(at);
}

interface Reference {
  readonly start: number;
  readonly end: number;
  readonly provider: Provider;
  readonly path: string;
  readonly key: string;
}

const PROVIDER = /(\w[\w.-]*):/y;

/** The references of a text, in one pass over it: `${provider:key}` or `${provider:path:key}`, the key behind the last colon. What else is in such brackets is passed over as a whole. */
function* referencesIn(text: string): Generator<Reference> {
  let end = -1;
  for (let start = text.indexOf("${"); start !== -1; start = text.indexOf("${", start + 2)) {
    if (end < start) end = text.indexOf("}", start);
    if (end === -1) return;
    PROVIDER.lastIndex = start + 2;
    const provider = PROVIDER.exec(text)?.[1];
    if (provider === undefined || PROVIDER.lastIndex >= end || text[end - 1] === ":") continue;
    if (isProvider(provider)) {
      const [from, colon] = [PROVIDER.lastIndex, text.lastIndexOf(":", end - 1)];
      yield { start, end: end + 1, provider, path: text.slice(from, Math.max(from, colon)), key: text.slice(colon + 1, end) };
    }
    start = end - 1;
  }
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
      throw fail(error instanceof OttlaError && error.code === "FILE_REFUSED" ? error.message : "the file cannot be read", error);
    }
  };
  if (provider !== "file") {
    if (/[/\\]|^\.\.?$/.test(key)) throw fail("what follows the folder is the name of a file in it");
    return (await read(`${path}/${key}`)).replace(/\r?\n$/, "");
  }
  let file = files.get(path);
  if (file === undefined) {
    file = read(path).then((text) => {
      try {
        return parseJavaProperties(text);
      } catch (error) {
        throw fail("the file is no file of properties", error);
      }
    });
    files.set(path, file);
  }
  const value = (await file).get(key);
  if (value === undefined) throw fail(`that file has no ${key}`);
  return value;
}
