import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePrincipalMapping } from "./principal-mapping.ts";

test("rules are tried in their order, on the whole subject, with groups and letter case", () => {
  const name = parsePrincipalMapping(
    "RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/, RULE:^CN=(.*?),OU=(.*?),O=(.*?),L=(.*?),ST=(.*?),C=(.*?)$/$1@$2/L,RULE:^.*[Cc][Nn]=([a-zA-Z0-9.]*).*$/$1/U , DEFAULT",
  );
  assert.deepEqual(["CN=kafka,OU=ServiceUsers,O=x", "CN=Duke,OU=JavaSoft,O=Sun,L=a,ST=b,C=US", "OU=x,cn=duke", "O=nobody"].map(name), [
    "kafka",
    "duke@javasoft",
    "DUKE",
    "O=nobody",
  ]);
});

test("escaped slashes, groups that there are not, and subjects to which no rule applies", () => {
  assert.equal(parsePrincipalMapping("RULE:^CN=a\\/(b)$/$1\\/$9/")("CN=a/b"), "b/$9");
  assert.equal(parsePrincipalMapping("RULE:^CN=x$/y/")("CN=xx"), undefined);
  assert.equal(parsePrincipalMapping("RULE:CN=x/y/")("CN=x,O=somebody else"), undefined);
});

test("what is no rule is refused", () => {
  for (const text of ["RULE:", "RULE:a/b", "default", "DEFAULT DEFAULT", "RULE:(/a/", "RULE:a/b/X"])
    assert.throws(
      () => parsePrincipalMapping(text),
      { code: "INVALID_CONFIG", message: /^ssl\.principal\.mapping\.rules cannot be read/ },
      text,
    );
});
