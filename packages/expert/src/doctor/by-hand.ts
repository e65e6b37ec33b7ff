const MACHINE = "no call of the protocol starts or mends a machine, its disk or its network.";
const FILE = "it stands in the files of brokers, which no call changes, and takes a restart of each.";
const PROGRAM =
  "it is the program of the group's members that has to be mended, started or given more instances; no call of the protocol reaches it.";
const REGISTRY = "a plan goes by the Kafka protocol; the level is set by the registry itself, with the command that is told.";
const KEYS = "which keys records have is decided by the programs that write them.";
const PARTITIONS =
  "more partitions cannot be taken back, and send keys elsewhere from then on: order by key breaks for those that rely on it.";

/** Why a plan cannot mend what a rule finds, or may not, where its finding has no changes that a program can carry out. By rule. */
export const BY_HAND: Readonly<Record<string, string>> = {
  "CLU-01": "an unclean election loses records for good: whether the broker that has them may come back, somebody has to know.",
  "CLU-02": MACHINE,
  "CLU-03": MACHINE,
  "CLU-04": MACHINE,
  "CLU-05": MACHINE,
  "CLU-06": MACHINE,
  "CLU-08": "to level disks takes a move of much data: when, and how fast, is to be decided with its load in mind.",
  "CLU-09": "what to delete earlier, or where to move it, is a decision about data; disks are added by hand.",
  "CLU-12": MACHINE,
  "CLU-13": "no throttle stands in its way, so that it is a broker that has to be mended.",
  "CLU-14": "brokers are brought to one version on their machines.",
  "CLU-15": FILE,
  "CLU-18": "the findings about copies and min.insync.replicas have the changes that mend it.",
  "CLU-20": "advertised.listeners, names and networks are put right where they stand.",
  "TOP-04": "to move replicas over racks takes copying: when, and how fast, is to be decided with its load in mind.",
  "TOP-05": PARTITIONS,
  "TOP-06": PARTITIONS,
  "TOP-08": "which topics may go, or be smaller, is a decision about data.",
  "TOP-09": "what a topic is for, its owner knows; to delete one cannot be taken back.",
  "TOP-10": "a topic has its name for good; programs have to move to another.",
  "TOP-13": "what to delete earlier is a decision about data; disks are added by hand.",
  "TOP-21": "a lower limit refuses the large records that programs may send today; they have to be changed first.",
  "TOP-22": "the clock of a producer's machine, and the times that its program gives, are no setting of the cluster.",
  "TOP-27": KEYS,
  "GRP-01": PROGRAM,
  "GRP-02": "to pass over the record at the committed offset loses it for the group: somebody has to look at it first.",
  "GRP-03": "to set the group forward again passes over records that somebody may have wanted to be read again; who set it back knows.",
  "GRP-04": PROGRAM,
  "GRP-05": PROGRAM,
  "GRP-06": PROGRAM,
  "GRP-07": "time does not bound what is kept there alone: how much more room it may take is to be decided.",
  "GRP-08": "a group with members keeps its own offsets: stop them first, then the finding has a plan.",
  "GRP-09": "whether the group is still needed, its owner knows; its program is started by hand.",
  "GRP-10": PROGRAM,
  "GRP-11": "the assignor is a setting of the members.",
  "GRP-12": KEYS,
  "GRP-13": PROGRAM,
  "GRP-14": PROGRAM,
  "GRP-15": "brokers refuse to delete offsets of a topic that is not there, and the group has others that it may need.",
  "BRK-08": FILE,
  "BRK-12": FILE,
  "BRK-20": FILE,
  "BRK-21": "which of the values is the right one, somebody has to say.",
  "BRK-22": FILE,
  "SCH-01": REGISTRY,
  "SCH-03": REGISTRY,
  "SCH-04": REGISTRY,
  "CON-09": "a plan goes by the Kafka protocol; connectors are started again by their worker, once what they failed with is mended.",
  "SEC-05": "certificates are issued and put in place by those who hold the authority's key.",
  "SEC-06": FILE,
  "SEC-09": FILE,
  "SEC-10": "what the busiest needs is not on the protocol: a quota below it would slow what works today.",
};
