import java.lang.reflect.Method;
import java.time.Duration;
import java.util.*;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.*;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.*;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Calls every method of Java's Admin and prints one line of JSON for each call: `AdminAnswers BOOTSTRAP`.
 * What a cluster makes up by itself (ids, addresses, times, sizes of disks) is put into words, so that two clusters' lines can be compared.
 */
public final class AdminAnswers {
    /** The raft quorum's members, and what asks no cluster. */
    private static final Set<String> LEFT_OUT = Set.of(
        "close", "create", "metrics", "registerMetricForSubscription", "unregisterMetricFromSubscription",
        "addRaftVoter", "removeRaftVoter", "unregisterBroker", "unregisterController");

    /** What Java's Admin asks for again and again, although nobody will ever answer it, is not waited for as long as the rest. */
    private static final int IN_VAIN_MS = 2_000;

    private static final Set<String> called = new TreeSet<>();
    private static Admin admin;
    private static Properties properties;

    /** Runs one call of `method` and prints what came of it. */
    static void call(String method, String how, Callable<Object> body) {
        called.add(method);
        long started = System.nanoTime();
        String answer;
        try {
            answer = render(body.call());
        } catch (ExecutionException problem) {
            answer = problem.getCause().getClass().getSimpleName();
        } catch (Throwable problem) {
            answer = problem.getClass().getSimpleName();
        }
        long tookMs = (System.nanoTime() - started) / 1_000_000;
        System.out.println("{\"call\":" + quote(method + ": " + how) + ",\"answer\":" + quote(answer) + ",\"ms\":" + tookMs + "}");
        System.out.flush();
    }

    public static void main(String[] args) throws Exception {
        properties = new Properties();
        properties.put("bootstrap.servers", args[0]);
        properties.put("default.api.timeout.ms", "20000");
        properties.put("request.timeout.ms", "10000");
        admin = Admin.create(properties);
        topics();
        configs();
        records();
        groups();
        transactions();
        cluster();
        others();
        new AdminSecurityAnswers(admin).run();
        Set<String> missing = Arrays.stream(Admin.class.getMethods()).map(Method::getName).collect(Collectors.toCollection(TreeSet::new));
        missing.removeAll(called);
        missing.removeAll(LEFT_OUT);
        System.out.println("{\"call\":\"methods that were not called\",\"answer\":" + quote(missing.toString()) + ",\"ms\":0}");
        admin.close(Duration.ofSeconds(2));
        System.exit(0);
    }

    private static void topics() throws Exception {
        call("createTopics", "three topics", () -> {
            CreateTopicsResult made = admin.createTopics(List.of(new NewTopic("one", 1, (short) 1), new NewTopic("three", 3, (short) 1).configs(Map.of("retention.ms", "-1")), new NewTopic("compacted", 2, (short) 1).configs(Map.of("cleanup.policy", "compact"))));
            made.all().get();
            return List.of(made.numPartitions("three").get(), made.replicationFactor("three").get(), made.config("three").get().get("retention.ms"), made.topicId("one").get());
        });
        for (String topic : List.of("one", "three", "compacted")) settled(topic);
        call("createTopics", "one that is there", () -> admin.createTopics(List.of(new NewTopic("one", 1, (short) 1))).all().get());
        call("createTopics", "only checked", () -> admin.createTopics(List.of(new NewTopic("checked", 2, (short) 1)), new CreateTopicsOptions().validateOnly(true)).numPartitions("checked").get());
        call("createTopics", "too many replicas", () -> admin.createTopics(List.of(new NewTopic("wide", 1, (short) 5))).all().get());
        call("createTopics", "a wrong setting", () -> admin.createTopics(List.of(new NewTopic("wrong", 1, (short) 1).configs(Map.of("retention.ms", "soon")))).all().get());
        call("listTopics", "of users", () -> admin.listTopics().listings().get());
        call("listTopics", "internal too", () -> admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get().containsAll(List.of("one", "three", "compacted")));
        call("describeTopics", "by name", () -> admin.describeTopics(List.of("one", "three")).allTopicNames().get());
        call("describeTopics", "with operations", () -> admin.describeTopics(List.of("one"), new DescribeTopicsOptions().includeAuthorizedOperations(true)).allTopicNames().get().get("one").authorizedOperations());
        call("describeTopics", "by id", () -> admin.describeTopics(TopicCollection.ofTopicIds(List.of(id("three")))).allTopicIds().get());
        call("describeTopics", "nowhere", () -> admin.describeTopics(List.of("nowhere")).allTopicNames().get());
        call("createPartitions", "more", () -> admin.createPartitions(Map.of("one", NewPartitions.increaseTo(2))).all().get());
        Cases.eventually("two partitions", () -> admin.describeTopics(List.of("one")).allTopicNames().get().get("one").partitions().size() == 2);
        settled("one");
        call("createPartitions", "fewer", () -> admin.createPartitions(Map.of("three", NewPartitions.increaseTo(1))).all().get());
        call("createPartitions", "nowhere", () -> admin.createPartitions(Map.of("nowhere", NewPartitions.increaseTo(3))).all().get());
        call("deleteTopics", "by name", () -> admin.deleteTopics(List.of("compacted")).all().get());
        Cases.eventually("it is gone", () -> !admin.listTopics().names().get().contains("compacted"));
        call("deleteTopics", "by name again", () -> admin.deleteTopics(List.of("compacted")).all().get());
        call("deleteTopics", "by an id that nobody has", () -> admin.deleteTopics(TopicCollection.ofTopicIds(List.of(Uuid.ONE_UUID))).all().get());
        call("electLeaders", "preferred", () -> admin.electLeaders(ElectionType.PREFERRED, Set.of(new TopicPartition("three", 0), new TopicPartition("nowhere", 0))).partitions().get());
        call("electLeaders", "unclean", () -> admin.electLeaders(ElectionType.UNCLEAN, Set.of(new TopicPartition("three", 1))).partitions().get());
        call("alterPartitionReassignments", "cancel what is not there", () -> admin.alterPartitionReassignments(Map.of(new TopicPartition("three", 0), Optional.empty())).all().get());
        call("alterPartitionReassignments", "to where it is", () -> admin.alterPartitionReassignments(Map.of(new TopicPartition("three", 0), Optional.of(new NewPartitionReassignment(List.of(node()))))).all().get());
        call("alterPartitionReassignments", "to nobody", () -> admin.alterPartitionReassignments(Map.of(new TopicPartition("three", 0), Optional.of(new NewPartitionReassignment(List.of(77))))).all().get());
        call("listPartitionReassignments", "all", () -> admin.listPartitionReassignments().reassignments().get());
        call("listPartitionReassignments", "of one", () -> admin.listPartitionReassignments(Set.of(new TopicPartition("three", 0))).reassignments().get());
    }

    private static void configs() {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "three");
        call("describeConfigs", "of a topic", () -> admin.describeConfigs(List.of(topic)).all().get());
        call("describeConfigs", "with synonyms", () -> admin.describeConfigs(List.of(topic), new DescribeConfigsOptions().includeSynonyms(true)).all().get().get(topic).get("retention.ms").synonyms());
        call("describeConfigs", "nowhere", () -> admin.describeConfigs(List.of(new ConfigResource(ConfigResource.Type.TOPIC, "nowhere"))).all().get());
        call("describeConfigs", "of a broker, the names", () -> admin.describeConfigs(List.of(new ConfigResource(ConfigResource.Type.BROKER, String.valueOf(node())))).all().get().values().iterator().next().entries().stream().map(ConfigEntry::name).filter(name -> !name.startsWith("ottla.")).collect(Collectors.toCollection(TreeSet::new)));
        call("describeConfigs", "of a group", () -> admin.describeConfigs(List.of(new ConfigResource(ConfigResource.Type.GROUP, "g"))).all().get());
        call("incrementalAlterConfigs", "set", () -> admin.incrementalAlterConfigs(Map.of(topic, List.of(new AlterConfigOp(new ConfigEntry("max.message.bytes", "12345"), AlterConfigOp.OpType.SET)))).all().get());
        call("incrementalAlterConfigs", "append", () -> admin.incrementalAlterConfigs(Map.of(topic, List.of(new AlterConfigOp(new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.APPEND)))).all().get());
        call("incrementalAlterConfigs", "wrong", () -> admin.incrementalAlterConfigs(Map.of(topic, List.of(new AlterConfigOp(new ConfigEntry("max.message.bytes", "-5"), AlterConfigOp.OpType.SET)))).all().get());
        call("incrementalAlterConfigs", "of a broker, read-only", () -> admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.BROKER, ""), List.of(new AlterConfigOp(new ConfigEntry("broker.id", "7"), AlterConfigOp.OpType.SET)))).all().get());
        eventually("the change shows", () -> admin.describeConfigs(List.of(topic)).all().get().get(topic).get("max.message.bytes").value().equals("12345"));
        call("describeConfigs", "after the change", () -> admin.describeConfigs(List.of(topic)).all().get().get(topic).entries().stream().filter(entry -> !entry.isDefault() && !entry.name().equals("min.insync.replicas")).map(ConfigEntry::toString).collect(Collectors.toCollection(TreeSet::new)));
        call("listConfigResources", "all", () -> new HashSet<>(admin.listConfigResources().all().get()));
        call("listConfigResources", "topics", () -> admin.listConfigResources(Set.of(ConfigResource.Type.TOPIC), new ListConfigResourcesOptions()).all().get().size());
        call("listClientMetricsResources", "none", () -> admin.listClientMetricsResources().all().get());
    }

    private static void records() throws Exception {
        TopicPartition first = new TopicPartition("three", 0);
        try (KafkaProducer<String, String> producer = producer(null)) {
            for (int i = 0; i < 10; i++) producer.send(new ProducerRecord<>("three", 0, 1_700_000_000_000L + i * 1000L, "key" + i, "value" + i)).get();
            call("describeProducers", "one", () -> admin.describeProducers(List.of(first)).partitionResult(first).get());
        }
        call("describeProducers", "nowhere", () -> admin.describeProducers(List.of(new TopicPartition("nowhere", 0)), new DescribeProducersOptions().timeoutMs(IN_VAIN_MS)).all().get());
        for (OffsetSpec spec : List.of(OffsetSpec.earliest(), OffsetSpec.latest(), OffsetSpec.maxTimestamp(), OffsetSpec.earliestLocal(), OffsetSpec.latestTiered(), OffsetSpec.forTimestamp(1_700_000_004_500L)))
            call("listOffsets", spec.getClass().getSimpleName(), () -> admin.listOffsets(Map.of(first, spec)).partitionResult(first).get());
        call("listOffsets", "nowhere", () -> admin.listOffsets(Map.of(new TopicPartition("nowhere", 0), OffsetSpec.latest())).all().get());
        call("deleteRecords", "four", () -> admin.deleteRecords(Map.of(first, RecordsToDelete.beforeOffset(4))).lowWatermarks().get(first).get().lowWatermark());
        call("deleteRecords", "beyond the end", () -> admin.deleteRecords(Map.of(first, RecordsToDelete.beforeOffset(99))).all().get());
        call("describeLogDirs", "sizes", () -> admin.describeLogDirs(List.of(node())).allDescriptions().get().values().stream().flatMap(each -> each.values().stream()).map(each -> each.error() + " " + each.replicaInfos().get(first)).toList());
        TopicPartitionReplica replica = new TopicPartitionReplica("three", 0, node());
        call("describeReplicaLogDirs", "one", () -> admin.describeReplicaLogDirs(List.of(replica)).values().get(replica).get());
        call("alterReplicaLogDirs", "to nowhere", () -> admin.alterReplicaLogDirs(Map.of(replica, "/no/such/folder")).all().get());
    }

    private static void groups() throws Exception {
        TopicPartition first = new TopicPartition("three", 0);
        call("alterConsumerGroupOffsets", "of a new group", () -> admin.alterConsumerGroupOffsets("g", Map.of(first, new OffsetAndMetadata(5, Optional.of(0), "note"), new TopicPartition("one", 0), new OffsetAndMetadata(1))).all().get());
        call("alterConsumerGroupOffsets", "nowhere", () -> admin.alterConsumerGroupOffsets("g", Map.of(new TopicPartition("nowhere", 0), new OffsetAndMetadata(5))).all().get());
        call("listConsumerGroupOffsets", "one group", () -> admin.listConsumerGroupOffsets("g").partitionsToOffsetAndMetadata().get());
        call("listConsumerGroupOffsets", "no group", () -> admin.listConsumerGroupOffsets("nobody").partitionsToOffsetAndMetadata().get());
        call("listConsumerGroupOffsets", "two", () -> admin.listConsumerGroupOffsets(Map.of("g", new ListConsumerGroupOffsetsSpec(), "nobody", new ListConsumerGroupOffsetsSpec().topicPartitions(List.of(first)))).all().get());
        for (String protocol : List.of("classic", "consumer")) {
            String group = "with-" + protocol;
            try (KafkaConsumer<String, String> consumer = joined(group, protocol)) {
                call("describeConsumerGroups", protocol, () -> admin.describeConsumerGroups(List.of(group)).all().get());
                call("describeClassicGroups", protocol, () -> admin.describeClassicGroups(List.of(group)).all().get());
                call("deleteConsumerGroups", "with a member, " + protocol, () -> admin.deleteConsumerGroups(List.of(group)).all().get());
                call("deleteConsumerGroupOffsets", "of a topic that is read, " + protocol, () -> admin.deleteConsumerGroupOffsets(group, Set.of(first)).all().get());
                call("listGroups", "all, " + protocol, () -> new TreeSet<>(admin.listGroups().all().get().stream().map(Object::toString).toList()));
                call("listConsumerGroups", "all, " + protocol, () -> new TreeSet<>(admin.listConsumerGroups().all().get().stream().map(Object::toString).toList()));
                call("removeMembersFromConsumerGroup", "all, " + protocol, () -> admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions()).all().get());
            }
            // A member that was removed may have joined once more by the time it is closed, so the epochs of that group tell nothing.
            String left = "left-by-" + protocol;
            joined(left, protocol).close();
            Cases.eventually("nobody reads", () -> admin.describeConsumerGroups(List.of(group, left)).all().get().values().stream().allMatch(each -> each.members().isEmpty()));
            call("describeConsumerGroups", "empty, " + protocol, () -> admin.describeConsumerGroups(List.of(left)).all().get());
        }
        call("describeConsumerGroups", "nobody", () -> admin.describeConsumerGroups(List.of("nobody")).all().get());
        call("describeClassicGroups", "nobody", () -> admin.describeClassicGroups(List.of("nobody")).all().get());
        call("listGroups", "by state", () -> admin.listGroups(new ListGroupsOptions().inGroupStates(Set.of(GroupState.STABLE))).all().get());
        call("listGroups", "by type", () -> new TreeSet<>(admin.listGroups(new ListGroupsOptions().withTypes(Set.of(GroupType.CLASSIC))).all().get().stream().map(Object::toString).toList()));
        call("deleteConsumerGroupOffsets", "one", () -> admin.deleteConsumerGroupOffsets("g", Set.of(first)).all().get());
        call("deleteConsumerGroupOffsets", "nobody", () -> admin.deleteConsumerGroupOffsets("nobody", Set.of(first)).all().get());
        call("deleteConsumerGroups", "one", () -> admin.deleteConsumerGroups(List.of("g")).all().get());
        call("deleteConsumerGroups", "nobody", () -> admin.deleteConsumerGroups(List.of("nobody")).all().get());
        call("removeMembersFromConsumerGroup", "nobody", () -> admin.removeMembersFromConsumerGroup("nobody", new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("i")))).all().get());
    }

    private static void transactions() throws Exception {
        try (KafkaProducer<String, String> producer = producer("tx")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("one", 0, 1_700_000_000_000L, "k", "v")).get();
            call("describeTransactions", "open", () -> admin.describeTransactions(List.of("tx")).all().get());
            call("listTransactions", "open", () -> admin.listTransactions().all().get());
            call("listTransactions", "by state", () -> admin.listTransactions(new ListTransactionsOptions().filterStates(Set.of(TransactionState.COMPLETE_COMMIT))).all().get());
            producer.commitTransaction();
            Cases.eventually("it is complete", () -> admin.describeTransactions(List.of("tx")).all().get().get("tx").state() == TransactionState.COMPLETE_COMMIT);
            call("describeTransactions", "committed", () -> admin.describeTransactions(List.of("tx")).all().get());
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("one", 1, 1_700_000_000_000L, "k", "v")).get();
            call("fenceProducers", "one", () -> admin.fenceProducers(List.of("tx")).all().get());
            Cases.eventually("it is aborted", () -> admin.describeTransactions(List.of("tx")).all().get().get("tx").state() != TransactionState.PREPARE_ABORT);
            call("describeTransactions", "fenced", () -> admin.describeTransactions(List.of("tx")).all().get().get("tx").state());
        } catch (org.apache.kafka.common.errors.ProducerFencedException | org.apache.kafka.common.errors.InvalidProducerEpochException expected) {
            // The producer is told on its way out.
        }
        try (KafkaProducer<String, String> producer = producer("tx-2")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("one", 0, 1_700_000_000_000L, "k", "v")).get();
            call("forceTerminateTransaction", "open", () -> admin.forceTerminateTransaction("tx-2").result().get());
        } catch (org.apache.kafka.common.errors.ProducerFencedException | org.apache.kafka.common.errors.InvalidProducerEpochException expected) {
            // As above.
        }
        call("forceTerminateTransaction", "nobody", () -> admin.forceTerminateTransaction("no-such-transaction").result().get());
        call("describeTransactions", "nobody", () -> admin.describeTransactions(List.of("no-such-transaction")).all().get());
        call("abortTransaction", "that is not there", () -> admin.abortTransaction(new AbortTransactionSpec(new TopicPartition("three", 0), 4711, (short) 0, 0)).all().get());
        call("abortTransaction", "nowhere", () -> admin.abortTransaction(new AbortTransactionSpec(new TopicPartition("nowhere", 0), 4711, (short) 0, 0), new AbortTransactionOptions().timeoutMs(IN_VAIN_MS)).all().get());
    }

    private static void cluster() {
        call("describeCluster", "all", () -> {
            DescribeClusterResult cluster = admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true));
            return List.of(cluster.nodes().get().size(), cluster.controller().get().id() == node(), cluster.authorizedOperations().get());
        });
        call("describeFeatures", "all", () -> {
            FeatureMetadata features = admin.describeFeatures().featureMetadata().get();
            return List.of(new TreeMap<>(features.finalizedFeatures()), new TreeMap<>(features.supportedFeatures()));
        });
        call("updateFeatures", "of no name", () -> admin.updateFeatures(Map.of("no.such.feature", new FeatureUpdate((short) 1, FeatureUpdate.UpgradeType.UPGRADE)), new UpdateFeaturesOptions()).all().get());
        call("describeMetadataQuorum", "voters", () -> {
            QuorumInfo quorum = admin.describeMetadataQuorum().quorumInfo().get();
            return List.of(quorum.voters().size(), quorum.observers().size(), quorum.voters().get(0).replicaId() == quorum.leaderId());
        });
    }

    private static void others() {
        ClientQuotaEntity user = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, "someone"));
        call("describeClientQuotas", "none", () -> admin.describeClientQuotas(ClientQuotaFilter.all()).entities().get());
        call("alterClientQuotas", "one", () -> admin.alterClientQuotas(List.of(new ClientQuotaAlteration(user, List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 1e6))))).all().get());
        call("clientInstanceId", "with telemetry", () -> admin.clientInstanceId(Duration.ofSeconds(2)) != null);
        TopicPartition first = new TopicPartition("three", 0);
        call("describeShareGroups", "nobody", () -> admin.describeShareGroups(List.of("shared")).all().get());
        call("alterShareGroupOffsets", "nobody", () -> admin.alterShareGroupOffsets("shared", Map.of(first, 1L)).all().get());
        call("listShareGroupOffsets", "nobody", () -> admin.listShareGroupOffsets(Map.of("shared", new ListShareGroupOffsetsSpec())).all().get());
        call("deleteShareGroupOffsets", "nobody", () -> admin.deleteShareGroupOffsets("nobody-shares", Set.of("three")).all().get());
        call("deleteShareGroups", "nobody", () -> admin.deleteShareGroups(List.of("nobody-shares")).all().get());
        call("describeStreamsGroups", "nobody", () -> admin.describeStreamsGroups(List.of("streams")).all().get());
        call("alterStreamsGroupOffsets", "nobody", () -> admin.alterStreamsGroupOffsets("streams", Map.of(first, new OffsetAndMetadata(1))).all().get());
        call("listStreamsGroupOffsets", "nobody", () -> admin.listStreamsGroupOffsets(Map.of("streams", new ListStreamsGroupOffsetsSpec())).all().get());
        call("deleteStreamsGroupOffsets", "nobody", () -> admin.deleteStreamsGroupOffsets("nobody-streams", Set.of(first)).all().get());
        call("deleteStreamsGroups", "nobody", () -> admin.deleteStreamsGroups(List.of("nobody-streams")).all().get());
    }

    /** The only member of a group; it reads all partitions of a topic and has committed. */
    private static KafkaConsumer<String, String> joined(String group, String protocol) {
        Properties own = new Properties();
        own.putAll(Map.of("bootstrap.servers", properties.get("bootstrap.servers"), "group.id", group, "group.protocol", protocol, "client.id", "reader", "auto.offset.reset", "earliest"));
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(own, new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(List.of("three"));
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (consumer.assignment().size() < 3 && System.nanoTime() < deadline) consumer.poll(Duration.ofMillis(100));
        consumer.commitSync();
        return consumer;
    }

    private static KafkaProducer<String, String> producer(String transactionalId) {
        Properties own = new Properties();
        own.putAll(properties);
        own.remove("default.api.timeout.ms");
        own.put("max.block.ms", "20000");
        if (transactionalId != null) own.put("transactional.id", transactionalId);
        return new KafkaProducer<>(own, new StringSerializer(), new StringSerializer());
    }

    private static Uuid id(String topic) throws Exception {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).topicId();
    }

    private static int node() throws Exception {
        return admin.describeCluster().nodes().get().iterator().next().id();
    }

    private static void settled(String topic) throws Exception {
        Cases.eventually(topic + " is served", () -> {
            Map<TopicPartition, OffsetSpec> asked = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().stream()
                .collect(Collectors.toMap(each -> new TopicPartition(topic, each.partition()), each -> OffsetSpec.latest()));
            return admin.listOffsets(asked).all().get().size() == asked.size();
        });
    }

    static void eventually(String what, Callable<Boolean> condition) {
        try {
            Cases.eventually(what, condition);
        } catch (Exception | AssertionError problem) {
            System.out.println("{\"call\":" + quote(what) + ",\"answer\":\"waited in vain\",\"ms\":0}");
        }
    }

    /** As text, sorted where Java has no order, with a cluster's own values in words. */
    private static String render(Object value) {
        if (value instanceof Map<?, ?> map) return map.entrySet().stream().map(entry -> render(entry.getKey()) + "=" + render(entry.getValue())).sorted().collect(Collectors.joining(", ", "{", "}"));
        if (value instanceof Set<?> || value instanceof Collection<?> && !(value instanceof List<?>)) return ((Collection<?>) value).stream().map(AdminAnswers::render).sorted().collect(Collectors.joining(", ", "(", ")"));
        if (value instanceof List<?> list) return list.stream().map(AdminAnswers::render).collect(Collectors.joining(", ", "[", "]"));
        if (value instanceof Optional<?> optional) return optional.map(AdminAnswers::render).orElse("nothing");
        if (value instanceof Throwable problem) return problem.getClass().getSimpleName();
        if (value instanceof Config config) return config.entries().stream().map(Object::toString).filter(text -> !text.contains("min.insync.replicas")).sorted().collect(Collectors.joining(", ", "Config", ""));
        if (value instanceof Uuid) return "an id";
        return inOrder(String.valueOf(value))
            .replaceAll("127\\.0\\.0\\.1:\\d+", "an address")
            .replaceAll("(?<![\\w-])[\\w-]{22}(?![\\w-])", "an id")
            .replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "a uuid")
            .replaceAll("\\b1[789]\\d{11}\\b(?<!17000000\\d{5})", "a time")
            .replaceAll("/tmp/[^ ,')\\]]*", "a folder")
            .replaceAll("producerId=\\d+", "producerId=an id");
    }

    /** A member's partitions stand in the order of its hash set. */
    private static String inOrder(String text) {
        return java.util.regex.Pattern.compile("topicPartitions=([\\w,-]+)").matcher(text).replaceAll(found ->
            "topicPartitions=" + Arrays.stream(found.group(1).split(",")).sorted().collect(Collectors.joining(",")));
    }

    private static String quote(String text) {
        return Cases.quote(text);
    }
}
