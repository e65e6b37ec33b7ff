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

const DEPTH_MAX = 100;

/** A tag, or the text between two. */
type XmlPiece =
  | { readonly open: string; readonly line: number }
  | { readonly close: true }
  | { readonly text: string; readonly line: number };

/** What XML consists of, comments and CDATA left out, from left to right in one go; what is cut off ends it. */
function* xmlPieces(text: string): Generator<XmlPiece> {
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const isTag = text[at] === "<";
    const [begin, end] = !isTag ? ["", "<"] : (SKIPPED.find(([each]) => text.startsWith(each, at)) ?? ["<", ">"]);
    const found = text.indexOf(end, at + begin.length);
    if (found < 0 && isTag) return;
    const next = found < 0 ? text.length : found + (isTag ? end.length : 0);
    const piece = text.slice(at, next);
    if (!isTag) {
      const words = piece.trim();
      if (words !== "") yield { text: words, line: line + countOfLines(piece.slice(0, piece.indexOf(words))) };
    } else if (begin === "<") {
      const name = /^<\/?([\w.:-]{1,100})/.exec(piece)?.[1];
      if (name !== undefined && piece[1] === "/") yield { close: true };
      else if (name !== undefined && !piece.endsWith("/>")) yield { open: name, line };
    }
    line += countOfLines(piece);
    at = next;
  }
}

const SKIPPED: readonly (readonly [begin: string, end: string])[] = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
];

function mavenEntries(text: string): readonly Entry[] {
  const properties = new Map<string, string>();
  const found: { artifact: string; version: string; line: number }[] = [];
  const path: string[] = [];
  let [group, artifact, version, versionLine] = ["", "", "", 0];
  for (const piece of xmlPieces(text)) {
    if ("text" in piece) {
      const [inside, around] = [path.at(-1), path.at(-2)];
      if (around === "properties") properties.set(inside!, piece.text);
      else if (around !== "dependency") continue;
      else if (inside === "groupId") group = piece.text;
      else if (inside === "artifactId") artifact = piece.text;
      else if (inside === "version") [version, versionLine] = [piece.text, piece.line];
    } else if ("open" in piece) {
      if (path.length >= DEPTH_MAX) return [];
      path.push(piece.open);
      if (piece.open === "dependency") [group, artifact, version] = ["", "", ""];
    } else if (path.pop() === "dependency" && group === GROUP && artifact !== "" && version !== "")
      found.push({ artifact, version, line: versionLine });
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
