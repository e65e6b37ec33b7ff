const OTHER_FILE = "two files say different things: which of them is right, somebody has to say.";
const PLACE = "where it is to live (a disk, a folder, a host) the file does not say.";
const NAMES = "names are given by the owners of what is named; others use them.";
const SECURE = "keys, certificates and passwords have to be there first; a line alone would lock everybody out.";
const SECRET = "where the secret is to be kept instead is a choice of the project; that it was written is not undone by taking it out.";
const RIGHTS = "who needs which rights their owners know.";
const HOW_MUCH = "how much is right depends on the load, which the file does not tell.";
const CLASS = "what takes its place has other settings, or is a program.";
const TOPOLOGY = "it takes another topology: more machines, or other roles of those there are.";
const OPERATOR = "what the operator makes of it depends on the cluster that is there.";
const BUILD = "a build's versions fit together; its own tools raise them, and tests tell.";
const WORDS = "a document's words are its author's.";
const EXPRESSION = "which exporter runs, and what the alert is to say, its author knows.";
const SCHEMA =
  "a schema is a contract with readers and with records that are there: what a field means, and when it may change, its owner knows.";
const DEPLOYMENT = "it takes several deployments one after the other.";

/** Why a program cannot mend in a file, or may not, what a rule finds there, where its finding has no change of a setting. By rule. */
export const ADVISED: Readonly<Record<string, string>> = {
  "ACR-02": OTHER_FILE,
  "ACR-03": OTHER_FILE,
  "ACR-05": OTHER_FILE,
  "ACR-06": OTHER_FILE,
  "BRK-08": PLACE,
  "BRK-12": OTHER_FILE,
  "BRK-19": TOPOLOGY,
  "BRK-21": OTHER_FILE,
  "BRK-24": "listeners, their protocols and what is advertised hang together with the network around them.",
  "BRK-25": PLACE,
  "CFG-01": "what was meant by a key that nobody knows, its author knows; where one is spelt alike, it is proposed.",
  "CFG-02": "what was meant by a value that cannot be, its author knows.",
  "CFG-04": "which of the places was meant, its author knows.",
  "CLU-16": BUILD,
  "CNS-06":
    "a group goes over to other assignors, or to the new protocol, in several deployments, and only where its brokers and clients know it.",
  "CNS-12": HOW_MUCH,
  "CNS-13": "an instance's own name has to come from what runs it, a pod's or a host's.",
  "CNS-14": "an instance's own name has to come from what runs it, a pod's or a host's.",
  "CNS-15": "which rack a program runs in, what runs it knows.",
  "CNS-17": "which of the topics belong together, their readers know.",
  "CNS-18": OTHER_FILE,
  "CNS-19": OTHER_FILE,
  "CNS-20": OTHER_FILE,
  "CNS-21": OTHER_FILE,
  "CON-02": "the topic for dead letters has to be named and made.",
  "CON-03": HOW_MUCH,
  "CON-04": NAMES,
  "CON-07": HOW_MUCH,
  "CON-10": CLASS,
  "CON-11": "names of topics on both sides, and who reads them, change with it.",
  "DOC-01": WORDS,
  "DOC-02": WORDS,
  "DOC-03": WORDS,
  "DOC-04": WORDS,
  "DOC-05": WORDS,
  "DOC-06": WORDS,
  "MON-01": EXPRESSION,
  "MON-02": EXPRESSION,
  "PRD-11": HOW_MUCH,
  "PRD-12": OTHER_FILE,
  "PRD-13": "an instance's own name has to come from what runs it, a pod's or a host's.",
  "PRD-16": NAMES,
  "PRD-17": "which hosts there are the file does not say.",
  "SCH-02": SCHEMA,
  "SCH-07": SCHEMA,
  "SCH-12": SECURE,
  "SEC-01": SECURE,
  "SEC-02": SECURE,
  "SEC-07": RIGHTS,
  "SEC-09": RIGHTS,
  "SEC-11": SECRET,
  "SEC-12": "it is a property of the JVM, and which addresses are allowed is the project's choice.",
  "SEC-14": RIGHTS,
  "SEC-15": SECURE,
  "SEC-17": SECURE,
  "STR-05": "what is to become of records that cannot be read is a decision about data.",
  "STR-07": PLACE,
  "STR-09": HOW_MUCH,
  "STR-16": BUILD,
  "STZ-02": OPERATOR,
  "STZ-03": OPERATOR,
  "STZ-04": OPERATOR,
  "STZ-05": OPERATOR,
  "TOP-07": DEPLOYMENT,
  "TOP-08": HOW_MUCH,
  "TOP-10": NAMES,
  "TOP-11": "how long records are worth keeping, their owner knows.",
  "TOP-12": "how long records are worth keeping, their owner knows.",
  "TOP-14": "segments have a least size; how much more may be kept is to be decided.",
  "TOP-15": OTHER_FILE,
  "TOP-23": NAMES,
  "TOP-24": OTHER_FILE,
  "TOP-25": "partitions cannot be taken away, and more of them send keys elsewhere.",
  "TOP-29": OTHER_FILE,
};

/** The same of whole kinds of files, whatever the rule. */
export const ADVISED_KINDS = {
  source: "what a program does is changed by who knows what it is for; what to write instead is told in its language.",
  schema: SCHEMA,
  topology: "a topology is described by the program that builds it, and is changed there.",
  command: "a script's call is replaced by who knows what runs around it; the call to write is told.",
} as const;
