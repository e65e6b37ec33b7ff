import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "@ottla/base";
import { EffectiveConfig } from "../../config/effective-config.ts";
import { ScramCredentials } from "../../metadata/scram-credentials.ts";
import { refusedToken } from "../oauth/token-verdict.ts";
import { ListenerSasl } from "./listener-sasl.ts";
import { scramChance } from "./scram.ts";

const MODULE = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";
const JAAS = "listener.name.l.oauthbearer.sasl.jaas.config";

/** A listener whose settings the test changes; `events` tells which checkers of tokens were made and closed. */
function sceneOf() {
  const overrides = new Map<string, string>();
  const configOf = (changed: ReadonlyMap<string, string>) =>
    new EffectiveConfig(
      { configs: (resource, name) => (resource === "broker" && name === "1" ? changed : new Map()) },
      new Map(
        Object.entries({
          "sasl.enabled.mechanisms": "OAUTHBEARER",
          [JAAS]: `${MODULE} required unsecuredValidatorPrincipalClaimName="a";`,
        }),
      ),
      1,
    );
  const config = configOf(overrides);
  const events: string[] = [];
  const sasl = new ListenerSasl(
    {
      config,
      credentials: new ScramCredentials(),
      tokens: { usable: () => undefined, saltOf: () => "", credentialOf: () => Promise.resolve(undefined) },
      chance: scramChance(),
      logger: silentLogger,
      oauthTokens: (settings) => {
        const name = settings.kind === "unsecured" ? settings.rules.principalClaim : "signed";
        events.push(`made ${name}`);
        return { check: () => refusedToken("no"), close: () => void events.push(`closed ${name}`) };
      },
    },
    "L",
    1,
  );
  const change = (name: string, value: string) => {
    overrides.set(name, value);
    config.follow({ kind: "configs", resource: "broker", name: "1", configs: {} });
    return [...sasl.mechanisms().keys()];
  };
  return { sasl, events, change, configOf };
}

test("what follows an identity provider lives as long as its settings, and settings that are judged or refused leave it alone", () => {
  const { sasl, events, change, configOf } = sceneOf();
  assert.deepEqual(events, ["made a"]);
  const other = `${MODULE} required unsecuredValidatorPrincipalClaimName="b";`;
  assert.equal(sasl.faultIn(configOf(new Map([[JAAS, other]]))), undefined);
  assert.match(sasl.faultIn(configOf(new Map([[JAAS, "nonsense"]]))) ?? "", /JAAS/);
  assert.deepEqual(change("connections.max.reauth.ms", "5"), ["OAUTHBEARER"]);
  assert.deepEqual(events, ["made a"]);
  change("sasl.enabled.mechanisms", "OAUTHBEARER,PLAIN");
  change(JAAS, other);
  assert.deepEqual(events, ["made a"], "PLAIN has no users, so that none of it is taken");
  assert.deepEqual(change("listener.name.l.sasl.enabled.mechanisms", "OAUTHBEARER"), ["OAUTHBEARER"]);
  assert.deepEqual(events, ["made a", "closed a", "made b"]);
  assert.deepEqual(change("listener.name.l.sasl.enabled.mechanisms", "SCRAM-SHA-256"), ["SCRAM-SHA-256"]);
  sasl.close();
  assert.deepEqual(events, ["made a", "closed a", "made b", "closed b"]);
});
