import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePrincipalMapping } from "./principal-mapping.ts";

test("rules are tried in their order, on the whole subject, with groups and letter case", async () => {
  const name = await parsePrincipalMapping(
    "RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/, RULE:^CN=(.*?),OU=(.*?),O=(.*?),L=(.*?),ST=(.*?),C=(.*?)$/$1@$2/L,RULE:^.*[Cc][Nn]=([a-zA-Z0-9.]*).*$/$1/U , DEFAULT",
  );
  assert.deepEqual(["CN=kafka,OU=ServiceUsers,O=x", "CN=Duke,OU=JavaSoft,O=Sun,L=a,ST=b,C=US", "OU=x,cn=duke", "O=nobody"].map(name), [
    "kafka",
    "duke@javasoft",
    "DUKE",
    "O=nobody",
  ]);
});

test("escaped slashes, groups that there are not, and subjects to which no rule applies", async () => {
  const nameOf = async (rules: string, subject: string) => (await parsePrincipalMapping(rules))(subject);
  assert.equal(await nameOf("RULE:^CN=a\\/(b)$/$1\\/$9/", "CN=a/b"), "b/$9");
  assert.equal(await nameOf("RULE:^CN=x$/y/", "CN=xx"), undefined);
  assert.equal(await nameOf("RULE:CN=x/y/", "CN=x,O=somebody else"), undefined);
});

test("a pattern that backtracks is no trap: a subject as long as may be takes no longer than another", async () => {
  const name = await parsePrincipalMapping("RULE:^CN=(([a-z]+)+),O=x$/$1/,RULE:^CN=(a|a)*b$/$1/,DEFAULT");
  const subject = `CN=${"a".repeat(5000)}!`;
  // With Node's own expressions this would outlive everybody.
  assert.equal(name(subject), subject);
  assert.equal(name(`CN=${"a".repeat(5000)},O=x`), "a".repeat(5000));
});

test("what RE2 does not know is matched all the same, for subjects of a length that certificates have", async () => {
  const name = await parsePrincipalMapping("RULE:^CN=(?!admin)([a-z]+)$/$1/");
  assert.deepEqual(["CN=alice", "CN=admin", `CN=${"a".repeat(1100)}`].map(name), ["alice", undefined, undefined]);
});

test("what is no rule is refused", async () => {
  for (const text of ["RULE:", "RULE:a/b", "default", "DEFAULT DEFAULT", "RULE:(/a/", "RULE:a/b/X"])
    await assert.rejects(
      () => parsePrincipalMapping(text),
      { code: "INVALID_CONFIG", message: /^ssl\.principal\.mapping\.rules cannot be read/ },
      text,
    );
});
