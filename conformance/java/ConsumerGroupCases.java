import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.*;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Java's consumers in groups of the consumer protocol (KIP-848) against a cluster: `ConsumerGroupCases BOOTSTRAP`. */
public final class ConsumerGroupCases {
    private static Cases cases;
    private static Admin admin;
    private static KafkaProducer<String, String> producer;

    /** A consumer polled by a thread of its own, so that several can rebalance. */
    private static final class Member implements AutoCloseable {
        final KafkaConsumer<String, String> consumer;
        final List<String> read = new ArrayList<>();
        final AtomicInteger revokedPartitions = new AtomicInteger();
        final AtomicInteger lostPartitions = new AtomicInteger();
        final AtomicInteger assignedTimes = new AtomicInteger();
        volatile Set<TopicPartition> assignment = Set.of();
        volatile Throwable problem;
        volatile boolean closing;
        volatile boolean leaves = true;
        final Thread thread;

        static Member of(String topic, String group, String... pairs) {
            return new Member(group, consumer -> consumer.subscribe(List.of(topic), listener(consumer)), pairs);
        }

        private static ConsumerRebalanceListener listener(MemberConsumer consumer) {
            return new ConsumerRebalanceListener() {
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) { consumer.member.revokedPartitions.addAndGet(partitions.size()); }
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) { consumer.member.assignedTimes.incrementAndGet(); }
                public void onPartitionsLost(Collection<TopicPartition> partitions) { consumer.member.lostPartitions.addAndGet(partitions.size()); }
            };
        }

        /** What a subscription needs of its member. */
        static final class MemberConsumer {
            final Member member;
            MemberConsumer(Member member) { this.member = member; }
            void subscribe(List<String> topics, ConsumerRebalanceListener listener) { member.consumer.subscribe(topics, listener); }
        }

        interface Subscription { void of(MemberConsumer consumer); }

        Member(String group, Subscription subscription, String... pairs) {
            java.util.Properties properties = cases.properties("group.id", group, "group.protocol", "consumer", "auto.offset.reset", "earliest",
                "enable.auto.commit", "false", "fetch.max.wait.ms", "100");
            for (int index = 0; index < pairs.length; index += 2) {
                if (pairs[index + 1] == null) properties.remove(pairs[index]); else properties.put(pairs[index], pairs[index + 1]);
            }
            consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
            subscription.of(new MemberConsumer(this));
            thread = new Thread(this::loop);
            thread.start();
        }

        private void loop() {
            try {
                while (!closing) {
                    ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(50));
                    synchronized (read) {
                        for (ConsumerRecord<String, String> record : records) read.add(record.partition() + ":" + record.value());
                    }
                    try {
                        if (!records.isEmpty()) consumer.commitSync();
                    } catch (RebalanceInProgressException | CommitFailedException expectedDuringRebalance) {
                        // committed again after the rebalance
                    }
                    assignment = new HashSet<>(consumer.assignment());
                }
            } catch (Throwable error) {
                problem = error;
            } finally {
                CloseOptions options = CloseOptions.timeout(Duration.ofSeconds(5));
                if (!leaves) options = options.withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP);
                consumer.close(options);
            }
        }

        List<String> records() {
            synchronized (read) {
                return new ArrayList<>(read);
            }
        }

        public void close() throws Exception {
            closing = true;
            thread.join();
            assignment = Set.of();
        }
    }

    private static String makeTopic(int partitions) throws Exception {
        String topic = Cases.unique("java-848");
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
        return topic;
    }

    private static void sendToEach(String topic, int partitions, String value) throws Exception {
        for (int partition = 0; partition < partitions; partition++) producer.send(new ProducerRecord<>(topic, partition, null, value));
        producer.flush();
    }

    private static boolean shared(int partitions, int size, Member... members) {
        Set<TopicPartition> all = new HashSet<>();
        for (Member member : members) {
            if (member.problem != null) throw new IllegalStateException(member.problem);
            if (member.assignment.size() != size) return false;
            all.addAll(member.assignment);
        }
        return all.size() == partitions;
    }

    private static long committed(String group) throws Exception {
        long total = 0;
        for (OffsetAndMetadata each : admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().values()) total += each.offset();
        return total;
    }

    private static void growAndShrink(String assignor) throws Exception {
        String topic = makeTopic(6);
        String group = Cases.unique("java-848");
        String[] settings = {"group.remote.assignor", assignor};
        Member first = Member.of(topic, group, settings);
        Member second = Member.of(topic, group, settings);
        Cases.eventually("two members have three each", () -> shared(6, 3, first, second));
        sendToEach(topic, 6, "two");
        Member third = Member.of(topic, group, settings);
        Cases.eventually("three members have two each", () -> shared(6, 2, first, second, third));
        Cases.same(assignor, admin.describeConsumerGroups(List.of(group)).all().get().get(group).partitionAssignor());
        sendToEach(topic, 6, "three");
        Cases.eventually("all is read", () -> {
            Set<String> all = new HashSet<>(first.records());
            all.addAll(second.records());
            all.addAll(third.records());
            return all.size() == 12;
        });
        second.close();
        third.close();
        Cases.eventually("the last member has all", () -> shared(6, 6, first));
        sendToEach(topic, 6, "one");
        Cases.eventually("the last member reads on", () -> first.records().stream().filter(each -> each.endsWith(":one")).count() == 6);
        Cases.same(0, first.lostPartitions.get());
        first.close();
        Cases.same(18L, committed(group));
    }

    public static void main(String[] args) {
        cases = new Cases(args[0]);
        admin = Admin.create(cases.properties());
        producer = new KafkaProducer<>(cases.properties(), new StringSerializer(), new StringSerializer());
        members();
        patterns();
        administration();
        migration();
        producer.close();
        admin.close();
        cases.exit();
    }

    private static void members() {
        cases.run("two, three, one members with the uniform assignor", () -> growAndShrink("uniform"));
        cases.run("two, three, one members with the range assignor", () -> growAndShrink("range"));
        cases.run("an assignor that there is not: UNSUPPORTED_ASSIGNOR", () -> {
            Member member = Member.of(makeTopic(1), Cases.unique("java-848"), "group.remote.assignor", "sticky");
            Cases.eventually("it is refused", () -> member.problem instanceof UnsupportedAssignorException);
            member.close();
        });
        cases.run("a static member that goes for a while keeps its partitions", () -> {
            String topic = makeTopic(4);
            String group = Cases.unique("java-848-static");
            Member stays = Member.of(topic, group, "group.instance.id", "stays");
            Member restarts = Member.of(topic, group, "group.instance.id", "restarts");
            Cases.eventually("two each", () -> shared(4, 2, stays, restarts));
            Set<TopicPartition> before = restarts.assignment;
            int assignedBefore = stays.assignedTimes.get();
            restarts.close();
            Member again = Member.of(topic, group, "group.instance.id", "restarts");
            Cases.eventually("the same two again", () -> again.assignment.equals(before));
            Cases.same(assignedBefore, stays.assignedTimes.get());
            again.close();
            stays.close();
        });
        cases.run("a second member under a living instance id: UNRELEASED_INSTANCE_ID", () -> {
            String topic = makeTopic(2);
            String group = Cases.unique("java-848-unreleased");
            Member first = Member.of(topic, group, "group.instance.id", "same");
            Cases.eventually("it has both", () -> shared(2, 2, first));
            Member second = Member.of(topic, group, "group.instance.id", "same");
            Cases.eventually("the second is refused", () -> second.problem instanceof UnreleasedInstanceIdException);
            second.close();
            first.close();
        });
        cases.run("new partitions of a subscribed topic are assigned", () -> {
            String topic = makeTopic(1);
            Member member = Member.of(topic, Cases.unique("java-848-grow"), "metadata.max.age.ms", "500");
            Cases.eventually("one", () -> shared(1, 1, member));
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
            Cases.eventually("three", () -> shared(3, 3, member));
            member.close();
        });
        cases.run("a topic that is made after the member came is assigned", () -> {
            String topic = Cases.unique("java-848-later");
            Member member = Member.of(topic, Cases.unique("java-848-later"), "allow.auto.create.topics", "false", "metadata.max.age.ms", "500");
            Thread.sleep(500);
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
            Cases.eventually("both", () -> shared(2, 2, member));
            member.close();
        });
    }

    private static void patterns() {
        cases.run("a pattern of RE2 is matched by the broker", () -> {
            String prefix = Cases.unique("java-848-re2");
            admin.createTopics(List.of(new NewTopic(prefix + "-a", 1, (short) 1), new NewTopic(prefix + "-b", 2, (short) 1), new NewTopic("x" + prefix, 1, (short) 1))).all().get();
            Member member = new Member(prefix, consumer -> consumer.member.consumer.subscribe(new SubscriptionPattern(prefix + "-[ab]")), "metadata.max.age.ms", "500");
            Cases.eventually("three partitions", () -> shared(3, 3, member));
            var described = admin.describeConsumerGroups(List.of(prefix)).all().get().get(prefix);
            Cases.same(3, described.members().iterator().next().assignment().topicPartitions().size());
            member.close();
        });
        cases.run("a pattern that is none: INVALID_REGULAR_EXPRESSION", () -> {
            Member member = new Member(Cases.unique("java-848-re2"), consumer -> consumer.member.consumer.subscribe(new SubscriptionPattern("(?=a)")));
            Cases.eventually("it is refused", () -> member.problem instanceof InvalidRegularExpression);
            member.close();
        });
        cases.run("a pattern of Java is matched by the client", () -> {
            String prefix = Cases.unique("java-848-pattern");
            admin.createTopics(List.of(new NewTopic(prefix + "-a", 1, (short) 1))).all().get();
            Member member = new Member(prefix, consumer -> consumer.member.consumer.subscribe(java.util.regex.Pattern.compile(prefix + "-.*")), "metadata.max.age.ms", "500");
            Cases.eventually("the first", () -> shared(1, 1, member));
            admin.createTopics(List.of(new NewTopic(prefix + "-b", 2, (short) 1))).all().get();
            Cases.eventually("the later", () -> shared(3, 3, member));
            member.close();
        });
    }

    private static void administration() {
        cases.run("describes, lists, refuses to delete, deletes", () -> {
            String topic = makeTopic(3);
            String group = Cases.unique("java-848-described");
            Member member = Member.of(topic, group, "client.rack", "r1");
            Cases.eventually("it has all", () -> shared(3, 3, member));
            sendToEach(topic, 3, "x");
            Cases.eventually("committed", () -> committed(group) == 3);
            var described = admin.describeConsumerGroups(List.of(group)).all().get().get(group);
            Cases.same(GroupType.CONSUMER, described.type());
            Cases.eventually("stable", () -> admin.describeConsumerGroups(List.of(group)).all().get().get(group).groupState() == GroupState.STABLE);
            Cases.same("uniform", described.partitionAssignor());
            var only = described.members().iterator().next();
            Cases.same(3, only.assignment().topicPartitions().size());
            Cases.same(3, only.targetAssignment().get().topicPartitions().size());
            Cases.same(true, only.upgraded().get());
            Cases.same("r1", only.rackId().orElse(null));
            Cases.same(described.groupEpoch().get(), described.targetAssignmentEpoch().get());
            Cases.same(described.groupEpoch().get(), only.memberEpoch().get());
            Cases.check(admin.listGroups(new ListGroupsOptions().withTypes(Set.of(GroupType.CONSUMER))).all().get().stream().anyMatch(each -> each.groupId().equals(group)), "listed by type");
            Cases.check(admin.listGroups(new ListGroupsOptions().withTypes(Set.of(GroupType.CLASSIC))).all().get().stream().noneMatch(each -> each.groupId().equals(group)), "not listed as classic");
            Cases.check(admin.listGroups(new ListGroupsOptions().inGroupStates(Set.of(GroupState.STABLE))).all().get().stream().anyMatch(each -> each.groupId().equals(group)), "listed by state");
            Cases.fails(GroupIdNotFoundException.class, () -> admin.describeClassicGroups(List.of(group)).all().get());
            Cases.fails(GroupNotEmptyException.class, () -> admin.deleteConsumerGroups(List.of(group)).all().get());
            TopicPartition partition = new TopicPartition(topic, 0);
            Cases.fails(GroupSubscribedToTopicException.class, () -> admin.deleteConsumerGroupOffsets(group, Set.of(partition)).partitionResult(partition).get());
            Cases.fails(UnknownMemberIdException.class, () -> admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(0))).all().get());
            member.close();
            Cases.eventually("empty", () -> admin.describeConsumerGroups(List.of(group)).all().get().get(group).groupState() == GroupState.EMPTY);
            admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(0))).all().get();
            admin.deleteConsumerGroups(List.of(group)).all().get();
            Cases.fails(GroupIdNotFoundException.class, () -> admin.describeConsumerGroups(List.of(group)).all().get());
        });
        cases.run("a group's own settings count, and are listed", () -> {
            String group = Cases.unique("java-848-configs");
            ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
            admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry("consumer.session.timeout.ms", "46000"), AlterConfigOp.OpType.SET)))).all().get();
            Cases.eventually("told", () -> "46000".equals(admin.describeConfigs(List.of(resource)).all().get().get(resource).get("consumer.session.timeout.ms").value()));
            Cases.check(admin.listConfigResources(Set.of(ConfigResource.Type.GROUP), new org.apache.kafka.clients.admin.ListConfigResourcesOptions()).all().get().contains(resource), "listed");
            Cases.fails(InvalidConfigurationException.class, () -> admin.incrementalAlterConfigs(Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry("consumer.session.timeout.ms", "1"), AlterConfigOp.OpType.SET)))).all().get());
        });
    }

    private static final String[] CLASSIC = {"group.protocol", "classic", "session.timeout.ms", "6000", "heartbeat.interval.ms", "200",
        "partition.assignment.strategy", "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"};

    private static void migration() {
        cases.run("a group rolls from the classic to the consumer protocol and back, and reads on", () -> {
            String topic = makeTopic(6);
            String group = Cases.unique("java-848-migration");
            Member old1 = Member.of(topic, group, CLASSIC);
            Member old2 = Member.of(topic, group, CLASSIC);
            Cases.eventually("two classic members have three each", () -> shared(6, 3, old1, old2));
            sendToEach(topic, 6, "a");
            Cases.eventually("read", () -> committed(group) == 6);
            Member new1 = Member.of(topic, group);
            Cases.eventually("three members have two each", () -> shared(6, 2, old1, old2, new1));
            var described = admin.describeConsumerGroups(List.of(group)).all().get().get(group);
            Cases.same(GroupType.CONSUMER, described.type());
            Cases.same(1L, described.members().stream().filter(each -> each.upgraded().get()).count());
            sendToEach(topic, 6, "b");
            Cases.eventually("read", () -> committed(group) == 12);
            old1.close();
            Member new2 = Member.of(topic, group);
            Cases.eventually("again two each", () -> shared(6, 2, old2, new1, new2));
            old2.close();
            Cases.eventually("all are new", () -> shared(6, 3, new1, new2));
            sendToEach(topic, 6, "c");
            Cases.eventually("read", () -> committed(group) == 18);
            Member back = Member.of(topic, group, CLASSIC);
            Cases.eventually("one came back", () -> shared(6, 2, new1, new2, back));
            new1.close();
            new2.close();
            Cases.eventually("the last has all", () -> shared(6, 6, back));
            Cases.same(GroupType.CLASSIC, admin.describeConsumerGroups(List.of(group)).all().get().get(group).type());
            sendToEach(topic, 6, "d");
            Cases.eventually("read", () -> committed(group) == 24);
            back.close();
        });
        cases.run("an empty group changes its protocol with whoever comes, and keeps its offsets", () -> {
            String topic = makeTopic(2);
            String group = Cases.unique("java-848-empty");
            sendToEach(topic, 2, "a");
            for (String[] settings : List.of(CLASSIC, new String[0], CLASSIC)) {
                Member member = Member.of(topic, group, settings);
                Cases.eventually("it has both", () -> shared(2, 2, member));
                Cases.eventually("all is read", () -> committed(group) == 2);
                member.close();
                Cases.check(member.records().size() <= 2, "nothing is read twice");
            }
        });
    }
}
