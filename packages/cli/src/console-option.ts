import { resolve } from "node:path";
import { actionAuditOptions, auditSettingsOf } from "./action-audit-options.ts";
import { type CommandContext, type OptionSpec, UsageError } from "./command.ts";
import type { PartSettings } from "./parts/part.ts";

/** Of every command that serves the console. */
export const CONSOLE_OPTIONS: readonly OptionSpec[] = [
  {
    name: "console-port",
    kind: "number",
    placeholder: "PORT",
    summary: "the console's port; 0 takes any free one",
    defaultText: "8080, or a free one",
  },
  {
    name: "console-registry-url",
    kind: "text",
    placeholder: "URL",
    summary: "the Schema Registry that the console shows",
    defaultText: "the one that is served with it",
  },
  {
    name: "console-connect-url",
    kind: "text",
    placeholder: "URL",
    summary: "the Connect that the console shows",
    defaultText: "the one that is served with it",
  },
  {
    name: "console-connect-user",
    kind: "text",
    placeholder: "USER",
    summary: "whom the console logs in as at Connect",
    defaultText: "nobody",
  },
  {
    name: "console-connect-password-file",
    kind: "text",
    placeholder: "FILE",
    summary: "a file with that user's password and nothing else",
  },
  {
    name: "console-connect-ca",
    kind: "text",
    placeholder: "FILE",
    summary: "certificates (PEM) to trust at Connect in place of the system's",
  },
  {
    name: "console-users",
    kind: "text",
    placeholder: "FILE",
    summary: "who may log in at the console and with which role, as YAML; read again when it changes",
    defaultText: "everybody, without a login",
  },
  {
    name: "console-masking",
    kind: "text",
    placeholder: "FILE",
    summary: "what the console hides in records, as YAML; read again when it changes",
    defaultText: "nothing",
  },
  { name: "console-certificate", kind: "text", placeholder: "FILE", summary: "serve the console by HTTPS with these certificates (PEM)" },
  { name: "console-key", kind: "text", placeholder: "FILE", summary: "their key (PEM)" },
  { name: "console-url", kind: "text", placeholder: "URL", summary: "where browsers reach the console", defaultText: "where it listens" },
  ...actionAuditOptions("console", "the console"),
  { name: "read-only", kind: "flag", summary: "the console changes nothing" },
];

/** What the options say of the console's door; files are looked at, so that what is wrong with them ends the start. Throws {@link UsageError}. */
export async function consoleSettings(context: CommandContext): Promise<PartSettings> {
  const { options } = context;
  const [usersFile, maskingFile, certificateFile, keyFile] = ["users", "masking", "certificate", "key"].map((name) => {
    const file = options.text(`console-${name}`);
    return file === undefined ? undefined : resolve(file);
  });
  const url = options.text("console-url");
  if ((certificateFile === undefined) !== (keyFile === undefined))
    throw new UsageError("--console-certificate and --console-key belong together; give both.");
  if (url !== undefined && !(URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && new URL(url).pathname === "/"))
    throw new UsageError("--console-url is an address without a path, such as https://console.example.");
  const audit = auditSettingsOf(context, "console");
  if ([usersFile, maskingFile, certificateFile].some((file) => file !== undefined)) {
    const [{ readAccessFile, readTlsFiles }, { readConsoleUsers, readMaskingRules }] = await Promise.all([
      import("./access-files.ts"),
      import("@ottla/console/access"),
    ]);
    if (usersFile !== undefined) readAccessFile(usersFile, "--console-users", readConsoleUsers);
    if (maskingFile !== undefined) readAccessFile(maskingFile, "--console-masking", readMaskingRules);
    if (certificateFile !== undefined && keyFile !== undefined) readTlsFiles({ certificate: certificateFile, key: keyFile }, "console");
  }
  const connectUser = options.text("console-connect-user");
  const [connectPasswordFile, connectCaFile] = ["password-file", "ca"].map((name) => {
    const file = options.text(`console-connect-${name}`);
    return file === undefined ? undefined : resolve(file);
  });
  if ((connectUser === undefined) !== (connectPasswordFile === undefined))
    throw new UsageError("--console-connect-user and --console-connect-password-file belong together; give both.");
  const { readPasswordFile, readText } = await import("./access-files.ts");
  if (connectCaFile !== undefined) readText(connectCaFile, "--console-connect-ca");
  const connectPassword =
    connectPasswordFile === undefined ? undefined : readPasswordFile(connectPasswordFile, "--console-connect-password-file");
  return {
    ...(connectUser !== undefined && { connectUser, connectPassword }),
    ...(connectCaFile !== undefined && { connectCaFile }),
    ...(usersFile !== undefined && { usersFile }),
    ...(maskingFile !== undefined && { maskingFile }),
    ...(certificateFile !== undefined && { certificateFile, keyFile }),
    ...(url !== undefined && { url: new URL(url).origin }),
    ...audit,
    readOnly: options.has("read-only"),
  };
}
