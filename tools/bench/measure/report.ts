import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem, type } from "node:os";
import { fileURLToPath } from "node:url";

const page = fileURLToPath(new URL("../../../docs/benchmarks.md", import.meta.url));

/** One section of docs/benchmarks.md. `id` is stable: a new run replaces the section of the same id. */
export interface ReportSection {
  readonly id: string;
  readonly title: string;
  readonly command: string;
  readonly body: string;
}

/** The machine in one line: what a figure means depends on it. */
function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  return `${availableParallelism()} cores (${model}), ${Math.round(totalmem() / 2 ** 30)} GB memory, ${type()}, Node ${process.version}`;
}

/** Writes the section into docs/benchmarks.md, in place of its former self or at the end. */
export function writeReportSection(section: ReportSection): void {
  const begin = `<!-- bench ${section.id} -->`;
  const end = `<!-- /bench ${section.id} -->`;
  const text = `${begin}\n### ${section.title}\n\n\`${section.command}\` on ${describeMachine()}; median (least–most).\n\n${section.body}\n${end}\n`;
  const before = existsSync(page) ? readFileSync(page, "utf8") : "# Benchmarks\n";
  const from = before.indexOf(begin);
  const to = before.indexOf(end);
  const after =
    from >= 0 && to > from ? `${before.slice(0, from)}${text}${before.slice(to + end.length + 1)}` : `${before.trimEnd()}\n\n${text}`;
  writeFileSync(page, after);
}
