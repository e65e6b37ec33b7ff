import { printSeconds } from "@ottla/expert";
import type { DoctorFinding, DoctorReport, Harm } from "@ottla/expert/doctor";
import { commandLine, type KafkaTools, kafkaCommandsOf, ottlaCommandsOf } from "@ottla/expert/plan";
import { shown } from "../../output.ts";
import type { TextStyle } from "../../text-style.ts";

/** Of more commands, consequences or gaps the first are shown. */
const LINES_MAX = 3;

const HARM_WORDS: Readonly<Record<Harm, string>> = {
  lost: "records are lost, or cannot be read",
  refused: "writes are refused",
  soon: "records are lost or a disk is full, if nothing is done",
  nextFailure: "the next failure loses records or stops writes",
  stuck: "readers do not get on",
  late: "readers fall behind",
  exposed: "somebody may do what he should not",
  uneven: "some have too much to do or to keep",
  untidy: "it will surprise somebody",
};

/** The report for people. */
export function printReport(report: DoctorReport, tools: KafkaTools, style: TextStyle): string {
  const { findings, notChecked } = report;
  const parts = [verdict(report, style), ...findings.map((finding, i) => paragraph(finding, i + 1, tools, style))];
  if (notChecked.length > 0)
    parts.push(`${style.bold("Not checked")}\n${notChecked.map(({ subject, reason }) => shown`  ${subject}: ${reason}\n`).join("")}`);
  parts.push(style.dim(costLine(report)));
  return parts.join("\n");
}

function verdict({ verdict: said, findings, cluster, profile, looks, watchedMs }: DoctorReport, style: TextStyle): string {
  const ofSeverity = (severity: DoctorFinding["severity"]) => findings.filter((finding) => finding.severity === severity).length;
  const counts = [counted(ofSeverity("error"), "error"), counted(ofSeverity("warning"), "warning"), counted(ofSeverity("info"), "note")]
    .filter((text) => text !== "")
    .join(", ");
  const words = {
    healthy: style.green("HEALTHY"),
    findings: style.yellow(ofSeverity("error") > 0 ? "NOT HEALTHY" : "HEALTHY, WITH WARNINGS"),
    unseen: style.yellow("NOT SEEN: too little could be looked at to say that it is healthy"),
  };
  const seen = [
    counted(cluster.brokers, "live broker"),
    counted(cluster.topics, "topic"),
    counted(cluster.partitions, "partition"),
    counted(cluster.groups, "group"),
  ]
    .filter((text) => text !== "")
    .join(", ");
  const time = looks > 1 ? `${looks} looks in ${printSeconds(watchedMs / 1000)}` : "one look";
  return shown`${style.bold(words[said])}${counts === "" ? "" : `  ${counts}`}\n${seen}; ${time}, judged as ${profile}.\n`;
}

function counted(many: number | undefined, noun: string): string {
  return many === undefined || many === 0 ? "" : `${many} ${noun}${many === 1 ? "" : "s"}`;
}

function paragraph(finding: DoctorFinding, number: number, tools: KafkaTools, style: TextStyle): string {
  const { severity, rule, confidence, message, evidence, harm, fix, byHand, changes = [], consequences = [] } = finding;
  const sureness = confidence === "high" ? "" : style.dim(` (confidence ${confidence})`);
  const ottla = changes.flatMap((change) => (ottlaCommandsOf(change) ?? []).map((words) => commandLine(["ottla", ...words])));
  const kafka = changes.flatMap((change) => kafkaCommandsOf(change, tools) ?? []);
  const instructions = changes.flatMap((change) => (change.kind === "manual" && change.instruction !== fix ? [change.instruction] : []));
  return [
    `${style.bold(`${number}. ${severity === "error" ? style.yellow("ERROR") : severity === "warning" ? "warning" : "note"} ${rule}`)}  ${shown`${message}`}${sureness}`,
    `   Harm   ${HARM_WORDS[harm]}`,
    shown`   Seen   ${evidence}`,
    ...(consequences.length === 0
      ? []
      : [
          `   Hence  ${some(consequences.map(({ rule: id, message: said }) => shown`${id === "" ? "" : `${id} `}${said}`)).join("\n          ")}`,
        ]),
    ...(fix === undefined ? [] : [shown`   Do     ${fix}`]),
    ...(byHand === undefined ? [] : [style.dim(shown`          No plan can: ${byHand}`)]),
    ...instructions.map((instruction) => shown`          ${instruction}`),
    ...some(ottla).map((line) => shown`          ${line}`),
    ...some(kafka).map((line) => style.dim(shown`          ${line}`)),
    "",
  ].join("\n");
}

function some(lines: readonly string[]): readonly string[] {
  return lines.length <= LINES_MAX ? lines : [...lines.slice(0, LINES_MAX), `and ${lines.length - LINES_MAX} more`];
}

function costLine({ cost }: DoctorReport): string {
  const { requests, tookMs, failedCalls, limits } = cost;
  const failed = failedCalls === 0 ? "" : `, ${failedCalls} of the calls failed`;
  return `The look took ${printSeconds(tookMs / 1000)} and ${requests} requests${failed}; never more than ${limits.requestsPerS} a second. "ottla explain RULE" tells why a rule is there.\n`;
}
