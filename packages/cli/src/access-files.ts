import { createSecureContext } from "node:tls";
import { OttlaError } from "@ottla/base";
import { readRegularFileSync } from "@ottla/base/node";
import { parse, YAMLParseError } from "yaml";
import { UsageError } from "./command.ts";

const PASSWORD_MAX = 1_024;
/** Ten thousand users with a few rules each. */
const FILE_BYTES_MAX: number = 8 * 1024 * 1024;

/** What `read` makes of a file of YAML or JSON. Nothing of the file is shown, since secrets may stand in it. Throws {@link UsageError}, which names the option. */
export function readAccessFile<Value>(file: string, option: string, read: (value: unknown) => Value): Value {
  const text = readText(file, option);
  try {
    return read(parse(text, { maxAliasCount: 100 }));
  } catch (error) {
    if (error instanceof OttlaError) throw new UsageError(`${file}: ${error.message}`);
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    throw new UsageError(`${file} is no YAML${line === undefined ? "" : `: see line ${line}`}; check ${option}.`);
  }
}

/** Files of a key and its certificates. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  readonly ca?: string | undefined;
}

/** A key and its certificates, in PEM. */
export interface TlsTexts {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
}

/** A key and certificates that fit each other. `what`: the service, as options and errors name it: `registry`. Throws {@link UsageError}. */
export function readTlsFiles({ certificate, key, ca }: TlsFiles, what: string): TlsTexts {
  const tls = {
    cert: readText(certificate, `--${what}-certificate`),
    key: readText(key, `--${what}-key`),
    ...(ca !== undefined && { ca: readText(ca, `--${what}-ca`) }),
  };
  try {
    createSecureContext(tls);
    return tls;
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "they are no PEM";
    throw new UsageError(
      `The ${what} cannot be served with ${certificate} and ${key}: ${why}; check --${what}-certificate and --${what}-key.`,
    );
  }
}

/** The password in a file, without the end of its line. Throws {@link UsageError}. */
export function readPasswordFile(file: string, option: string): string {
  const password = readText(file, option).replace(/\r?\n$/, "");
  if (password === "" || password.length > PASSWORD_MAX || password.includes("\n"))
    throw new UsageError(`${file} holds no password: it is one line of at most ${PASSWORD_MAX} characters; check ${option}.`);
  return password;
}

/** The text of a file that a user named. Throws {@link UsageError}, which names the option. */
export function readText(file: string, option: string): string {
  try {
    return readRegularFileSync(file, FILE_BYTES_MAX).toString("utf8");
  } catch (error) {
    if (error instanceof OttlaError) throw new UsageError(`${file} cannot be read: ${error.message}; check ${option}.`);
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "no reason given"}); check ${option}.`);
  }
}
