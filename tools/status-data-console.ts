import { area, type Feature, partial, works } from "./status-page.ts";

/** What docs/status.md lists of the console. */
export const consoleFeatures: readonly Feature[] = area("Console", [
  partial(
    "what there is, from a watch that asks a cluster at most 20 requests a second: topics, partitions, groups, brokers, a timeline; lists searched, sorted and cut on the server",
    [
      "topics come in pages, searched and sorted on the server",
      "a watch makes no more requests in a second than its budget, and makes way for a person",
      "what changed between two looks is told, and a storm of leaders is summed up",
      "the ends of a large cluster are looked at whole at first, then in turn in small calls, with what somebody looks at each time",
      "whatever a cluster refuses is missing and told, and the rest of every page is there",
      "while one of three brokers is down every page is there, says what is offline, and is whole again by itself",
      "a broker that takes requests and says nothing makes only what is asked of it old",
      "a page carries what its scripts would ask for first, the same as the API answers",
      "what is carried cannot end its element, whatever is in the cluster's names",
      "who knows the newest look is told of the next; who does not is told at once",
      "a thousand pages are told of looks and no more, and one that goes makes room",
      "npm run test:console",
      "npm run bench -- console",
    ],
    "of many thousands of groups, those nobody looks at have a lag that is minutes old; of more than 10,000 partitions those on nobody's page have ends up to 20 s old at 40,000; with 10,000 topics the process has 225 MiB after all pages and 242 at most behind a live tail of 10,000 records a second (goal 250; in the browser, three rounds on a busy machine; the doctor is a process of its own while it examines); its heap is bounded at 512 MiB, some quarter of a million partitions",
  ),
  works("topics as a list or as a tree by the words of their names, with sums; more partitions, settings and deletion by plans", [
    "topics stand by the words of their names, with sums, open branches only",
    "every topic is found by opening what is closed, and sums agree, whatever the names",
    "topics stand in a tree, open branches only, and too many open ones are refused",
  ]),
  partial(
    "groups in depth: lag over time, who reads what, why it is behind, rebalances while they were watched (state, epoch, members that came and went, partitions that moved), offsets moved to a place or a time with what is read again and skipped",
    [
      "members that came and went, partitions that moved, states and epochs are a group's history",
      "offsets go where they are told within the log, and stay where the log is not known",
      "a share group goes back to where it read from, and to not having begun",
      "who came and went in a group, and what moved, is its history; a time becomes offsets",
      "of a group with very many partitions the page has those that are most behind, and how many each member reads",
      "npm run test:console",
    ],
    "share groups go back to not having begun by topic, not by partition: the protocol knows no more; the history begins when somebody looks at the group",
  ),
  partial(
    "messages from an offset, a time, the newest, each key's newest as a table that is sorted by its columns, or live; filtered by CEL, decoded with the reason (JSON, text, numbers, MessagePack, CBOR, the records of Kafka's own topics); looked at so many a second; two compared; written, copied as a template, exported",
    [
      "messages are read, filtered, and told with why they were decoded so",
      "bytes are taken for what they are, and why is told",
      "MessagePack and CBOR are taken for what they are, whole",
      "a group's record is read with what its members subscribe to",
      "the state of a share group's partition is read",
      "Kafka's own topics are read as records of their coordinators",
      "the position that Kafka Streams keeps in a changelog's header is read",
      "a topic as a table has the newest of each key, and a filter is asked about that",
      "a reading looks at no more records and bytes a second than it may, and is told in between that it waits",
      "a record is read with all of its bytes where a list shows its beginning, and is written again as it was",
      "a file of records has all of their bytes, and no cell that a spreadsheet would take for a formula",
      "a record with a hundred thousand headers, and a thousand records of many signs, come in events that a page can take",
      "readers that do not read hold no more than their places, and the console goes on",
    ],
    "an export is made in the page, of the records that it shows (1,000 at most); what it shows only a part of is read again, whole",
  ),
  partial(
    "every change is a plan: risk, commands, consent by name, carried out, taken back; `--read-only` changes nothing; strangers and pages of other sites are refused",
    [
      "a change is previewed, agreed to, carried out and taken back",
      "a console that only reads changes nothing, and strangers are not served",
      "a console that only reads refuses an administrator every route that changes the cluster",
    ],
    "plans are forgotten when the console ends",
  ),
  partial(
    "logins by password and by an identity provider (OIDC: code flow with PKCE, state, nonce, signatures), roles viewer, operator, admin from one table for every route and kind of change, sessions that end, tries limited by address, HTTPS by PEM files that are read again",
    [
      "every route that the API has answers each role as the table says",
      "every kind of change is carried out and taken back by the roles that may, and by nobody where the console only reads",
      "no route that changes something is reached from another site, by another name of this machine, or by a form",
      "every route of the console says who may call it, and every kind of change who may make it",
      "what is in a plan may need more than the operator's role, and taking it back the same",
      "a login gives a cookie that scripts and other sites do not get, and a new one each time",
      "nobody is told who exists, and who is wrong too often is not looked at",
      "changed users are in force at once: who is gone, has another password or role is out",
      "somebody logs in by an identity provider: code flow with PKCE, state and nonce, a role by a claim, and out again",
      "what an identity provider says is checked, and who has no role gets none",
      "sessions by the thousand: the oldest make way, of one person the oldest of theirs, and what they watched ends",
      "the console beside a secure broker, by HTTPS, with logins and an audit that knows where who came from",
      "npm run test:console",
    ],
    "no back-channel logout; a provider that is added needs a restart; tried against a provider of the tests' own alone; no client certificates; roles are three and the same for every topic",
  ),
  partial(
    "masking by topic, key, value, header and field: mask, hash, drop, roles that see all; in every reading, before filters and searches",
    [
      "fields are hidden by the way to them, in lists, at any depth, whatever they are called",
      "a dead letter is masked by the rules of where it came from, and so is what went wrong with it",
      "a filter sees what is shown, so that nobody asks out what is hidden",
      "what is masked is masked in every reading: by list, key, filter and live; who may see it does",
      "changed rules hold for what is being read already",
    ],
    "error messages and logs of connectors may tell what is masked; sizes are not hidden",
  ),
  partial(
    "an audit file of what is done over the console: logins, messages read, written and exported, plans, in the brokers' format; where it is required nothing is done untold",
    [
      "what is done over the console is told: who, from where, what, to what, and how it ended; names make no lines",
      "a full disk is waited out; where the audit is required nothing is done meanwhile that it would tell",
    ],
    "no topic as a place for it; size and number of files are fixed (100 MiB, ten)",
  ),
  partial(
    "schemas of a registry that is served, or named by `--console-registry-url`: subjects in pages, versions side by side, level, references, topics by naming strategy, drafts checked with the reasons; registered, deleted and set by plans that are taken back",
    [
      "subjects come in pages with their latest version and level; one is shown with versions, users and references",
      "a draft is checked with the reasons, and what is deleted or set comes back",
      "npm run test:console",
    ],
    "lists are sorted by name alone; no contexts, rules and metadata are shown and not edited; a login at the registry only in its URL; topics of RecordNameStrategy are not looked for",
  ),
  works(
    "an editor of schemas and records, loaded with the first form that has it: faults of JSON where they are, words of Avro, JSON Schema, Protobuf and of the topic's own records; the registry is asked by itself whether a draft fits; leaving a page asks who has typed something, and the end of a session takes nothing with it",
    [
      "an editor offers the fields that records have, the most frequent first, and of what is no JSON none",
      "what nobody sees in a name is shown, and scripts and emoji stay",
      "npm run test:console",
    ],
  ),
  partial(
    "Connect that is served, or named by `--console-connect-url`: connectors with the reason of a failure, offsets, log lines, metrics; made and edited by forms from their definitions with check, difference and preview of a source; paused, stopped, begun anew, deleted by plans",
    [
      "a connector is made from a plugin's form, previewed, watched, paused, edited and deleted; each change is taken back",
      "a task that fails tells the record, the stage and the field; Connect that is away is told",
      "of a trace the sentence that says most is told: ours with its place, the deepest cause of Apache Connect's",
      "a password that is typed into a plan is shown nowhere",
      "npm run test:console",
    ],
    "against Ottla's workers alone, not Apache Connect's; log lines, metrics and previews are Ottla's own; offsets are reset and not edited; no login at Connect but in its URL",
  ),
  partial(
    "streams applications of both protocols: sub-topologies drawn with rates and lag, members with active, standby and warm-up tasks, why nothing comes out; by an instance's HTTP every node, stores with what is filled, and their rows",
    [
      "an application of the classic protocol is found, drawn with its lag, and its stores are asked by HTTP",
      "an application of the streams protocol is found, drawn with its lag, and its stores are asked by HTTP",
      "parts of a topology stand behind all that lead to them",
      "npm run test:console",
    ],
    "of Java's applications what the cluster knows; stores are asked for a key or the first 50 rows, not for times; rules of masking do not reach rows of stores",
  ),
  partial(
    "dead letters of clients, Connect and streams: found, grouped by cause, looked at, edited, passed over, sent back at a rate, each once, stopped and gone on with",
    [
      "dead letters are found, grouped by cause, edited, and sent back once each",
      "a redrive with a rate is looked after, stopped, and the next one goes on behind it",
      "npm run test:console",
    ],
    "a cause cannot be sent back alone; headers are not edited; causes of the oldest 100,000 records; looks into 2,000 partitions at most",
  ),
  partial(
    "pages for overview, topics, messages, groups with why they lag, findings with remedies, security, changes; light and dark, from 360 to 2,560 pixels, by keyboard",
    ["npm run test:console"],
    "pages of services have no part in the palette but their names",
  ),
  works(
    "security: ACLs by principal and by resource, who may do what with which ACL that decides, ACLs and quotas changed by plans, SCRAM passwords set and taken away, certificates by expiry",
    [
      "an ACL is added and taken away by plans, and who may is told with the ACL that decides",
      "who may is what the broker's own authorizer says",
      "the certificate of a TLS listener is read by a handshake, and shown with its time",
      "a quota is set and shown; a user's password is set, and taken away by who types the name",
      "a console that only reads sets no password",
    ],
  ),
]);
