import { isTestCode } from "../source-files.ts";
import type { TidyReport } from "./tidy-report.ts";
import { findWorkplace } from "./workplace.ts";

const FILE_LINES_WARN = 400;
const FORBIDDEN_NAME = /(^|[/-])(utils?|helpers?|misc|common|manager)\.ts$/;

/** Time, chance, disk and net come through the seams of `base`, so that a test can own them. */
const SEAM_CALLS: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, "Date.now"],
  [/\bnew Date\(\)/, "new Date()"],
  [/(?<![.\w])setTimeout\(/, "setTimeout"],
  [/(?<![.\w])setInterval\(/, "setInterval"],
  [/\bperformance\.now\b/, "performance.now"],
  [/\bMath\.random\b/, "Math.random"],
  [/["']node:(fs|fs\/promises|net)["']/, "node:fs or node:net"],
  [/(?<![-./\w])console\./, "console"],
  [/\bprocess\.(stdout|stderr)\b/, "process.stdout or process.stderr"],
];

/** Outside the packages (tools, conformance) and in these places of the packages the real things may be used. */
const COMPOSITION_ROOTS: readonly RegExp[] = [
  /^tools\//,
  /^conformance\//,
  /^packages\/base\/src\/(node|simulated)\//,
  /^packages\/cli\//,
  // In a browser there is nothing to take them from.
  /^packages\/console\/src\/ui\//,
  /^packages\/client\/src\/deps\.ts$/,
  /^packages\/broker\/src\/start-broker\.ts$/,
];

export function checkSource(path: string, source: string): TidyReport {
  const errors: string[] = [];
  const lines = source.split("\n");
  if (FORBIDDEN_NAME.test(path)) errors.push(`${path}: the name does not say what is in it.`);
  if (!isTestCode(path) && !COMPOSITION_ROOTS.some((place) => place.test(path))) errors.push(...findSeamCalls(path, lines));
  errors.push(...findWorkplace(path, lines));
  const warnings = lines.length > FILE_LINES_WARN ? [`${path}: ${lines.length} lines; a file should have at most ${FILE_LINES_WARN}.`] : [];
  return { errors, warnings };
}

function findSeamCalls(path: string, lines: readonly string[]): string[] {
  return lines.flatMap((line, index) => {
    const code = line.replace(/^\s*(\*|\/\*|\/\/).*$/, "").replace(/\/\/ .*$/, "");
    return SEAM_CALLS.filter(([pattern]) => pattern.test(code)).map(
      ([, name]) => `${path}:${index + 1}: ${name} is for the seams only; take it through Deps.`,
    );
  });
}
