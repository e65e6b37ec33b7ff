import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterUserScramCredentialsResult;
import org.apache.kafka.clients.admin.CreateDelegationTokenOptions;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.admin.UserScramCredentialsDescription;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;

/** The calls of Java's Admin about who may log in and do what, for {@link AdminAnswers}; the cluster has an authorizer, and whoever asks may do all. */
final class AdminSecurityAnswers {
    private final Admin admin;

    AdminSecurityAnswers(Admin admin) {
        this.admin = admin;
    }

    void run() {
        acls();
        users();
        quotas();
        tokens();
    }

    private static AclBinding acl(ResourceType type, String name, PatternType pattern, String principal, String host, AclOperation operation, AclPermissionType permission) {
        return new AclBinding(new ResourcePattern(type, name, pattern), new AccessControlEntry(principal, host, operation, permission));
    }

    private static AclBindingFilter filter(ResourceType type, String name, PatternType pattern, String principal, AclOperation operation, AclPermissionType permission) {
        return new AclBindingFilter(new ResourcePatternFilter(type, name, pattern), new AccessControlEntryFilter(principal, null, operation, permission));
    }

    private void create(String how, AclBinding... acls) {
        AdminAnswers.call("createAcls", how, () -> {
            admin.createAcls(List.of(acls)).all().get();
            return "made";
        });
    }

    private void describe(String how, AclBindingFilter filter) {
        AdminAnswers.call("describeAcls", how, () -> new TreeSet<>(admin.describeAcls(filter).values().get().stream().map(AclBinding::toString).toList()));
    }

    private void acls() {
        AclOperation any = AclOperation.ANY;
        AclPermissionType allow = AclPermissionType.ALLOW;
        describe("none", AclBindingFilter.ANY);
        create("several",
            acl(ResourceType.TOPIC, "orders", PatternType.LITERAL, "User:alice", "*", AclOperation.READ, allow),
            acl(ResourceType.TOPIC, "ord", PatternType.PREFIXED, "User:bob", "10.0.0.1", AclOperation.WRITE, AclPermissionType.DENY),
            acl(ResourceType.TOPIC, "*", PatternType.LITERAL, "User:*", "*", AclOperation.DESCRIBE, allow),
            acl(ResourceType.GROUP, "orders", PatternType.LITERAL, "User:alice", "*", AclOperation.ALL, allow),
            acl(ResourceType.TRANSACTIONAL_ID, "tx", PatternType.PREFIXED, "User:alice", "*", AclOperation.TWO_PHASE_COMMIT, allow),
            acl(ResourceType.CLUSTER, "kafka-cluster", PatternType.LITERAL, "User:ops", "*", AclOperation.ALTER, allow),
            acl(ResourceType.USER, "User:alice", PatternType.LITERAL, "User:ops", "*", AclOperation.CREATE_TOKENS, allow),
            acl(ResourceType.DELEGATION_TOKEN, "id", PatternType.LITERAL, "User:ops", "*", AclOperation.DESCRIBE, allow));
        create("one that is there", acl(ResourceType.TOPIC, "orders", PatternType.LITERAL, "User:alice", "*", AclOperation.READ, allow));
        create("a range of hosts", acl(ResourceType.TOPIC, "ranged", PatternType.LITERAL, "User:alice", "10.0.0.0/8", AclOperation.READ, allow));
        create("a range that is none", acl(ResourceType.TOPIC, "ranged", PatternType.LITERAL, "User:alice", "10.0.0.0/99", AclOperation.READ, allow));
        create("an operation that topics do not have", acl(ResourceType.TOPIC, "orders", PatternType.LITERAL, "User:alice", "*", AclOperation.CLUSTER_ACTION, allow));
        create("a cluster of another name", acl(ResourceType.CLUSTER, "mine", PatternType.LITERAL, "User:alice", "*", AclOperation.ALTER, allow));
        create("a principal without a type", acl(ResourceType.TOPIC, "orders", PatternType.LITERAL, "alice", "*", AclOperation.READ, allow));
        create("no name", acl(ResourceType.TOPIC, "", PatternType.LITERAL, "User:alice", "*", AclOperation.READ, allow));
        AdminAnswers.eventually("the ACLs are known", () -> admin.describeAcls(AclBindingFilter.ANY).values().get().size() >= 9);
        describe("all", AclBindingFilter.ANY);
        describe("of a topic by name", filter(ResourceType.TOPIC, "orders", PatternType.LITERAL, null, any, AclPermissionType.ANY));
        describe("whatever concerns a topic", filter(ResourceType.TOPIC, "orders", PatternType.MATCH, null, any, AclPermissionType.ANY));
        describe("prefixed ones", filter(ResourceType.ANY, null, PatternType.PREFIXED, null, any, AclPermissionType.ANY));
        describe("of a principal", filter(ResourceType.ANY, null, PatternType.ANY, "User:alice", any, AclPermissionType.ANY));
        describe("of an operation", filter(ResourceType.ANY, null, PatternType.ANY, null, AclOperation.ALL, AclPermissionType.ANY));
        describe("that deny", filter(ResourceType.ANY, null, PatternType.ANY, null, any, AclPermissionType.DENY));
        describe("of nobody", filter(ResourceType.TOPIC, "nowhere", PatternType.LITERAL, "User:nobody", any, AclPermissionType.ANY));
        AdminAnswers.call("deleteAcls", "by two filters", () -> admin.deleteAcls(List.of(
            filter(ResourceType.TOPIC, "orders", PatternType.MATCH, "User:bob", any, AclPermissionType.ANY),
            filter(ResourceType.GROUP, null, PatternType.ANY, null, any, AclPermissionType.ANY))).all().get().stream().map(AclBinding::toString).collect(java.util.stream.Collectors.toSet()));
        AdminAnswers.call("deleteAcls", "what is not there", () -> admin.deleteAcls(List.of(filter(ResourceType.TOPIC, "nowhere", PatternType.LITERAL, null, any, AclPermissionType.ANY))).all().get().size());
        AdminAnswers.call("deleteAcls", "all", () -> admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get().size());
        AdminAnswers.eventually("the ACLs are gone", () -> admin.describeAcls(AclBindingFilter.ANY).values().get().isEmpty());
    }

    private void alter(String how, org.apache.kafka.clients.admin.UserScramCredentialAlteration... changes) {
        AdminAnswers.call("alterUserScramCredentials", how, () -> {
            AlterUserScramCredentialsResult result = admin.alterUserScramCredentials(List.of(changes));
            Map<String, Object> outcomes = new java.util.TreeMap<>();
            result.values().forEach((user, future) -> {
                try {
                    future.get();
                    outcomes.put(user, "done");
                } catch (Exception problem) {
                    outcomes.put(user, problem.getCause());
                }
            });
            return outcomes;
        });
    }

    private void users() {
        ScramCredentialInfo weaker = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096);
        ScramCredentialInfo stronger = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192);
        AdminAnswers.call("describeUserScramCredentials", "none", () -> admin.describeUserScramCredentials().all().get());
        alter("one user's two mechanisms at once", new UserScramCredentialUpsertion("alice", weaker, "secret"), new UserScramCredentialUpsertion("alice", stronger, "secret"));
        alter("two users", new UserScramCredentialUpsertion("alice", weaker, "secret"), new UserScramCredentialUpsertion("bob", weaker, "secret"));
        alter("another mechanism", new UserScramCredentialUpsertion("alice", stronger, "secret"));
        alter("too few iterations, too many", new UserScramCredentialUpsertion("carol", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4095), "secret"), new UserScramCredentialUpsertion("dave", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 16385), "secret"));
        alter("one twice", new UserScramCredentialUpsertion("erin", weaker, "secret"), new UserScramCredentialUpsertion("erin", weaker, "other"));
        alter("no name", new UserScramCredentialUpsertion("", weaker, "secret"));
        alter("deletion of what is not there", new UserScramCredentialDeletion("nobody", ScramMechanism.SCRAM_SHA_256));
        AdminAnswers.eventually("the users are known", () -> admin.describeUserScramCredentials().all().get().values().stream().mapToInt(user -> user.credentialInfos().size()).sum() == 3);
        AdminAnswers.call("describeUserScramCredentials", "all", () -> inOrder(admin.describeUserScramCredentials().all().get()));
        AdminAnswers.call("describeUserScramCredentials", "one", () -> admin.describeUserScramCredentials(List.of("bob")).all().get());
        AdminAnswers.call("describeUserScramCredentials", "nobody", () -> admin.describeUserScramCredentials(List.of("nobody")).all().get());
        AdminAnswers.call("describeUserScramCredentials", "one twice", () -> admin.describeUserScramCredentials(List.of("bob", "bob")).all().get());
        alter("deletion", new UserScramCredentialDeletion("alice", ScramMechanism.SCRAM_SHA_512), new UserScramCredentialDeletion("bob", ScramMechanism.SCRAM_SHA_256));
        AdminAnswers.eventually("bob is gone", () -> admin.describeUserScramCredentials().users().get().equals(List.of("alice")));
        AdminAnswers.call("describeUserScramCredentials", "what is left", () -> inOrder(admin.describeUserScramCredentials().all().get()));
    }

    private void quota(String how, Map<String, String> entity, String name, Double value) {
        AdminAnswers.call("alterClientQuotas", how, () -> {
            admin.alterClientQuotas(List.of(new ClientQuotaAlteration(new ClientQuotaEntity(entity), List.of(new ClientQuotaAlteration.Op(name, value))))).all().get();
            return "done";
        });
    }

    private void quotas() {
        Map<String, String> ofAll = new java.util.HashMap<>();
        ofAll.put("user", null);
        quota("of a user", Map.of("user", "alice"), "producer_byte_rate", 1000.0);
        quota("of a user's client", Map.of("user", "alice", "client-id", "app"), "consumer_byte_rate", 2000.0);
        quota("of every user", ofAll, "request_percentage", 50.0);
        quota("of mutations", Map.of("client-id", "app"), "controller_mutation_rate", 2.0);
        quota("of an address", Map.of("ip", "10.0.0.1"), "connection_creation_rate", 5.0);
        quota("a name that is none", Map.of("user", "alice"), "bytes", 5.0);
        quota("of what an address does not have", Map.of("ip", "10.0.0.1"), "producer_byte_rate", 5.0);
        quota("below zero", Map.of("user", "alice"), "producer_byte_rate", -5.0);
        AdminAnswers.eventually("the quotas are known", () -> admin.describeClientQuotas(ClientQuotaFilter.all()).entities().get().size() >= 5);
        AdminAnswers.call("describeClientQuotas", "all of security", () -> admin.describeClientQuotas(ClientQuotaFilter.all()).entities().get());
        AdminAnswers.call("describeClientQuotas", "of users, whatever else they have", () -> admin.describeClientQuotas(ClientQuotaFilter.contains(List.of(ClientQuotaFilterComponent.ofEntityType("user")))).entities().get());
        AdminAnswers.call("describeClientQuotas", "of a user alone", () -> admin.describeClientQuotas(ClientQuotaFilter.containsOnly(List.of(ClientQuotaFilterComponent.ofEntity("user", "alice")))).entities().get());
        AdminAnswers.call("describeClientQuotas", "of the default user", () -> admin.describeClientQuotas(ClientQuotaFilter.contains(List.of(ClientQuotaFilterComponent.ofDefaultEntity("user")))).entities().get());
        quota("taken away", Map.of("user", "alice"), "producer_byte_rate", null);
        quota("taken away again", Map.of("user", "alice"), "producer_byte_rate", null);
        quota("every user's taken away", ofAll, "request_percentage", null);
        quota("the app's taken away", Map.of("client-id", "app"), "controller_mutation_rate", null);
        quota("the address's taken away", Map.of("ip", "10.0.0.1"), "connection_creation_rate", null);
        quota("the user's client's taken away", Map.of("user", "alice", "client-id", "app"), "consumer_byte_rate", null);
    }

    /** Over a connection on which nobody logged in. */
    private void tokens() {
        AdminAnswers.call("createDelegationToken", "without a login", () -> admin.createDelegationToken(new CreateDelegationTokenOptions().maxLifetimeMs(1000)).delegationToken().get());
        AdminAnswers.call("renewDelegationToken", "without a login", () -> admin.renewDelegationToken("secret".getBytes()).expiryTimestamp().get());
        AdminAnswers.call("expireDelegationToken", "without a login", () -> admin.expireDelegationToken("secret".getBytes()).expiryTimestamp().get());
        AdminAnswers.call("describeDelegationToken", "without a login", () -> admin.describeDelegationToken().delegationTokens().get());
    }

    /** A user's credentials stand in whatever order Kafka's own map gave them. */
    private static TreeMap<String, List<String>> inOrder(Map<String, UserScramCredentialsDescription> users) {
        TreeMap<String, List<String>> sorted = new TreeMap<>();
        users.forEach((user, described) -> sorted.put(user, described.credentialInfos().stream().map(ScramCredentialInfo::toString).sorted().toList()));
        return sorted;
    }
}
