import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.*;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.*;
import org.apache.kafka.common.serialization.StringSerializer;

/** Java's AdminClient against a cluster: `AdminCases BOOTSTRAP BROKERS`. */
public final class AdminCases {
    private static Admin admin;
    private static Cases cases;

    private static String makeTopic(int partitions, Map<String, String> configs) throws Exception {
        String name = Cases.unique("java-admin");
        admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs))).all().get();
        Cases.eventually("the topic shows", () -> describe(name).partitions().size() == partitions && describe(name).partitions().stream().allMatch(each -> each.leader() != null));
        return name;
    }

    private static String makeTopic(int partitions) throws Exception {
        return makeTopic(partitions, Map.of());
    }

    private static TopicDescription describe(String topic) throws Exception {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
    }

    private static Config config(ConfigResource resource) throws Exception {
        return admin.describeConfigs(List.of(resource)).all().get().get(resource);
    }

    private static ConfigResource topicResource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static void produce(String topic, int partition, int count, long firstTimestamp) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(cases.properties(), new StringSerializer(), new StringSerializer())) {
            for (int index = 0; index < count; index++) producer.send(new ProducerRecord<>(topic, partition, firstTimestamp + index * 1000L, "k" + index, "v" + index));
            producer.flush();
        }
    }

    private static long offset(String topic, int partition, OffsetSpec spec) throws Exception {
        TopicPartition which = new TopicPartition(topic, partition);
        return admin.listOffsets(Map.of(which, spec)).all().get().get(which).offset();
    }

    private static void alter(ConfigResource resource, AlterConfigOp... operations) throws Exception {
        admin.incrementalAlterConfigs(Map.of(resource, (Collection<AlterConfigOp>) Arrays.asList(operations))).all().get();
    }

    private static AlterConfigOp op(String name, String value, AlterConfigOp.OpType type) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    public static void main(String[] args) {
        cases = new Cases(args[0]);
        int brokers = Integer.parseInt(args[1]);
        admin = Admin.create(cases.properties("default.api.timeout.ms", "30000", "request.timeout.ms", "15000"));
        cluster(brokers);
        topics(brokers);
        configs();
        records();
        groups();
        breadth(brokers);
        admin.close();
        cases.exit();
    }

    private static void cluster(int brokers) {
        cases.run("describes the cluster: nodes, controller, id", () -> {
            DescribeClusterResult cluster = admin.describeCluster();
            Cases.same(brokers, cluster.nodes().get().size());
            Cases.check(cluster.nodes().get().stream().map(Node::id).toList().contains(cluster.controller().get().id()), "the controller is one of the nodes");
            Cases.check(!cluster.clusterId().get().isEmpty(), "a cluster id");
        });
        cases.run("describes the features", () -> admin.describeFeatures().featureMetadata().get());
    }

    private static void topics(int brokers) {
        cases.run("creates topics with the id and configs in the answer", () -> {
            String name = Cases.unique("java-admin");
            CreateTopicsResult result = admin.createTopics(List.of(new NewTopic(name, Optional.of(3), Optional.empty()).configs(Map.of("retention.ms", "1000"))));
            Cases.check(!result.topicId(name).get().equals(Uuid.ZERO_UUID), "a topic id");
            Cases.same(3, result.numPartitions(name).get());
            Cases.same("1000", result.config(name).get().get("retention.ms").value());
            Cases.eventually("described by its id", () -> admin.describeTopics(TopicCollection.ofTopicIds(List.of(result.topicId(name).get()))).allTopicIds().get().size() == 1);
        });
        cases.run("takes the defaults for -1 partitions and replicas", () -> {
            String name = Cases.unique("java-admin");
            CreateTopicsResult result = admin.createTopics(List.of(new NewTopic(name, Optional.empty(), Optional.empty())));
            Cases.same(4, result.numPartitions(name).get());
        });
        cases.run("creates a topic by explicit assignment", () -> {
            String name = Cases.unique("java-admin");
            int node = admin.describeCluster().nodes().get().iterator().next().id();
            admin.createTopics(List.of(new NewTopic(name, Map.of(0, List.of(node), 1, List.of(node))))).all().get();
            Cases.eventually("two partitions on the node", () -> describe(name).partitions().stream().filter(each -> each.leader() != null && each.leader().id() == node).count() == 2);
        });
        cases.run("refuses what is wrong with a topic, by its own error", () -> {
            String existing = makeTopic(1);
            Cases.fails(TopicExistsException.class, () -> admin.createTopics(List.of(new NewTopic(existing, 1, (short) 1))).all().get());
            Cases.fails(InvalidTopicException.class, () -> admin.createTopics(List.of(new NewTopic("no/slash", 1, (short) 1))).all().get());
            Cases.fails(InvalidTopicException.class, () -> admin.createTopics(List.of(new NewTopic("x".repeat(250), 1, (short) 1))).all().get());
            Cases.fails(InvalidPartitionsException.class, () -> admin.createTopics(List.of(new NewTopic(Cases.unique("bad"), 0, (short) 1))).all().get());
            Cases.fails(InvalidReplicationFactorException.class, () -> admin.createTopics(List.of(new NewTopic(Cases.unique("bad"), 1, (short) (brokers + 1)))).all().get());
            Cases.fails(InvalidConfigurationException.class, () -> admin.createTopics(List.of(new NewTopic(Cases.unique("bad"), 1, (short) 1).configs(Map.of("no.such.config", "1")))).all().get());
            Cases.fails(InvalidConfigurationException.class, () -> admin.createTopics(List.of(new NewTopic(Cases.unique("bad"), 1, (short) 1).configs(Map.of("retention.ms", "soon")))).all().get());
        });
        cases.run("validates without creating", () -> {
            String name = Cases.unique("java-admin");
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1)), new CreateTopicsOptions().validateOnly(true)).all().get();
            Cases.check(!admin.listTopics().names().get().contains(name), "not created");
        });
        cases.run("deletes topics by name and by id; a new one of the same name gets another id", () -> {
            String name = makeTopic(1);
            Uuid id = describe(name).topicId();
            admin.deleteTopics(List.of(name)).all().get();
            Cases.eventually("gone", () -> !admin.listTopics().names().get().contains(name));
            Cases.eventually("made again", () -> {
                admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get();
                return true;
            });
            Cases.eventually("with another id", () -> !describe(name).topicId().equals(id));
            admin.deleteTopics(TopicCollection.ofTopicIds(List.of(describe(name).topicId()))).all().get();
            Cases.fails(UnknownTopicIdException.class, () -> admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all().get());
            Cases.fails(UnknownTopicOrPartitionException.class, () -> admin.deleteTopics(List.of(Cases.unique("nowhere"))).all().get());
        });
        cases.run("adds partitions; fewer, the same, or too long an assignment is refused", () -> {
            String name = makeTopic(2);
            admin.createPartitions(Map.of(name, NewPartitions.increaseTo(5))).all().get();
            Cases.eventually("five", () -> describe(name).partitions().size() == 5);
            Cases.fails(InvalidPartitionsException.class, () -> admin.createPartitions(Map.of(name, NewPartitions.increaseTo(3))).all().get());
            Cases.fails(InvalidPartitionsException.class, () -> admin.createPartitions(Map.of(name, NewPartitions.increaseTo(5))).all().get());
            Cases.fails(UnknownTopicOrPartitionException.class, () -> admin.createPartitions(Map.of(Cases.unique("nowhere"), NewPartitions.increaseTo(5))).all().get());
        });
        cases.run("describes many topics by pages, sorted", () -> {
            List<String> names = Cases.values(Cases.unique("java-page") + "-", 7);
            admin.createTopics(names.stream().map(each -> new NewTopic(each, 3, (short) 1)).toList()).all().get();
            Cases.eventually("all described in pages of four partitions", () -> {
                Map<String, TopicDescription> found = admin.describeTopics(names, new DescribeTopicsOptions().partitionSizeLimitPerResponse(4)).allTopicNames().get();
                return found.size() == 7 && found.values().stream().allMatch(each -> each.partitions().size() == 3);
            });
        });
        cases.run("internal topics are listed only when asked for", () -> {
            admin.alterConsumerGroupOffsets(Cases.unique("makes-offsets-topic"), Map.of(new TopicPartition(makeTopic(1), 0), new OffsetAndMetadata(0))).all().get();
            Cases.check(!admin.listTopics().names().get().contains("__consumer_offsets"), "hidden");
            Cases.check(admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get().contains("__consumer_offsets"), "shown");
        });
    }

    private static void configs() {
        cases.run("describes all configs of a topic with synonyms, types and documentation", () -> {
            ConfigResource resource = topicResource(makeTopic(1, Map.of("segment.bytes", "2097152")));
            Config config = admin.describeConfigs(List.of(resource), new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true)).all().get().get(resource);
            Cases.check(config.entries().size() >= 28, "only " + config.entries().size() + " configs");
            ConfigEntry segment = config.get("segment.bytes");
            Cases.same("2097152", segment.value());
            Cases.same(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG, segment.source());
            Cases.same(ConfigEntry.ConfigType.INT, segment.type());
            Cases.same("segment.bytes,log.segment.bytes", segment.synonyms().stream().map(ConfigEntry.ConfigSynonym::name).collect(Collectors.joining(",")));
            Cases.check(segment.documentation() != null && segment.documentation().length() > 20, "documentation");
            Cases.same(ConfigEntry.ConfigSource.DEFAULT_CONFIG, config.get("retention.ms").source());
            Cases.same(ConfigEntry.ConfigType.LIST, config.get("cleanup.policy").type());
        });
        cases.run("SET, APPEND, SUBTRACT and DELETE of a topic's config", () -> {
            ConfigResource resource = topicResource(makeTopic(1));
            alter(resource, op("retention.ms", "5000", AlterConfigOp.OpType.SET), op("cleanup.policy", "compact", AlterConfigOp.OpType.APPEND));
            Cases.eventually("set and appended", () -> config(resource).get("retention.ms").value().equals("5000")
                && Set.of(config(resource).get("cleanup.policy").value().split(",")).equals(Set.of("delete", "compact")));
            alter(resource, op("retention.ms", "", AlterConfigOp.OpType.DELETE), op("cleanup.policy", "delete", AlterConfigOp.OpType.SUBTRACT));
            Cases.eventually("deleted and subtracted", () -> config(resource).get("retention.ms").isDefault() && config(resource).get("cleanup.policy").value().equals("compact"));
        });
        cases.run("refuses a wrong config value, an unknown name, an unknown topic, and a list operation on a number", () -> {
            ConfigResource resource = topicResource(makeTopic(1));
            Cases.fails(InvalidConfigurationException.class, () -> { alter(resource, op("retention.ms", "-7", AlterConfigOp.OpType.SET)); return null; });
            Cases.fails(InvalidConfigurationException.class, () -> { alter(resource, op("no.such.config", "1", AlterConfigOp.OpType.SET)); return null; });
            Cases.fails(InvalidConfigurationException.class, () -> { alter(resource, op("retention.ms", "1", AlterConfigOp.OpType.APPEND)); return null; });
            Cases.fails(UnknownTopicOrPartitionException.class, () -> { alter(topicResource(Cases.unique("nowhere")), op("retention.ms", "1", AlterConfigOp.OpType.SET)); return null; });
            Cases.fails(UnknownTopicOrPartitionException.class, () -> config(topicResource(Cases.unique("nowhere"))));
        });
        cases.run("validates an alteration without applying it", () -> {
            ConfigResource resource = topicResource(makeTopic(1));
            admin.incrementalAlterConfigs(Map.of(resource, List.of(op("retention.ms", "5000", AlterConfigOp.OpType.SET))), new AlterConfigsOptions().validateOnly(true)).all().get();
            Cases.check(config(resource).get("retention.ms").isDefault(), "not applied");
        });
        cases.run("a broker's configs: dynamic change, cluster-wide default, read-only ones refused", () -> {
            String node = String.valueOf(admin.describeCluster().nodes().get().iterator().next().id());
            ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node);
            ConfigResource everyBroker = new ConfigResource(ConfigResource.Type.BROKER, "");
            Cases.check(config(broker).entries().size() > 150, "only " + config(broker).entries().size() + " configs");
            alter(broker, op("log.cleaner.threads", "2", AlterConfigOp.OpType.SET));
            Cases.eventually("dynamic value", () -> config(broker).get("log.cleaner.threads").value().equals("2")
                && config(broker).get("log.cleaner.threads").source() == ConfigEntry.ConfigSource.DYNAMIC_BROKER_CONFIG);
            alter(everyBroker, op("log.retention.ms", "777777", AlterConfigOp.OpType.SET));
            Cases.eventually("dynamic default", () -> config(broker).get("log.retention.ms").source() == ConfigEntry.ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
            ConfigResource topic = topicResource(makeTopic(1));
            Cases.eventually("topics follow", () -> config(topic).get("retention.ms").value().equals("777777"));
            alter(everyBroker, op("log.retention.ms", "", AlterConfigOp.OpType.DELETE));
            alter(broker, op("log.cleaner.threads", "", AlterConfigOp.OpType.DELETE));
            Cases.fails(InvalidRequestException.class, () -> { alter(broker, op("broker.id", "9", AlterConfigOp.OpType.SET)); return null; });
        });
    }

    private static void records() {
        cases.run("lists offsets: earliest, latest, by time, largest timestamp, local", () -> {
            String topic = makeTopic(1);
            produce(topic, 0, 20, 1_700_000_000_000L);
            Cases.same(0L, offset(topic, 0, OffsetSpec.earliest()));
            Cases.same(20L, offset(topic, 0, OffsetSpec.latest()));
            Cases.same(7L, offset(topic, 0, OffsetSpec.forTimestamp(1_700_000_006_500L)));
            Cases.same(-1L, offset(topic, 0, OffsetSpec.forTimestamp(1_800_000_000_000L)));
            Cases.same(19L, offset(topic, 0, OffsetSpec.maxTimestamp()));
            Cases.same(0L, offset(topic, 0, OffsetSpec.earliestLocal()));
            Cases.same(-1L, offset(topic, 0, OffsetSpec.latestTiered()));
        });
        cases.run("deletes records; beyond the end is out of range", () -> {
            String topic = makeTopic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            produce(topic, 0, 10, System.currentTimeMillis());
            Cases.same(4L, admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(4))).lowWatermarks().get(partition).get().lowWatermark());
            Cases.same(4L, offset(topic, 0, OffsetSpec.earliest()));
            Cases.fails(OffsetOutOfRangeException.class, () -> admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(99))).all().get());
            Cases.same(10L, admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1))).lowWatermarks().get(partition).get().lowWatermark());
        });
        cases.runIfAdvertised("describes producers that are active on a partition", () -> {
            String topic = makeTopic(1);
            produce(topic, 0, 5, System.currentTimeMillis());
            TopicPartition partition = new TopicPartition(topic, 0);
            List<ProducerState> states = admin.describeProducers(List.of(partition)).partitionResult(partition).get().activeProducers();
            Cases.same(1, states.size());
            Cases.same(4, states.get(0).lastSequence());
        });
    }

    private static void groups() {
        cases.run("alters, lists and deletes a group's offsets; lists, describes and deletes the group", () -> {
            String topic = makeTopic(3);
            String group = Cases.unique("java-admin-group");
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            offsets.put(new TopicPartition(topic, 0), new OffsetAndMetadata(5, Optional.of(0), "note"));
            offsets.put(new TopicPartition(topic, 1), new OffsetAndMetadata(6));
            admin.alterConsumerGroupOffsets(group, offsets).all().get();
            Map<TopicPartition, OffsetAndMetadata> listed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
            Cases.same(2, listed.size());
            Cases.same("note", listed.get(new TopicPartition(topic, 0)).metadata());
            Cases.same(6L, listed.get(new TopicPartition(topic, 1)).offset());
            Cases.check(admin.listGroups().all().get().stream().anyMatch(each -> each.groupId().equals(group)), "listed");
            Cases.same(GroupState.EMPTY, admin.describeConsumerGroups(List.of(group)).all().get().get(group).groupState());
            admin.deleteConsumerGroupOffsets(group, Set.of(new TopicPartition(topic, 1))).all().get();
            Cases.same(1, admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().size());
            admin.deleteConsumerGroups(List.of(group)).all().get();
            Cases.fails(GroupIdNotFoundException.class, () -> admin.deleteConsumerGroups(List.of(group)).all().get());
            Cases.check(admin.listGroups().all().get().stream().noneMatch(each -> each.groupId().equals(group)), "gone");
        });
        cases.run("lists several groups' offsets in one call", () -> {
            String topic = makeTopic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            List<String> names = Cases.values(Cases.unique("java-many") + "-", 3);
            for (String name : names) admin.alterConsumerGroupOffsets(name, Map.of(partition, new OffsetAndMetadata(names.indexOf(name)))).all().get();
            Map<String, ListConsumerGroupOffsetsSpec> specs = new HashMap<>();
            for (String name : names) specs.put(name, new ListConsumerGroupOffsetsSpec());
            Map<String, Map<TopicPartition, OffsetAndMetadata>> all = admin.listConsumerGroupOffsets(specs).all().get();
            for (String name : names) Cases.same((long) names.indexOf(name), all.get(name).get(partition).offset());
        });
        cases.run("an unknown group is empty of offsets and cannot be described", () -> {
            String nobody = Cases.unique("nobody");
            Cases.same(0, admin.listConsumerGroupOffsets(nobody).partitionsToOffsetAndMetadata().get().size());
            Cases.fails(GroupIdNotFoundException.class, () -> admin.describeConsumerGroups(List.of(nobody)).all().get());
        });
        cases.run("offsets of a deleted topic go with it", () -> {
            String topic = makeTopic(1);
            String group = Cases.unique("java-orphan");
            admin.alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(3))).all().get();
            admin.deleteTopics(List.of(topic)).all().get();
            Cases.eventually("no offsets left", () -> admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().isEmpty());
        });
    }

    private static void breadth(int brokers) {
        cases.run("describes log directories with sizes", () -> {
            String topic = makeTopic(1);
            produce(topic, 0, 10, System.currentTimeMillis());
            List<Integer> nodes = admin.describeCluster().nodes().get().stream().map(Node::id).toList();
            Map<Integer, Map<String, LogDirDescription>> dirs = admin.describeLogDirs(nodes).allDescriptions().get();
            Cases.same(brokers, dirs.size());
            long size = dirs.values().stream().flatMap(each -> each.values().stream())
                .mapToLong(each -> each.replicaInfos().containsKey(new TopicPartition(topic, 0)) ? each.replicaInfos().get(new TopicPartition(topic, 0)).size() : 0).sum();
            Cases.check(size > 100, "size " + size);
        });
        cases.run("elects leaders: not needed", () -> {
            String topic = makeTopic(1);
            Optional<Throwable> answer = admin.electLeaders(ElectionType.PREFERRED, Set.of(new TopicPartition(topic, 0))).partitions().get().get(new TopicPartition(topic, 0));
            Cases.check(answer.isPresent() && answer.get() instanceof ElectionNotNeededException, String.valueOf(answer));
        });
        cases.run("lists no reassignments", () -> Cases.same(Collections.emptyMap(), admin.listPartitionReassignments().reassignments().get()));
        cases.runIfAdvertised("has security disabled for ACLs", () ->
            Cases.fails(SecurityDisabledException.class, () -> admin.describeAcls(org.apache.kafka.common.acl.AclBindingFilter.ANY).values().get()));
        // By a name that none has: other clients' transactions were made on this broker.
        cases.runIfAdvertised("lists transactions by a pattern that matches none", () ->
            Cases.same(new HashSet<>(), new HashSet<>(admin.listTransactions(new ListTransactionsOptions().filterOnTransactionalIdPattern("of that name there is none")).all().get())));
        cases.run("describes the quorum", () -> Cases.check(admin.describeMetadataQuorum().quorumInfo().get().voters().size() >= 1, "at least one voter"));
        cases.runIfAdvertised("describes client quotas, of which there are none", () ->
            Cases.same(Collections.emptyMap(), admin.describeClientQuotas(org.apache.kafka.common.quota.ClientQuotaFilter.all()).entities().get()));
        cases.run("lists config resources", () -> admin.listConfigResources().all().get());
    }
}
