import type { RunCommand } from "../../command.ts";
import { printJson } from "../../output.ts";
import { certificateIn, daysLeft, hostsOf, readText, subjectOf } from "../../secure/certificate-folder.ts";
import { renderTable } from "../../table.ts";
import { DAYS_MAX } from "./certificate-options.ts";

export const checkCertificates: RunCommand = async (context) => {
  const { options, positionals, stdout } = context;
  const warnDays = options.integer("warn-days", 0, DAYS_MAX) ?? 30;
  const checked = positionals.map((file) => {
    const certificate = certificateIn(readText(file), file);
    const left = daysLeft(certificate, Date.now());
    const state = left < 0 ? "expired" : left < warnDays ? "ends soon" : "valid";
    return {
      file,
      subject: subjectOf(certificate),
      hosts: hostsOf(certificate),
      validTo: new Date(certificate.validTo).toISOString(),
      daysLeft: left,
      state,
    };
  });
  if (options.has("json")) printJson(context, checked);
  else
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
  return checked.every(({ state }) => state === "valid") ? 0 : 1;
};
