import { resolve } from "node:path";
import { type CommandContext, type OptionSpec, UsageError } from "./command.ts";
import type { PartSettings } from "./parts/part.ts";

/** Less would be a file for every few events. */
const BYTES_MIN = 64 * 1024;
const FILES_MAX = 10_000;
const TOPIC_NAME = /^(?!\.\.?$)[\w.-]{1,249}$/;

/** Of a service that stands on a cluster as a client does. */
const TOPIC_OPTION: OptionSpec = {
  name: "console-audit-topic",
  kind: "text",
  placeholder: "TOPIC",
  summary: "write it to this topic of the cluster, made where it is not there; beside a file or without one",
};

/** Of every service whose actions are told in a file; `of`: what is done there. */
export function actionAuditOptions(service: "console" | "connect", of: string): readonly OptionSpec[] {
  return [
    { name: `${service}-audit`, kind: "text", placeholder: "FILE", summary: `write what is done over ${of} there, as JSON lines` },
    ...(service === "console" ? [TOPIC_OPTION] : []),
    { name: `${service}-audit-required`, kind: "flag", summary: "what the audit cannot tell is not done" },
    {
      name: `${service}-audit-max-bytes`,
      kind: "number",
      placeholder: "BYTES",
      summary: "an audit file of so many bytes gets a name after the time, and another is begun",
      defaultText: "100 MiB",
    },
    {
      name: `${service}-audit-kept-files`,
      kind: "number",
      placeholder: "N",
      summary: "older audit files that are kept",
      defaultText: "10",
    },
  ];
}

/** What these options say, for the part that serves it. Throws {@link UsageError}. */
export function auditSettingsOf({ options }: CommandContext, service: "console" | "connect"): PartSettings {
  const file = options.text(`${service}-audit`);
  const topic = service === "console" ? options.text(TOPIC_OPTION.name) : undefined;
  const [auditMaxBytes, auditKeptFiles] = [options.number(`${service}-audit-max-bytes`), options.number(`${service}-audit-kept-files`)];
  if (file === undefined) {
    const ofFiles = [...(topic === undefined ? ["required"] : []), "max-bytes", "kept-files"];
    const given = ofFiles.find((name) => options.has(`${service}-audit-${name}`));
    if (given !== undefined) throw new UsageError(`--${service}-audit-${given} needs --${service}-audit FILE.`);
    if (topic === undefined) return {};
  }
  if (topic !== undefined && !TOPIC_NAME.test(topic))
    throw new UsageError(`--${TOPIC_OPTION.name} is "${topic}"; a topic's name has letters, digits, ".", "_" and "-", 249 at most.`);
  if (auditMaxBytes !== undefined && auditMaxBytes < BYTES_MIN)
    throw new UsageError(`--${service}-audit-max-bytes is ${auditMaxBytes}; it is ${BYTES_MIN} at least.`);
  if (auditKeptFiles !== undefined && (auditKeptFiles < 0 || auditKeptFiles > FILES_MAX))
    throw new UsageError(`--${service}-audit-kept-files is ${auditKeptFiles}; it is 0 to ${FILES_MAX}.`);
  return {
    ...(file !== undefined && { auditFile: resolve(file) }),
    ...(topic !== undefined && { auditTopic: topic }),
    auditRequired: options.has(`${service}-audit-required`),
    ...(auditMaxBytes !== undefined && { auditMaxBytes }),
    ...(auditKeptFiles !== undefined && { auditKeptFiles }),
  };
}
