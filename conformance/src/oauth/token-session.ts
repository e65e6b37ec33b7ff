import { setTimeout as sleep } from "node:timers/promises";
import { type LogFields, silentLogger } from "@ottla/base";
import { startBroker } from "@ottla/broker";
import { createClient } from "@ottla/client";
import { AUDIENCE, IdentityProvider, ISSUER, makeSigningKey } from "../../../packages/broker/src/security/testing/identity-provider.ts";

/** How one session by short-lived tokens went. */
export interface TokenSessionReport {
  readonly produced: number;
  readonly consumed: number;
  /** Tokens that the provider gave. */
  readonly tokens: number;
  /** Logins that the broker saw, the later ones on connections that were there. */
  readonly logins: number;
  readonly principals: readonly string[];
  /** Why the broker closed connections before the end. */
  readonly closed: readonly string[];
  readonly keyChanges: number;
}

interface TokenSession {
  readonly tokenMs: number;
  readonly sessionMs: number;
  /** The provider signs with a new key after each of these spans. */
  readonly keyMs: number;
  /** Between two records. */
  readonly pauseMs: number;
}

/** A producer and a consumer of ours at our broker, whose tokens end again and again while keys are changed; nothing may be noticed of it. */
export async function serveTokenSession({ tokenMs, sessionMs, keyMs, pauseMs }: TokenSession): Promise<TokenSessionReport> {
  await using provider = await IdentityProvider.start([await makeSigningKey("key-0")]);
  provider.clients.set("alice", "alice's secret");
  provider.tokenMs = tokenMs;
  const principals: string[] = [];
  const closed: string[] = [];
  let isOver = false;
  const note = (_: string, fields: LogFields = {}): void => {
    if (typeof fields["principal"] === "string") principals.push(fields["principal"]);
    if (typeof fields["reason"] === "string" && !isOver) closed.push(fields["reason"]);
  };
  await using broker = await startBroker({
    logger: { ...silentLogger, debug: note, info: note, warn: note },
    settings: {
      listeners: "SASL_PLAINTEXT://127.0.0.1:0",
      "sasl.enabled.mechanisms": "OAUTHBEARER",
      "sasl.oauthbearer.jwks.endpoint.url": provider.url,
      "sasl.oauthbearer.expected.audience": AUDIENCE,
      "sasl.oauthbearer.expected.issuer": ISSUER,
      "sasl.oauthbearer.clock.skew.seconds": "0",
    },
  });
  await using client = createClient({
    bootstrapServers: broker.bootstrap,
    sasl: { mechanism: "OAUTHBEARER", tokenEndpointUrl: provider.tokenUrl, clientId: "alice", clientSecret: "alice's secret" },
  });
  await client.admin().createTopics([{ name: "t", partitionCount: 1 }]);
  const consumer = client.consumer();
  consumer.assign([{ topic: "t", partition: 0 }]);
  consumer.seek({ topic: "t", partition: 0 }, 0);
  const producer = client.producer();
  let produced = 0;
  let consumed = 0;
  let keyChanges = 0;
  const reading = (async () => {
    for await (const record of consumer.records()) {
      if (record.value?.toString() !== String(consumed)) throw new Error(`Record ${consumed} is ${record.value?.toString()}.`);
      consumed++;
      if (isOver && consumed === produced) return;
    }
  })();
  const startMs = performance.now();
  while (performance.now() - startMs < sessionMs) {
    if (performance.now() - startMs > (keyChanges + 1) * keyMs)
      provider.keys = [await makeSigningKey(`key-${++keyChanges}`), ...provider.keys].slice(0, 2);
    await producer.send({ topic: "t", value: String(produced++) });
    await sleep(pauseMs);
  }
  isOver = true;
  await producer.send({ topic: "t", value: String(produced++) });
  await reading;
  return {
    produced,
    consumed,
    tokens: provider.tokensGiven,
    logins: principals.length,
    principals: [...new Set(principals)],
    closed,
    keyChanges,
  };
}
