import { resolve } from "node:path";
import { issueCertificate } from "@ottla/broker/certificates";
import type { RunCommand } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { certificateIn, hostsOf, keystoreText, readText, subjectOf, validity, writeWhole } from "../../secure/certificate-folder.ts";
import { authorityOf, DAYS_MAX } from "./certificate-options.ts";

export const rotateCertificates: RunCommand = async (context) => {
  const { options, positionals, stdout } = context;
  const { authority } = authorityOf(options);
  const days = options.integer("days", 1, DAYS_MAX) ?? 365;
  // All are read before any is replaced.
  const old = positionals.map((file) => ({ path: resolve(file), certificate: certificateIn(readText(resolve(file)), file) }));
  const rotated = [];
  for (const { path, certificate } of old) {
    const wish = { subject: subjectOf(certificate), hosts: hostsOf(certificate), ...validity(Date.now(), days) };
    writeWhole(path, keystoreText(await issueCertificate(authority, wish), authority), true);
    rotated.push({ keystore: path, subject: wish.subject, hosts: wish.hosts, notAfter: wish.notAfter.toISOString() });
    if (!options.has("json")) stdout.write(shown`Replaced ${path}: ${wish.subject}, valid until ${wish.notAfter.toISOString()}.\n`);
  }
  if (options.has("json")) printJson(context, rotated);
  return 0;
};
