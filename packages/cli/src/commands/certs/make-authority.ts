import { join, resolve } from "node:path";
import { OttlaError } from "@ottla/base";
import { createAuthority } from "@ottla/broker/certificates";
import type { RunCommand } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { CA_CERTIFICATE, CA_KEY, readAuthority, validity, writeAuthority } from "../../secure/certificate-folder.ts";
import { CA_FOLDER, DAYS_MAX } from "./certificate-options.ts";

export const makeAuthority: RunCommand = async (context) => {
  const { options, stdout } = context;
  const folder = resolve(options.text("ca") ?? CA_FOLDER);
  if (readAuthority(folder) !== undefined)
    throw new OttlaError("AUTHORITY_EXISTS", `There is an authority in ${folder} already; name another folder with --ca, or remove it.`);
  const days = options.integer("days", 1, DAYS_MAX) ?? 3650;
  writeAuthority(folder, await createAuthority({ subject: options.text("subject") ?? "CN=Ottla CA", ...validity(Date.now(), days) }));
  const [certificate, privateKey] = [join(folder, CA_CERTIFICATE), join(folder, CA_KEY)];
  if (options.has("json")) printJson(context, { certificate, privateKey });
  else
    stdout.write(shown`Made an authority: ${certificate} for clients to trust, ${privateKey} to sign with; keep that one to yourself.\n`);
  return 0;
};
