import type { Entry } from "../document.ts";
import { NOTHING, type ReadFile, type SourceFile } from "./source-file.ts";

/** Whose versions say something of Kafka. */
const GROUP = "org.apache.kafka";

/** Reads which versions of Kafka's own libraries a build takes: Maven's pom.xml, Gradle's build files and its catalogue of versions. */
export function readBuildFile({ path, text }: SourceFile): ReadFile {
  if (!text.includes(GROUP)) return NOTHING;
  const entries = path.endsWith(".xml") ? mavenEntries(text) : path.endsWith(".toml") ? catalogueEntries(text) : gradleEntries(text);
  return entries.length === 0
    ? NOTHING
    : { ...NOTHING, documents: [{ document: { file: path, part: "dependencies", kind: "dependencies", entries } }] };
}

/** A tag of XML, or the text between two. */
const XML = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<(\/?)([\w.:-]+)[^<>]*?(\/?)>|([^<]+)/g;
const DEPTH_MAX = 100;

function mavenEntries(text: string): readonly Entry[] {
  const properties = new Map<string, string>();
  const found: { artifact: string; version: string; line: number }[] = [];
  const path: string[] = [];
  let [group, artifact, version, versionLine, line] = ["", "", "", 0, 1];
  for (const [whole, closing, name, alone, words] of text.matchAll(XML)) {
    if (words !== undefined) {
      const [inside, value] = [path.at(-1), words.trim()];
      if (value !== "" && path.at(-2) === "properties") properties.set(inside!, value);
      if (value !== "" && path.at(-2) === "dependency") {
        if (inside === "groupId") group = value;
        else if (inside === "artifactId") artifact = value;
        else if (inside === "version") [version, versionLine] = [value, line + words.slice(0, words.indexOf(value)).split("\n").length - 1];
      }
    } else if (name !== undefined && alone !== "/" && closing !== "/") {
      if (path.length >= DEPTH_MAX) return [];
      path.push(name);
      if (name === "dependency") [group, artifact, version] = ["", "", ""];
    } else if (closing === "/" && path.pop() === "dependency" && group === GROUP && artifact !== "" && version !== "")
      found.push({ artifact, version, line: versionLine });
    line += countOfLines(whole);
  }
  return found.map(({ artifact: name, version: given, line: at }) => ({
    key: `${GROUP}:${name}`,
    value: given.replace(/^\$\{([^}]+)\}$/, (all, property: string) => properties.get(property) ?? all),
    line: at,
  }));
}

function countOfLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

/** `implementation("org.apache.kafka:kafka-streams:4.1.0")`: the text alone tells; what stands in a comment of its own line does not. */
function gradleEntries(text: string): readonly Entry[] {
  return text.split("\n").flatMap((words, i): Entry[] => {
    if (/^\s*(\/\/|\*|\/\*)/.test(words)) return [];
    return [...words.matchAll(/["']org\.apache\.kafka:([\w.-]+):([\w.${}-]+)["']/g)].map(([, artifact, version]) => ({
      key: `${GROUP}:${artifact}`,
      value: version!,
      line: i + 1,
    }));
  });
}

/** `kafka-streams = { module = "org.apache.kafka:kafka-streams", version.ref = "kafka" }` in libs.versions.toml. */
function catalogueEntries(text: string): readonly Entry[] {
  const versions = new Map<string, string>();
  const lines = text.split("\n").map((words) => words.replace(/^\s*#.*$/, ""));
  for (const words of lines) {
    const [, name, version] = /^\s*([\w-]+)\s*=\s*"([^"]+)"\s*$/.exec(words) ?? [];
    if (name !== undefined) versions.set(name, version!);
  }
  return lines.flatMap((words, i): Entry[] => {
    const artifact = /module\s*=\s*"org\.apache\.kafka:([\w.-]+)"/.exec(words)?.[1];
    const [, ref] = /version\.ref\s*=\s*"([\w-]+)"/.exec(words) ?? [];
    const version = ref === undefined ? /version\s*=\s*"([^"]+)"/.exec(words)?.[1] : versions.get(ref);
    return artifact === undefined || version === undefined ? [] : [{ key: `${GROUP}:${artifact}`, value: version, line: i + 1 }];
  });
}
