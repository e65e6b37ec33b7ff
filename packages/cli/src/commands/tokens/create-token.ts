import type { RunCommand } from "../../command.ts";
import { printJson, shown } from "../../output.ts";
import { parsePrincipal } from "../acls/acl-words.ts";
import { timeText, withTokens } from "./with-tokens.ts";

export const createToken: RunCommand = (context) => {
  const { options, stdout } = context;
  const owner = options.text("owner");
  const maxLifetimeMs = options.integer("max-lifetime-ms", 1);
  const wish = {
    ...(owner !== undefined && { owner: parsePrincipal(owner) }),
    renewers: options.texts("renewer").map(parsePrincipal),
    ...(maxLifetimeMs !== undefined && { maxLifetimeMs }),
  };
  return withTokens(context, async (admin) => {
    const token = await admin.createDelegationToken(wish);
    const { tokenId, hmac, expiresAtMs, maxTimestampMs } = token;
    if (options.has("json")) printJson(context, { ...token, hmac });
    else if (options.has("properties"))
      stdout.write(
        `sasl.mechanism=SCRAM-SHA-256\nsasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="${tokenId}" password="${hmac}" tokenauth="true";\n`,
      );
    else
      stdout.write(
        shown`token:   ${tokenId}\nsecret:  ${hmac}\nowner:   ${token.owner}\nends:    ${timeText(expiresAtMs)} unless it is renewed, ${timeText(maxTimestampMs)} at the latest\n`,
      );
  });
};
