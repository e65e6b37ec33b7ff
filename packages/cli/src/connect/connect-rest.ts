import { ConnectRest } from "@ottla/connect/rest-client";
import { readPasswordFile, readText } from "../access-files.ts";
import { type CommandContext, UsageError } from "../command.ts";
import { DEFAULT_CONNECT_URL } from "./connect-options.ts";

export { connectorPath, type ConnectRest } from "@ottla/connect/rest-client";

/** A dry run of a connector may take so long. */
const TIMEOUT_MS = 120_000;

/** The Connect that the command line names. Throws {@link UsageError}. */
export function connectRestOf({ options, env, signal }: CommandContext): ConnectRest {
  const { url, login } = addressOf(options.text("connect-url") ?? nonEmpty(env["OTTLA_CONNECT_URL"]) ?? DEFAULT_CONNECT_URL);
  const ca = options.text("ca") ?? nonEmpty(env["OTTLA_CONNECT_CA"]);
  const [certificate, key] = [options.text("certificate"), options.text("key")];
  if ((certificate === undefined) !== (key === undefined)) throw new UsageError("--certificate and --key belong together; give both.");
  return new ConnectRest({
    url,
    login: loginOf(options, env) ?? login,
    tls: {
      ...(ca !== undefined && { ca: readText(ca, "--ca") }),
      ...(certificate !== undefined && key !== undefined && { cert: readText(certificate, "--certificate"), key: readText(key, "--key") }),
    },
    signal,
    timeoutMs: TIMEOUT_MS,
    worded: (message) => message.replaceAll("\n", " "),
    remedies: {
      unreachable: 'start one with "ottla dev", or name yours with --connect-url',
      notConnect: "check --connect-url",
      login: "give --user with --password-file, or OTTLA_CONNECT_USER and OTTLA_CONNECT_PASSWORD",
    },
  });
}

function loginOf(options: CommandContext["options"], env: CommandContext["env"]): { user: string; password: string } | undefined {
  const user = options.text("user") ?? nonEmpty(env["OTTLA_CONNECT_USER"]);
  const file = options.text("password-file");
  if (user === undefined) {
    if (file !== undefined) throw new UsageError("--password-file needs --user, whose password it holds.");
    return undefined;
  }
  if (user.includes(":")) throw new UsageError('--user is a name without ":"; the password is in --password-file.');
  const password = file === undefined ? env["OTTLA_CONNECT_PASSWORD"] : readPasswordFile(file, "--password-file");
  if (password === undefined)
    throw new UsageError(`The password of ${user} is missing; give --password-file, or set OTTLA_CONNECT_PASSWORD.`);
  return { user, password };
}

/** The address without the login in it, which is no part of what is shown. */
function addressOf(written: string): { url: string; login: { user: string; password: string } | undefined } {
  const url = URL.parse(written);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(
      `Connect's address "${written.replace(/\/\/[^@/]*@/, "//…@").slice(0, 100)}" is no URL; it looks like ${DEFAULT_CONNECT_URL}.`,
    );
  const login = url.username === "" ? undefined : { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  [url.username, url.password] = ["", ""];
  return { url: url.href, login };
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
