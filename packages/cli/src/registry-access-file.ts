import { readFileSync, statSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { OttlaError } from "@ottla/base";
import type { AccessList, RegistryTls } from "@ottla/registry";
import { readAccessList } from "@ottla/registry/access";
import { parse, YAMLParseError } from "yaml";
import { UsageError } from "./command.ts";

/** Ten thousand users with a few rules each. */
const FILE_BYTES_MAX: number = 8 * 1024 * 1024;

/** Who may do what with the registry, from YAML or JSON. Nothing of the file is shown, since passwords' hashes stand in it. Throws {@link UsageError}. */
export function readRegistryUsers(file: string): AccessList {
  const text = readText(file, "--registry-users");
  try {
    return readAccessList(parse(text, { maxAliasCount: 100 }));
  } catch (error) {
    if (error instanceof OttlaError) throw new UsageError(`${file}: ${error.message}`);
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    throw new UsageError(`${file} is no YAML${line === undefined ? "" : `: see line ${line}`}; check --registry-users.`);
  }
}

/** Files of a key and its certificates. */
export interface RegistryTlsFiles {
  readonly certificate: string;
  readonly key: string;
  readonly ca?: string | undefined;
}

/** A key and certificates that fit each other. Throws {@link UsageError}. */
export function readRegistryTls({ certificate, key, ca }: RegistryTlsFiles): RegistryTls {
  const tls = {
    cert: readText(certificate, "--registry-certificate"),
    key: readText(key, "--registry-key"),
    ...(ca !== undefined && { ca: readText(ca, "--registry-ca") }),
  };
  try {
    createSecureContext(tls);
    return tls;
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "they are no PEM";
    throw new UsageError(
      `The registry cannot be served with ${certificate} and ${key}: ${why}; check --registry-certificate and --registry-key.`,
    );
  }
}

function readText(file: string, option: string): string {
  try {
    if (statSync(file).size > FILE_BYTES_MAX) throw new UsageError(`${file} has more than ${FILE_BYTES_MAX} bytes; check ${option}.`);
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "no reason given"}); check ${option}.`);
  }
}
