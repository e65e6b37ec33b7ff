import type { RE2JS } from "re2js";
import { ConnectError } from "../connect-error.ts";
import { str } from "../plugin/config-shape.ts";
import { defineTransform } from "../plugin/define.ts";
import { javaPattern, javaRegex } from "./java-pattern.ts";
import { JAVA_TRANSFORMS, TRANSFORMS_VERSION } from "./side.ts";

/** So many topics are remembered; one more, and they are found again. */
const TOPICS_MAX = 10_000;

/** Another topic, by a pattern of the whole of its name. */
export const regexRouter = defineTransform({
  name: "RegexRouter",
  aliases: [`${JAVA_TRANSFORMS}RegexRouter`],
  version: TRANSFORMS_VERSION,
  doc: "Another topic, by a pattern of the whole of its name. What does not fit stays where it is.",
  config: {
    regex: str().with(javaRegex).doc("What the topic's whole name is like."),
    replacement: str().doc("The topic then; $1 is the first group, ${name} a named one."),
  },
  open({ regex, replacement }) {
    const pattern = javaPattern("regex", regex);
    const topics = new Map<string, string>();
    return {
      apply(record) {
        let topic = topics.get(record.topic);
        if (topic === undefined) {
          topic = routed(pattern, record.topic, replacement);
          if (topics.size >= TOPICS_MAX) topics.clear();
          topics.set(record.topic, topic);
        }
        return topic === record.topic ? record : { ...record, topic };
      },
    };
  },
});

/** The topic's name where all of it fits the pattern. */
export function routed(pattern: RE2JS, topic: string, replacement: string): string {
  const matcher = pattern.matcher(topic);
  if (!matcher.matches()) return topic;
  let text = "";
  for (let at = 0; at < replacement.length; at++) {
    const sign = replacement[at]!;
    if (sign === "\\") {
      at++;
      if (at >= replacement.length) throw wrongReplacement(replacement, "ends with a backslash");
      text += replacement[at]!;
    } else if (sign === "$") {
      const { name, next } = groupAt(replacement, at + 1, matcher.groupCount());
      let group: string | null;
      try {
        group = matcher.group(name);
      } catch {
        throw wrongReplacement(replacement, `has the group ${name}, which the pattern does not`);
      }
      text += group ?? "";
      at = next - 1;
    } else text += sign;
  }
  return text;
}

/** As many digits as still are a group's number, the first one in any case. */
function groupAt(replacement: string, at: number, groups: number): { readonly name: string | number; readonly next: number } {
  const named = /^\{([A-Za-z][A-Za-z0-9]*)\}/.exec(replacement.slice(at));
  if (named !== null) return { name: named[1]!, next: at + named[0].length };
  if (!/\d/.test(replacement[at] ?? "")) throw wrongReplacement(replacement, "has a $ without a group behind it");
  let number = Number(replacement[at]);
  if (number > groups) throw wrongReplacement(replacement, `has the group ${number}, which the pattern does not`);
  let next = at + 1;
  while (/\d/.test(replacement[next] ?? "") && number * 10 + Number(replacement[next]) <= groups) {
    number = number * 10 + Number(replacement[next]);
    next++;
  }
  return { name: number, next };
}

function wrongReplacement(replacement: string, problem: string): ConnectError {
  return new ConnectError("CONNECT_CONFIG", `The replacement ${replacement} ${problem}.`);
}
