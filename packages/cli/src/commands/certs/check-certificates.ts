import type { X509Certificate } from "node:crypto";
import { OttlaError } from "@ottla/base";
import type { RunCommand } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { certificatesIn, daysLeft, hostsOf, readText, subjectOf } from "../../secure/certificate-folder.ts";
import { renderTable } from "../../table.ts";
import { DAYS_MAX } from "./certificate-options.ts";

/** Every certificate of every file, as the first that ends breaks the chain; a file that cannot be read hides no other, and keys lie where certificates do. */
export const checkCertificates: RunCommand = async (context) => {
  const { options, positionals, stdout, stderr } = context;
  const warnDays = options.integer("warn-days", 0, DAYS_MAX) ?? 30;
  const nowMs = Date.now();
  const faults: string[] = [];
  const checked = positionals.flatMap((file) => {
    try {
      const text = readText(file);
      if (positionals.length > 1 && isKeyAlone(text)) return [];
      return certificatesIn(text, file).map((certificate) => ({
        file,
        subject: subjectOf(certificate),
        hosts: hostsOf(certificate),
        validTo: new Date(certificate.validTo).toISOString(),
        daysLeft: daysLeft(certificate, nowMs),
        state: stateOf(certificate, nowMs, warnDays),
      }));
    } catch (error) {
      if (!(error instanceof OttlaError)) throw error;
      faults.push(shown`ottla: ${error.message}\n`);
      return [];
    }
  });
  if (options.has("json")) printJson(context, checked);
  else if (checked.length > 0)
    stdout.write(
      renderTable(
        [
          { title: "file" },
          { title: "subject" },
          { title: "hosts" },
          { title: "valid until" },
          { title: "days left", isNumeric: true },
          { title: "state" },
        ],
        checked.map((one) => [one.file, one.subject, one.hosts.join(" ") || undefined, one.validTo, one.daysLeft, one.state]),
      ),
    );
  for (const fault of faults) stderr.write(fault);
  return faults.length === 0 && checked.every(({ state }) => state === "valid") ? 0 : 1;
};

function isKeyAlone(text: string): boolean {
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) && !text.includes("-----BEGIN CERTIFICATE-----");
}

function stateOf(certificate: X509Certificate, nowMs: number, warnDays: number): string {
  if (Date.parse(certificate.validFrom) > nowMs) return "not valid yet";
  const left = daysLeft(certificate, nowMs);
  return left < 0 ? "expired" : left < warnDays ? "ends soon" : "valid";
}
