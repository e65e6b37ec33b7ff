import { str } from "../plugin/config-shape.ts";
import { definePredicate } from "../plugin/define.ts";
import { javaPattern, javaRegexOfSomething } from "./java-pattern.ts";
import { JAVA_TRANSFORMS, TRANSFORMS_VERSION } from "./side.ts";

/** So many topics are remembered; one more, and they are looked at again. */
const TOPICS_MAX = 10_000;
const JAVA_PREDICATES = `${JAVA_TRANSFORMS}predicates.`;

/** Whether a record has a header of a name. */
export const hasHeaderKey = definePredicate({
  name: "HasHeaderKey",
  aliases: [`${JAVA_PREDICATES}HasHeaderKey`],
  version: TRANSFORMS_VERSION,
  doc: "Whether a record has a header of a name.",
  config: {
    name: str()
      .with({ validator: { kind: "nonEmpty" } })
      .doc("The header's name."),
  },
  open: ({ name }) => ({ test: (record) => record.headers.some(({ key }) => key === name) }),
});

/** Whether a record's value is null. */
export const recordIsTombstone = definePredicate({
  name: "RecordIsTombstone",
  aliases: [`${JAVA_PREDICATES}RecordIsTombstone`],
  version: TRANSFORMS_VERSION,
  doc: "Whether a record's value is null.",
  config: {},
  open: () => ({ test: (record) => record.value === null || record.value === undefined }),
});

/** Whether the whole of a topic's name fits a pattern. */
export const topicNameMatches = definePredicate({
  name: "TopicNameMatches",
  aliases: [`${JAVA_PREDICATES}TopicNameMatches`],
  version: TRANSFORMS_VERSION,
  doc: "Whether the whole of a topic's name fits a pattern.",
  config: {
    pattern: str().with(javaRegexOfSomething).doc("A regular expression."),
  },
  open(config) {
    const pattern = javaPattern("pattern", config.pattern);
    const topics = new Map<string, boolean>();
    return {
      test({ topic }) {
        let fits = topics.get(topic);
        if (fits === undefined) {
          fits = pattern.matches(topic);
          if (topics.size >= TOPICS_MAX) topics.clear();
          topics.set(topic, fits);
        }
        return fits;
      },
    };
  },
});
