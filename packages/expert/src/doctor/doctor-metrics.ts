import type { DoctorReport } from "./doctor-report.ts";

/**
 * What the doctor says in Prometheus's text format (version 0.0.4): how many findings of each rule, consequences included; how many things were not looked at; and when the look was. A rule without findings
 * has no sample.
 */
export function doctorMetrics({ verdict, findings, notChecked, takenAtMs }: DoctorReport): string {
  const counts = new Map<string, number>();
  for (const { rule, severity, consequences = [] } of findings)
    for (const each of [{ rule, severity }, ...consequences]) {
      const labels = `rule="${each.rule}",severity="${each.severity}"`;
      counts.set(labels, (counts.get(labels) ?? 0) + 1);
    }
  const samples = [...counts].map(([labels, count]) => `ottla_doctor_findings{${labels}} ${count}\n`).sort();
  return [
    "# HELP ottla_doctor_findings What the doctor found, by rule.\n# TYPE ottla_doctor_findings gauge\n",
    ...samples,
    `# HELP ottla_doctor_not_checked What could not be looked at.\n# TYPE ottla_doctor_not_checked gauge\nottla_doctor_not_checked ${notChecked.length}\n`,
    `# HELP ottla_doctor_healthy 1: nothing worth a warning was seen.\n# TYPE ottla_doctor_healthy gauge\nottla_doctor_healthy ${verdict === "healthy" ? 1 : 0}\n`,
    `# HELP ottla_doctor_look_timestamp_seconds When the look was.\n# TYPE ottla_doctor_look_timestamp_seconds gauge\nottla_doctor_look_timestamp_seconds ${takenAtMs / 1000}\n`,
  ].join("");
}
