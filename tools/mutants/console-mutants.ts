import type { Mutant } from "./mutant.ts";

const rights = ["console/console-rights"];
const desk = ["console/change-desk"];
const topicWatch = ["console/src/watch/topic-watch"];
const groupView = ["console/src/api/group-view"];
const hostile = ["console/hostile-records"];
const exported = ["console/export-records"];
const certificates = ["console/certificates"];
const carried = ["console/first-answers"];
const bounds = ["console/console-bounds"];

/** Faults in the console: who may what, what is asked of a cluster, what is shown of hostile records. */
export const consoleMutants: readonly Mutant[] = [
  {
    rule: "a route asks for the role that its row says",
    file: "packages/console/src/access/request-guard.ts",
    find: `      requireRole(visitor, right.role, "That");`,
    replace: `      requireRole(visitor, "viewer", "That");`,
    tests: rights,
  },
  {
    rule: "who writes a record is an operator",
    file: "packages/console/src/access/rights.ts",
    find: `{ role: "operator", does: "messages.produce", to: topic }`,
    replace: `{ role: "viewer", does: "messages.produce", to: topic }`,
    tests: rights,
  },
  {
    rule: "a session's cookie alone changes nothing",
    file: "packages/console/src/access/request-guard.ts",
    find: "if (!isSafe && c.req.header(OWN_PAGE_HEADER) === undefined)",
    replace: "if (false)",
    tests: rights,
  },
  {
    rule: "the API answers no page of another site",
    file: "packages/console/src/api/console-answers.ts",
    find: `const headers = isApi ? request.headers : new Headers({ host: request.headers.get("host") ?? "" });`,
    replace: `const headers = new Headers({ host: request.headers.get("host") ?? "" });`,
    tests: rights,
  },
  {
    rule: "a console that only reads runs no connector for a preview",
    file: "packages/console/src/api/connect-routes.ts",
    find: "      desk.requireWritable();\n",
    replace: "",
    tests: rights,
  },
  {
    rule: "what needs an administrator is not taken back by an operator",
    file: "packages/console/src/actions/change-desk.ts",
    find: `    for (const { change } of stored.plan.steps) requireRole(by, roleOfChange(change), sentenceOf(change).replace(/\\.$/, ""));\n`,
    replace: "",
    tests: desk,
  },
  {
    rule: "a dangerous step is agreed to by its name",
    file: "packages/console/src/actions/change-desk.ts",
    find: `riskOf(change, before as never).class === "high" && !agreed.includes(subjectOf(change))`,
    replace: `riskOf(change, before as never).class === "high" && agreed.length === 0`,
    tests: desk,
  },
  {
    rule: "a large cluster is looked at a part at a time",
    file: "packages/console/src/watch/topic-watch.ts",
    find: "(turn.isFirst || partitions < PARTITIONS_PER_LOOK)",
    replace: "(turn.isFirst || partitions < Infinity)",
    tests: topicWatch,
  },
  {
    rule: "what somebody looks at is in every look",
    file: "packages/console/src/watch/topic-watch.ts",
    find: "    for (const name of this.#wanted.keys()) add(name);\n",
    replace: "",
    tests: topicWatch,
  },
  {
    rule: "a leader that does not answer is not asked for more",
    file: "packages/console/src/watch/topic-watch.ts",
    find: "    if (refusal !== undefined) throw refusal;\n",
    replace: "",
    tests: topicWatch,
  },
  {
    rule: "a rate of all topics is that of whole turns",
    file: "packages/console/src/watch/topic-watch.ts",
    find: "if (isWhole) this.#throughput",
    replace: "this.#throughput",
    tests: topicWatch,
  },
  {
    rule: "of a large group those partitions are shown that are most behind",
    file: "packages/console/src/api/group-view.ts",
    find: "[partitions.length - most]!",
    replace: "[most]!",
    tests: groupView,
  },
  {
    rule: "an event of records has no more signs than a page takes at once",
    file: "packages/console/src/messages/told-together.ts",
    find: "this.#records.length >= RECORDS_MAX || this.#chars >= CHARS_MAX ||",
    replace: "this.#records.length >= RECORDS_MAX ||",
    tests: hostile,
  },
  {
    rule: "of who takes nothing of what it is told one event is kept",
    file: "packages/console/src/api/look-followers.ts",
    find: "if ((controller.desiredSize ?? 0) <= 0) {",
    replace: "if ((controller.desiredSize ?? 0) <= -30) {",
    tests: ["console/src/api/look-followers"],
  },
  {
    rule: "a plan is told in the audit before it is carried out",
    file: "packages/base/src/audit/action-audit.ts",
    find: "    await this.#begun(request, expected.asked, { detail });",
    replace: "    if (this.#isRequired) await this.#begun(request, expected.asked, { detail });",
    tests: ["console/console-audit"],
  },
  {
    rule: "of very many headers the first are shown",
    file: "packages/console/src/api/message-routes.ts",
    find: "headers.slice(0, HEADERS_SHOWN_MAX).map(",
    replace: "headers.map(",
    tests: hostile,
  },
  {
    rule: "who has not logged in sends nothing large",
    file: "packages/console/src/api/console-api.ts",
    find: "maxSize: LOGIN_BYTES_MAX",
    replace: "maxSize: BODY_BYTES_MAX",
    tests: hostile,
  },
  {
    rule: "bytes that are no UTF-8 are given whole as base64",
    file: "packages/console/src/messages/whole-record.ts",
    find: "isUtf8(bytes) ?",
    replace: "bytes.length > 0 ?",
    tests: exported,
  },
  {
    rule: "what begins like a number and goes on as a formula is no number to a spreadsheet",
    file: "packages/console/src/ui/lib/record-files.ts",
    find: "!/^-?\\d+(?:\\.\\d+)?$/.test(text)",
    replace: "!/^-?\\d/.test(text)",
    tests: exported,
  },
  {
    rule: "certificates of a broker that does not tell of its listeners are said not to be seen",
    file: "packages/console/src/security/certificates.ts",
    find: `return [notSeen(nodeId, "", certificates.message)];`,
    replace: "return [];",
    tests: certificates,
  },
  {
    rule: "an element of another page gets no answers with a page",
    file: "packages/console/src/api/first-answers.ts",
    find: ` && headers.get("sec-fetch-dest") === "document"`,
    replace: "",
    tests: carried,
  },
  {
    rule: "a login by a header is looked at by the API alone",
    file: "packages/console/src/api/first-answers.ts",
    find: `const TOLD = ["cookie", "host"] as const;`,
    replace: `const TOLD = ["cookie", "host", "authorization"] as const;`,
    tests: carried,
  },
  {
    rule: "what a page carries cannot end its element",
    file: "packages/console/src/api/ui-files.ts",
    find: `.replaceAll("<", "\\\\u003c")`,
    replace: "",
    tests: carried,
  },
  {
    rule: "a page that carries answers has the policy of every page",
    file: "packages/console/src/api/ui-files.ts",
    find: `        headers: {
          ...this.#headers,
`,
    replace: `        headers: {
`,
    tests: carried,
  },
  {
    rule: "a page that one of another site may have opened is cut off from it",
    file: "packages/console/src/api/ui-files.ts",
    find: `new Set(["none", "same-origin"])`,
    replace: `new Set(["none", "same-origin", "cross-site"])`,
    tests: ["packages/console/src/api/console-answers.test.ts"],
  },
  {
    rule: "who does not know the newest look is told at once",
    file: "packages/console/src/api/cluster-routes.ts",
    find: `let isNew = c.req.query("looks") !== String(watch.looks);`,
    replace: "let isNew = false;",
    tests: carried,
  },
  {
    rule: "who knows the newest look is told of the next",
    file: "packages/console/src/api/cluster-routes.ts",
    find: `let isNew = c.req.query("looks") !== String(watch.looks);`,
    replace: "let isNew = true;",
    tests: carried,
  },
  {
    rule: "so many pages are told of looks and no more",
    file: "packages/console/src/api/cluster-routes.ts",
    find: "if (followers >= FOLLOWERS_MAX)",
    replace: "if (false)",
    tests: bounds,
  },
  {
    rule: "a page that goes makes room for another",
    file: "packages/console/src/api/cluster-routes.ts",
    find: "        followers--;\n",
    replace: "",
    tests: bounds,
  },
  {
    rule: "so many partitions of a topic are sent and no more",
    file: "packages/console/src/api/topic-routes.ts",
    find: ".slice(0, PARTITIONS_SHOWN_MAX)",
    replace: "",
    tests: bounds,
  },
  {
    rule: "pages are only read",
    file: "packages/console/src/api/console-answers.ts",
    find: `if (request.method !== "GET" && request.method !== "HEAD")`,
    replace: "if (false)",
    tests: bounds,
  },
  {
    rule: "who takes nothing is not waited for",
    file: "packages/console/src/api/live-stream.ts",
    find: "    (c.env as { readonly outgoing?: ServerResponse }).outgoing?.destroy();\n",
    replace: "",
    tests: ["console/src/api/live-stream"],
  },
];
