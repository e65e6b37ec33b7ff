import { existsSync } from "node:fs";
import { join } from "node:path";
import { OttlaError } from "@ottla/base";
import { issueCertificate } from "@ottla/broker/certificates";
import { type RunCommand, UsageError } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { CA_CERTIFICATE, keystoreText, validity, writeWhole } from "../../secure/certificate-folder.ts";
import { authorityOf, DAYS_MAX } from "./certificate-options.ts";

export const issueFor: RunCommand = async (context) => {
  const { options, positionals, stdout } = context;
  const [name = ""] = positionals;
  if (!/^[\w.-]{1,100}$/.test(name))
    throw new UsageError(`"${name.slice(0, 60)}" cannot name a file; use up to 100 letters, digits, dots, dashes and underscores.`);
  const { authority, folder } = authorityOf(options);
  const keystore = join(folder, `${name}-keystore.pem`);
  if (existsSync(keystore))
    throw new OttlaError("CERTIFICATE_EXISTS", `${keystore} is there already; replace it with ottla certs rotate, or choose another name.`);
  const days = options.integer("days", 1, DAYS_MAX) ?? 365;
  const wish = { subject: options.text("subject") ?? `CN=${name}`, hosts: options.texts("host"), ...validity(Date.now(), days) };
  writeWhole(keystore, keystoreText(await issueCertificate(authority, wish), authority), true);
  const truststore = join(folder, CA_CERTIFICATE);
  if (options.has("json"))
    printJson(context, { keystore, truststore, subject: wish.subject, hosts: wish.hosts, notAfter: wish.notAfter.toISOString() });
  else
    stdout.write(
      shown`Issued ${wish.subject}.\n\nssl.keystore.type=PEM\nssl.keystore.location=${keystore}\nssl.truststore.type=PEM\nssl.truststore.location=${truststore}\n`,
    );
  return 0;
};
