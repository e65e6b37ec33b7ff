/** Where the project was written is no part of it: absolute paths of one machine, and hosts of one network's package registries. */
const WORKPLACE: readonly RegExp[] = [
  /(?<![\w.])\/(?:home|Users|work|farm|root)\/[\w.-]+/,
  /\/tmp\/(?!kafka-logs)[\w-]+/,
  /https?:\/\/(?:registry\.npmjs\.org|[\w.-]*(?:artifactory|nexus|verdaccio|jfrog)[\w.-]*)/i,
];

/** Lines that name a place on the writer's machine or network. */
export function findWorkplace(path: string, lines: readonly string[]): string[] {
  if (path.startsWith("tools/tidy/")) return [];
  return lines.flatMap((line, index) => {
    const found = WORKPLACE.map((pattern) => pattern.exec(line)?.[0]).find((match) => match !== undefined);
    return found === undefined ? [] : [`${path}:${index + 1}: ${found} is a place on somebody's machine or network.`];
  });
}
