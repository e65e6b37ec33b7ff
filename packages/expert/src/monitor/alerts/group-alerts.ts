import { type Alert, climbing, steady } from "../alert.ts";

const at = (atMinute: number, ...series: Alert["fires"]["series"]): Alert["fires"] => ({ series, atMinute });
const billing = { cluster: "c", group: "billing", topic: "orders", partition: "0" } as const;
const whole = { cluster: "c", group: "billing" } as const;
const LOOK = { text: "Why is it behind?", command: "ottla lag explain <group>" };
const CAUGHT_UP = [{ text: "It commits, and the lag gets less.", command: "ottla lag <group> --for 60" }];

/** What consumers miss. No alert counts records: what is much for one topic is a second's worth for another. */
export const groupAlerts: readonly Alert[] = [
  {
    name: "KafkaGroupStopped",
    severity: "critical",
    rule: "GRP-01",
    needs: ["groupCommitted", "groupLag"],
    forMinutes: 5,
    summary: "A group has stopped reading a topic that has records for it",
    description: "Group <group> committed nothing new in <topic> for ten minutes, and {{ $value }} records wait.",
    labels: ["cluster", "group", "topic"],
    expression: (read) => {
      const labels = ["cluster", "group", "topic"] as const;
      const on = labels.map((label) => read.label(label, "groupLag")).join(", ");
      const moved = read.by("sum", "groupCommitted", labels, read.over("changes", "groupCommitted", "10m"));
      return `${read.by("sum", "groupLag", labels, read.now("groupLag"))} > 0 and on (${on}) ${moved} == 0`;
    },
    fires: at(30, steady("groupCommitted", 500, 40, billing), climbing("groupLag", 60, 40, billing, 10)),
    silent: at(30, climbing("groupCommitted", 1, 40, billing), climbing("groupLag", 60, 40, billing, 10)),
    runbook: {
      impact: "Whoever waits for what this group does gets nothing.",
      observe: [LOOK, { text: "Are there members, and in which state is the group?", command: "ottla groups describe <group>" }],
      act: [
        { text: "No members: the application is down or subscribes elsewhere. Start it." },
        {
          text: "Members, and one record again and again in their logs: a record they cannot handle. Send it to a dead-letter topic and go on; by hand: set the group one record further while it is stopped.",
          command: "ottla offsets reset <group> --topic <topic>:<partition> --shift-by 1",
        },
        { text: "The last stable offset stands: a transaction hangs.", command: "ottla transactions find-hanging" },
        { text: "It rebalances all the time: members exceed max.poll.interval.ms. Fewer records a poll, or a longer interval." },
      ],
      verify: CAUGHT_UP,
    },
  },
  {
    name: "KafkaGroupStalled",
    severity: "critical",
    rule: "GRP-02",
    needs: ["groupStatus"],
    forMinutes: 5,
    summary: "A group stands still in a partition",
    description: "Group <group> in <topic>-<partition>: it stopped (4) or commits the same position (5): {{ $value }}.",
    labels: ["cluster", "group", "topic", "partition"],
    expression: (read) => `${read.now("groupStatus")} >= 4 < 6`,
    fires: at(10, steady("groupStatus", 5, 15, billing)),
    silent: at(10, steady("groupStatus", 2, 15, billing)),
    runbook: {
      impact: "Records of this partition are not handled; others of the group may be.",
      observe: [
        LOOK,
        {
          text: "What does the record look like at which it stands?",
          command: "ottla consume <topic> --partition <partition> --offset <offset> --max-messages 1",
        },
      ],
      act: [
        { text: "The record cannot be handled: dead-letter it and go on." },
        { text: "The member hangs: take a stack dump, then restart it; another member takes the partition over." },
      ],
      verify: CAUGHT_UP,
    },
  },
  {
    name: "KafkaGroupWentBack",
    severity: "warning",
    rule: "GRP-03",
    needs: ["groupCommitted"],
    forMinutes: 0,
    summary: "A group's position went back",
    description:
      "The committed position of group <group> in <topic> fell by {{ $value }} records within ten minutes: it handles them again.",
    labels: ["cluster", "group", "topic"],
    expression: (read) => {
      const fell = read.over("delta", "groupCommitted", "10m");
      return `-1 * ${read.by("sum", "groupCommitted", ["cluster", "group", "topic"], fell)} > 0`;
    },
    fires: at(22, {
      signal: "groupCommitted",
      labels: billing,
      runs: [
        { from: 9000, step: 10, times: 14 },
        { from: 100, step: 1, times: 20 },
      ],
    }),
    silent: at(22, climbing("groupCommitted", 10, 40, billing, 9000)),
    runbook: {
      impact: "Effects that are not idempotent happen twice.",
      observe: [{ text: "Where does it stand now?", command: "ottla offsets show <group>" }],
      act: [
        {
          text: "Somebody reset it: ask who and why before anything else; the audit log says who.",
          command: "ottla groups describe <group>",
        },
        { text: "Its offsets expired while it was stopped and auto.offset.reset=earliest: raise offsets.retention.minutes." },
        { text: "An unclean election took the end of the log: see KafkaUncleanElection." },
      ],
      verify: CAUGHT_UP,
    },
  },
  {
    name: "KafkaGroupFallingBehind",
    severity: "warning",
    rule: "GRP-05",
    needs: ["groupLag"],
    forMinutes: 0,
    summary: "A group's lag rose for half an hour without a break",
    description: "Group <group> is {{ $value }} records behind in <topic>, more at each look of the last half hour.",
    labels: ["cluster", "group", "topic"],
    expression: (read) => {
      const lag = read.by("sum", "groupLag", ["cluster", "group", "topic"], read.now("groupLag"));
      return `${lag} > 0 and min_over_time((deriv((${lag})[5m:1m]))[30m:5m]) > 0`;
    },
    fires: at(50, climbing("groupLag", 100, 60, billing, 50)),
    silent: at(50, {
      signal: "groupLag",
      labels: billing,
      runs: [
        { from: 0, step: 100, times: 34 },
        { from: 3500, step: -100, times: 30 },
      ],
    }),
    runbook: {
      impact: "What this group does comes later and later.",
      observe: [
        LOOK,
        {
          text: "How long until it has caught up, and how many members would it take?",
          command: "ottla lag <group> --for 60 --partitions",
        },
      ],
      act: [
        { text: "Members are fewer than partitions: add members.", command: "ottla size drain --help" },
        { text: "As many members as partitions: make the handling of a record faster, or handle several keys at a time." },
        { text: "One partition has nearly all of it: a hot key. More members do not help." },
      ],
      verify: CAUGHT_UP,
    },
  },
  {
    name: "KafkaGroupLate",
    severity: "warning",
    rule: "GRP-06",
    needs: ["groupLagSeconds"],
    forMinutes: 5,
    summary: "A group reads old records",
    description: "The oldest record that group <group> has not read is {{ $value | humanizeDuration }} old.",
    labels: ["cluster", "group"],
    expression: (read, { lagSeconds }) =>
      `${read.by("max", "groupLagSeconds", ["cluster", "group"], read.now("groupLagSeconds"))} > ${lagSeconds}`,
    fires: at(12, steady("groupLagSeconds", 61, 20, whole)),
    silent: at(12, steady("groupLagSeconds", 59, 20, whole)),
    runbook: {
      impact: "What this group does is late by so much.",
      observe: [LOOK],
      act: [
        { text: "It catches up: wait as long as the forecast says.", command: "ottla lag <group> --for 60" },
        { text: "It does not: see KafkaGroupFallingBehind." },
      ],
      verify: CAUGHT_UP,
    },
  },
  {
    name: "KafkaGroupLosesRecords",
    severity: "critical",
    rule: "GRP-07",
    needs: ["groupLossSeconds"],
    forMinutes: 10,
    summary: "Retention will take records that a group has not read",
    description: "In {{ $value | humanizeDuration }} retention deletes records that group <group> has not read.",
    labels: ["cluster", "group"],
    expression: (read) => `${read.by("min", "groupLossSeconds", ["cluster", "group"], read.now("groupLossSeconds"))} < 21600`,
    fires: at(15, steady("groupLossSeconds", 21_000, 20, whole)),
    silent: at(15, steady("groupLossSeconds", 22_000, 20, whole)),
    runbook: {
      impact: "After that time the records are gone, and the group jumps by auto.offset.reset.",
      observe: [LOOK],
      act: [
        { text: "First make time: raise the retention of the topic.", command: "ottla configs set topic <topic> retention.ms=1209600000" },
        { text: "Then make the group read: see KafkaGroupFallingBehind and KafkaGroupStopped." },
      ],
      verify: [{ text: "The deadline is far.", command: "ottla lag <group> --for 60" }],
      rollBack: [
        {
          text: "When it has caught up, set retention back; look at the disks meanwhile.",
          command: "ottla configs unset topic <topic> retention.ms",
        },
      ],
    },
  },
  {
    name: "KafkaGroupWithoutMembers",
    severity: "warning",
    rule: "GRP-09",
    needs: ["groupMembers", "groupLag"],
    forMinutes: 15,
    summary: "Nobody reads for a group that has records waiting",
    description: "Group <group> has no members, and {{ $value }} records wait for it.",
    labels: ["cluster", "group"],
    expression: (read) => {
      const labels = ["cluster", "group"] as const;
      const on = labels.map((label) => read.label(label, "groupLag")).join(", ");
      return `${read.by("sum", "groupLag", labels, read.now("groupLag"))} > 0 and on (${on}) ${read.by("max", "groupMembers", labels, read.now("groupMembers"))} == 0`;
    },
    fires: at(20, steady("groupMembers", 0, 30, whole), steady("groupLag", 10, 30, billing)),
    silent: at(20, steady("groupMembers", 1, 30, whole), steady("groupLag", 10, 30, billing)),
    runbook: {
      impact: "Whoever waits for what this group does gets nothing; its offsets expire after offsets.retention.minutes.",
      observe: [{ text: "When did it commit last, and where does it stand?", command: "ottla lag explain <group>" }],
      act: [
        { text: "It should run: start it." },
        { text: "It is not needed any more: delete it, so that nobody wonders again.", command: "ottla groups delete <group>" },
      ],
      verify: CAUGHT_UP,
    },
  },
];
