import { area, type Feature, partial, works } from "./status-page.ts";

export const expertFeatures: readonly Feature[] = [
  ...area("Expert", [
    works(
      "`ottla lag`: Burrow's evaluation, time lag by interpolation, rates, drain time, when retention takes what was not read; table, watch, JSON, Prometheus",
      [
        "a partition is judged by the shape of its lag, as Burrow judges it",
        "the time lag is found between two ends, and beyond them",
        "drain time, consumers and the deadline of loss, with the reference's figures",
        "several looks tell rates",
        "metrics in Prometheus's format",
      ],
    ),
    works("`ottla lag explain`: why a group is behind, with what shows it and commands to run", [
      "a member that commits nothing, and a partition that stands while its member goes on",
      "one of two members is slow",
      "an open transaction before the end",
      "every command that is advised is one of ours, and its words parse",
    ]),
    works(
      "`ottla doctor`: one look, or several, at a live cluster of any kind at a bounded rate, certificates of TLS listeners among it; 74 rules; findings by harm, causes before what they bring about, why no plan can where none can, what was not seen and what may be partial; `--fix` writes a plan; status 0, 1, 2",
      [
        "a healthy production cluster has no finding",
        "a dead broker is one finding, with what it brings about under it",
        "what was not seen is told, and is no health",
        "who may not describe the cluster is told that lists may be partial",
        "a group that went back is told however often, and however long, it is looked at",
        "members that live for moments are seen by glances, where every look sees none",
        "why a group does not settle is told apart: overruns, lost sessions, restarts",
        "what a rule finds has a plan, an instruction, or a reason why no plan can mend it",
        "others get their turn between steps, and what comes out is the same",
        "no more calls at once, and no more requests a second, than the limits say",
        "a plan is written, carried out, and what it mends is found no more",
      ],
    ),
    works("`ottla size`: 19 calculators with formula, binding dimension and assumptions; no cluster needed", [
      "partitions: the greatest of writing, reading and consumers decides",
      "brokers: what binds is said",
      "tiering: nine tenths saved in the reference's example",
      "what is missing or makes no sense is named by its option",
    ]),
    partial(
      "`ottla lint`, `ottla explain`: rules over properties files, Spring, Quarkus and Micronaut configuration, connectors' JSON, compose files, Strimzi's and Kubernetes' resources, charts' values, lists of topics and ACLs, clients in JSON and YAML, `.env`, Avro schemas, calls of Kafka's tools in scripts and Markdown, and topologies of Streams; every setting of Kafka 3.9 to 4.4 by version; text, JSON, SARIF, GitHub; baseline, comments that allow, patches",
      [
        "fires where it should, and not just short of it",
        "what is recommended for its purpose has no findings",
        "a compose file: the containers of the usual images, their variables as settings, the version by the tag",
        "fields are found wherever they are nested, with their lines",
        "a secret is named by its place and never shown",
        "what could not be checked is never an all-clear",
        "the patch is one that git applies",
        "Spring's YAML: what is common and each client's own, words and units as Kafka's, and profiles that inherit",
        "Strimzi's resources: settings, topics, rules, connectors, with their lines",
        "aliases that grow without end and nesting without end are named, and no crash",
        "files that contradict each other",
        "advice on topics: a log that is rewritten all the time, and partitions added to keys",
        "what projects recommend for trying out: what was called wrong in it, and is not",
      ],
      "Protobuf, JSON Schema and Terraform are not read; thresholds cannot be set; fixes are made in properties files alone",
    ),
    partial(
      "`ottla lint` over sources in TypeScript, JavaScript, Java, Kotlin, Python and Go, by tree-sitter: 14 client libraries, their settings given to the rules over settings, 31 rules over how programs send, read, commit, close and build topologies; examples of seven projects judged",
      [
        "the faults that guides recommend are found in Java: transactions never begun, commits one by one and off the thread, two writes, bare dead letters, unnamed stores",
        "the same faults are found in TypeScript",
        "what is right stays silent, in both",
        "a client's settings in code are judged by the rules over settings, with line and key",
        "texts without end, without sense or without depth are said to be unread, and never a crash",
      ],
      "each file by itself: what another file commits or closes is not seen; no patches yet; STR-11, STR-15 and SRC-18's missing reader flag are not looked for",
    ),
    works(
      "`ottla probe`: name, port, TLS, login, protocol, metadata, each advertised address, a record there and back; the step that breaks with what mends it",
      [
        "a broker that is well: every step to a record that comes back",
        "a name that nobody knows, and a port at which nobody listens",
        "TLS at a plain listener, and a login at one that has none",
        "what TLS says is told apart",
      ],
    ),
    works(
      "`ottla monitor gen`, `monitor alerts`, `runbook`: 36 alerts for Strimzi's and Bitnami's JMX rules, KMinion, two Kafka exporters, node_exporter and Ottla, each with a test that fires and one just short of it; PrometheusRule, routes and inhibitions, two dashboards, a runbook per alert",
      [
        "all profiles together have every alert, each with a test that fires, one that does not, and a runbook",
        "the signals of one alert come from one profile, so that their labels fit",
        "every command of every runbook is one of ours, and its words parse",
      ],
      "promtool and amtool take all of it: `npm run test:monitor`",
    ),
    works(
      "`ottla mcp`, `ottla approve`: the expert for AI agents over stdio and Streamable HTTP; read-only unless allowed, answers of 32 KB with what was not seen, records masked, plans bound by digest and a person's consent, also without elicitation",
      [
        "what may not be done is not among the tools, and nothing else says that it writes",
        "records are data: cut, printable, masked, and told to be no instructions",
        "a low risk needs a yes, a high one the name; anything else changes nothing",
        "a client that cannot ask is given the command for a person, and goes on once that was approved",
        "another digest, a plan that is not there, and what is out of scope are refused before anybody is asked",
      ],
    ),
    works(
      "`ottla apply`: plans in YAML or JSON bound by a digest; each step looked at again, noted on disk, made, and waited for; resume after a kill, undo, dry run; high risks by name; throttled moves; one plan at a time on a cluster, from one machine and user",
      [
        "of two that carry out one plan, or plans on one cluster, the second is told who is at it, and does nothing",
        "a plan is looked at, carried out, noted, and taken back",
        "what was changed meanwhile, or in the file, or is for another cluster is not done",
        "high risk needs its name, and a step that may not be made stops what is behind it",
        "a plan that is killed at any call, with the power gone, is carried out whole when resumed, and taken back whole",
        "a line that was not whole when the process ended is none, wherever it was cut",
        "a shell gives Kafka's tools the very names, whatever stands in them",
      ],
    ),
    works(
      "`ottla design`: from one file of events and services: topics, ACLs, clients, schemas, capacity, alerts' inputs; as scripts, Strimzi resources, Terraform, properties, TypeScript, report",
      [
        "what binds decides the number of partitions, and is named",
        "exactly once reaches from the transaction to those who read it",
        "nobody may do more than the file says",
        "lint finds nothing in what is written, as for what must not lose a record",
        "the scripts call each tool with whole words",
        "terraform fmt has nothing to change",
        "the modules for our client say the same as the properties files",
        "what is wrong is told by line, with what to do",
      ],
    ),
    works(
      "`ottla design --prove`: the design on a broker in memory, its load scaled down under its settings, logins and ACLs, with break-downs; a table of promises",
      [
        "each promise that does not hold is told by its own line",
        "nobody is at rest while somebody works or has something to read",
        "the load keeps the declared shares, and a circle ends",
        "a load that does not end in time is no proof",
      ],
    ),
    works("`ottla design --plan`: what a cluster lacks of the design, as a plan for `ottla apply`; nothing once it is carried out", [
      "what is missing is made, what differs is set, and what breaks keys is for a human",
      "what one of the design's principals may do beyond it goes; others are left alone",
      "what a cluster lacks of a design becomes a plan; once it is carried out there is nothing to plan",
    ]),
    works(
      "`ottla tune`: presets against a file or a version's defaults, as a patch with reasons and costs; `--measure` runs producer and consumer before and after by turns and says what changed, or that nothing did",
      [
        "what is good already stays, whatever its value",
        "what is not there counts with the default of the version",
        "a difference counts where the runs lie apart",
        "tuning is measured by turns on a topic that goes again",
      ],
    ),
    works("`ottla perf sweep`: the knee of rate against p99, open loop without coordinated omission, and what was at its limit there", [
      "the knee is closed in to fifteen hundredths, in few steps",
      "what was at its limit is named, and what it causes is not",
      "what could not be observed is said, and never counts as good",
      "a sweep goes up, says what is borne, and leaves no topic",
    ]),
  ]),
];
