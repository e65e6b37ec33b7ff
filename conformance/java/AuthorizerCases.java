import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/** Apache Kafka's StandardAuthorizer over cases from standard input: ACLs that come and go, and questions, each answered by a line. */
public final class AuthorizerCases {
    private static final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    private record Asker(KafkaPrincipal principal, InetAddress clientAddress) implements AuthorizableRequestContext {
        public String listenerName() {
            return "LISTENER";
        }

        public SecurityProtocol securityProtocol() {
            return SecurityProtocol.SASL_SSL;
        }

        public int requestType() {
            return 0;
        }

        public int requestVersion() {
            return 0;
        }

        public String clientId() {
            return "client";
        }

        public int correlationId() {
            return 0;
        }
    }

    private static StandardAuthorizer begin(String superUsers, String allowsEveryone) {
        Map<String, Object> config = new HashMap<>();
        config.put("super.users", superUsers);
        config.put("allow.everyone.if.no.acl.found", allowsEveryone);
        StandardAuthorizer authorizer = new StandardAuthorizer();
        authorizer.configure(config);
        // It counts its verdicts, and cannot do without.
        authorizer.withPluginMetrics(new PluginMetricsImpl(new Metrics(), Map.of()));
        authorizer.completeInitialLoad();
        return authorizer;
    }

    private static byte code(String text) {
        return Byte.parseByte(text);
    }

    private static StandardAcl acl(String[] words) {
        return new StandardAcl(
            ResourceType.fromCode(code(words[1])), words[2], PatternType.fromCode(code(words[3])), words[4], words[5],
            AclOperation.fromCode(code(words[6])), AclPermissionType.fromCode(code(words[7])));
    }

    private static KafkaPrincipal principal(String text) {
        int colon = text.indexOf(':');
        return new KafkaPrincipal(text.substring(0, colon), text.substring(colon + 1));
    }

    private static String answer(StandardAuthorizer authorizer, String[] words) throws Exception {
        Asker asker = new Asker(principal(words[1]), InetAddress.getByName(words[2]));
        AclOperation operation = AclOperation.fromCode(code(words[3]));
        ResourceType type = ResourceType.fromCode(code(words[4]));
        Action action = new Action(operation, new ResourcePattern(type, words[5], PatternType.LITERAL), 1, false, false);
        boolean one = authorizer.authorize(asker, List.of(action)).get(0) == AuthorizationResult.ALLOWED;
        boolean some = authorizer.authorizeByResourceType(asker, operation, type) == AuthorizationResult.ALLOWED;
        return (one ? "allowed" : "denied") + " " + (some ? "some" : "none");
    }

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        StandardAuthorizer authorizer = null;
        List<Uuid> ids = new ArrayList<>();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split("\t", -1);
            switch (words[0]) {
                case "case" -> {
                    authorizer = begin(words[1], words[2]);
                    ids.clear();
                }
                case "add" -> {
                    ids.add(Uuid.randomUuid());
                    authorizer.addAcl(ids.get(ids.size() - 1), acl(words));
                }
                case "remove" -> authorizer.removeAcl(ids.get(Integer.parseInt(words[1])));
                case "ask" -> out.println(answer(authorizer, words));
                case "end" -> out.println("end");
                default -> throw new IllegalArgumentException(line);
            }
        }
        out.flush();
    }
}
