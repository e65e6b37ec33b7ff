import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.*;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Java's consumers in classic groups against a cluster: `GroupCases BOOTSTRAP`. */
public final class GroupCases {
    private static Cases cases;
    private static Admin admin;
    private static KafkaProducer<String, String> producer;

    /** A consumer polled by a thread of its own, so that several can rebalance. */
    private static final class Member implements AutoCloseable {
        final KafkaConsumer<String, String> consumer;
        final List<String> read = new ArrayList<>();
        final AtomicInteger assignedTimes = new AtomicInteger();
        final AtomicInteger revokedPartitions = new AtomicInteger();
        final AtomicInteger lostPartitions = new AtomicInteger();
        volatile Set<TopicPartition> assignment = Set.of();
        volatile Throwable problem;
        volatile boolean closing;
        volatile boolean commits = true;
        final Thread thread;

        Member(String topic, String group, String... pairs) {
            java.util.Properties properties = cases.properties("group.id", group, "auto.offset.reset", "earliest", "enable.auto.commit", "false",
                "session.timeout.ms", "6000", "heartbeat.interval.ms", "200", "fetch.max.wait.ms", "100");
            for (int index = 0; index < pairs.length; index += 2) properties.put(pairs[index], pairs[index + 1]);
            consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
            consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                    revokedPartitions.addAndGet(partitions.size());
                }
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                    assignedTimes.incrementAndGet();
                }
                public void onPartitionsLost(Collection<TopicPartition> partitions) {
                    lostPartitions.addAndGet(partitions.size());
                }
            });
            thread = new Thread(this::loop);
            thread.start();
        }

        private void loop() {
            try {
                while (!closing) {
                    ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(100));
                    synchronized (read) {
                        for (ConsumerRecord<String, String> record : records) read.add(record.partition() + ":" + record.value());
                    }
                    try {
                        if (commits && !records.isEmpty()) consumer.commitSync();
                    } catch (RebalanceInProgressException | CommitFailedException expectedDuringRebalance) {
                        // committed again after the rebalance
                    }
                    assignment = new HashSet<>(consumer.assignment());
                }
            } catch (Throwable error) {
                problem = error;
            } finally {
                consumer.close(CloseOptions.timeout(Duration.ofSeconds(5)));
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
        String topic = Cases.unique("java-group");
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
            if (member.assignment.size() != size) return false;
            all.addAll(member.assignment);
        }
        return all.size() == partitions;
    }

    private static void growAndShrink(String assignor, boolean cooperative) throws Exception {
        String topic = makeTopic(6);
        String group = Cases.unique("java-group");
        String[] settings = {"partition.assignment.strategy", assignor};
        Member first = new Member(topic, group, settings);
        Member second = new Member(topic, group, settings);
        Cases.eventually("two members have three each", () -> shared(6, 3, first, second));
        sendToEach(topic, 6, "two");
        Member third = new Member(topic, group, settings);
        Cases.eventually("three members have two each", () -> shared(6, 2, first, second, third));
        sendToEach(topic, 6, "three");
        Cases.eventually("all is read", () -> {
            Set<String> all = new HashSet<>(first.records());
            all.addAll(second.records());
            all.addAll(third.records());
            return all.size() == 12;
        });
        if (cooperative) Cases.check(first.revokedPartitions.get() + second.revokedPartitions.get() <= 5, "only what moved was revoked");
        second.close();
        third.close();
        Cases.eventually("the last member has all", () -> shared(6, 6, first));
        sendToEach(topic, 6, "one");
        Cases.eventually("the last member reads on", () -> first.records().stream().filter(each -> each.endsWith(":one")).count() == 6);
        Cases.same(0, first.lostPartitions.get());
        first.close();
        Cases.check(first.problem == null && second.problem == null && third.problem == null, "no member failed: " + first.problem + second.problem + third.problem);
        long total = 0;
        for (OffsetAndMetadata committed : admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().values()) total += committed.offset();
        Cases.same(18L, total);
    }

    public static void main(String[] args) {
        cases = new Cases(args[0]);
        admin = Admin.create(cases.properties());
        producer = new KafkaProducer<>(cases.properties(), new StringSerializer(), new StringSerializer());
        dynamicMembers();
        staticMembers();
        offsets();
        producer.close();
        admin.close();
        cases.exit();
    }

    private static void dynamicMembers() {
        cases.run("two, three, one members with the range assignor", () -> growAndShrink("org.apache.kafka.clients.consumer.RangeAssignor", false));
        cases.run("two, three, one members with the cooperative assignor", () -> growAndShrink("org.apache.kafka.clients.consumer.CooperativeStickyAssignor", true));
        cases.run("two, three, one members with the default assignors", () ->
            growAndShrink("org.apache.kafka.clients.consumer.RangeAssignor,org.apache.kafka.clients.consumer.CooperativeStickyAssignor", false));
        cases.run("a member that stops without leaving is expired and its partitions move", () -> {
            String topic = makeTopic(2);
            String group = Cases.unique("java-expiry");
            Member silent = new Member(topic, group, "max.poll.interval.ms", "100000", "group.instance.id", Cases.unique("silent"));
            Cases.eventually("it has both", () -> shared(2, 2, silent));
            silent.close(); // a static member does not leave: only its session ends it
            Member other = new Member(topic, group);
            Cases.eventually("the other has both after the session", () -> shared(2, 2, other));
            other.close();
        });
        cases.run("no common assignor is refused: INCONSISTENT_GROUP_PROTOCOL", () -> {
            String topic = makeTopic(2);
            String group = Cases.unique("java-inconsistent");
            Member first = new Member(topic, group, "partition.assignment.strategy", "org.apache.kafka.clients.consumer.RangeAssignor");
            Cases.eventually("the first joined", () -> shared(2, 2, first));
            Member second = new Member(topic, group, "partition.assignment.strategy", "org.apache.kafka.clients.consumer.RoundRobinAssignor");
            Cases.eventually("the second is refused", () -> second.problem instanceof InconsistentGroupProtocolException);
            second.close();
            first.close();
        });
        cases.run("new partitions of a subscribed topic are assigned", () -> {
            String topic = makeTopic(1);
            Member member = new Member(topic, Cases.unique("java-grow"), "metadata.max.age.ms", "500");
            Cases.eventually("one", () -> shared(1, 1, member));
            admin.createPartitions(Map.of(topic, org.apache.kafka.clients.admin.NewPartitions.increaseTo(3))).all().get();
            Cases.eventually("three", () -> shared(3, 3, member));
            member.close();
        });
        cases.run("describes a group with members: state, assignor, assignment", () -> {
            String topic = makeTopic(3);
            String group = Cases.unique("java-described");
            Member member = new Member(topic, group);
            Cases.eventually("it has all", () -> shared(3, 3, member));
            var described = admin.describeConsumerGroups(List.of(group)).all().get().get(group);
            Cases.same("range", described.partitionAssignor());
            MemberDescription only = described.members().iterator().next();
            Cases.same(3, only.assignment().topicPartitions().size());
            Cases.fails(GroupNotEmptyException.class, () -> admin.deleteConsumerGroups(List.of(group)).all().get());
            Cases.fails(GroupSubscribedToTopicException.class, () -> admin.deleteConsumerGroupOffsets(group, Set.of(new TopicPartition(topic, 0))).partitionResult(new TopicPartition(topic, 0)).get());
            member.close();
        });
    }

    private static void staticMembers() {
        cases.run("a static member that restarts keeps its partitions without a rebalance", () -> {
            String topic = makeTopic(4);
            String group = Cases.unique("java-static");
            Member stays = new Member(topic, group, "group.instance.id", "stays", "session.timeout.ms", "20000");
            Member restarts = new Member(topic, group, "group.instance.id", "restarts", "session.timeout.ms", "20000");
            Cases.eventually("two each", () -> shared(4, 2, stays, restarts));
            Set<TopicPartition> before = restarts.assignment;
            int assignedBefore = stays.assignedTimes.get();
            restarts.close();
            Member again = new Member(topic, group, "group.instance.id", "restarts", "session.timeout.ms", "20000");
            Cases.eventually("the same two again", () -> again.assignment.equals(before));
            sendToEach(topic, 4, "after");
            Cases.eventually("both read", () -> stays.records().size() + again.records().size() == 4);
            Cases.same(assignedBefore, stays.assignedTimes.get());
            again.close();
            stays.close();
        });
        cases.run("a second member under the same instance id fences the first", () -> {
            String topic = makeTopic(2);
            String group = Cases.unique("java-fenced");
            Member first = new Member(topic, group, "group.instance.id", "same");
            Cases.eventually("it has both", () -> shared(2, 2, first));
            Member second = new Member(topic, group, "group.instance.id", "same");
            Cases.eventually("the first is fenced", () -> first.problem instanceof FencedInstanceIdException);
            Cases.eventually("the second has both", () -> shared(2, 2, second));
            second.close();
            first.close();
        });
        cases.run("a static member is removed by the admin", () -> {
            String topic = makeTopic(1);
            String group = Cases.unique("java-removed");
            Member member = new Member(topic, group, "group.instance.id", "goes", "session.timeout.ms", "20000");
            Cases.eventually("joined", () -> shared(1, 1, member));
            member.close();
            Cases.same(1, admin.describeConsumerGroups(List.of(group)).all().get().get(group).members().size());
            admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("goes")))).all().get();
            Cases.eventually("gone", () -> admin.describeConsumerGroups(List.of(group)).all().get().get(group).members().isEmpty());
        });
    }

    private static KafkaConsumer<String, String> standalone(String group) {
        return new KafkaConsumer<>(cases.properties("group.id", group, "enable.auto.commit", "false", "auto.offset.reset", "none", "session.timeout.ms", "6000"),
            new StringDeserializer(), new StringDeserializer());
    }

    private static void offsets() {
        cases.run("commits with metadata and leader epoch come back; too long metadata is refused", () -> {
            TopicPartition partition = new TopicPartition(makeTopic(1), 0);
            try (KafkaConsumer<String, String> consumer = standalone(Cases.unique("java-commit"))) {
                consumer.assign(List.of(partition));
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(12, java.util.Optional.of(0), "m".repeat(4096))));
                OffsetAndMetadata committed = consumer.committed(Set.of(partition)).get(partition);
                Cases.same(12L, committed.offset());
                Cases.same(4096, committed.metadata().length());
                Cases.same(java.util.Optional.of(0), committed.leaderEpoch());
                Cases.fails(OffsetMetadataTooLarge.class, () -> { consumer.commitSync(Map.of(partition, new OffsetAndMetadata(13, "m".repeat(4097)))); return null; });
                Cases.same(12L, consumer.committed(Set.of(partition)).get(partition).offset());
            }
        });
        cases.run("a position beyond the end is out of range; offsets for times are exact", () -> {
            String topic = makeTopic(1);
            TopicPartition partition = new TopicPartition(topic, 0);
            for (int index = 0; index < 10; index++) producer.send(new ProducerRecord<>(topic, 0, 1_700_000_000_000L + index * 1000L, null, "v" + index));
            producer.flush();
            try (KafkaConsumer<String, String> consumer = standalone(Cases.unique("java-range"))) {
                consumer.assign(List.of(partition));
                Cases.same(4L, consumer.offsetsForTimes(Map.of(partition, 1_700_000_003_001L)).get(partition).offset());
                Cases.same(10L, consumer.endOffsets(List.of(partition)).get(partition));
                consumer.seek(partition, 99);
                Cases.fails(org.apache.kafka.clients.consumer.OffsetOutOfRangeException.class, () -> { for (int round = 0; round < 50; round++) consumer.poll(Duration.ofMillis(100)); return null; });
                consumer.seek(partition, 6);
                List<String> read = new ArrayList<>();
                Cases.eventually("the rest of a batch", () -> { consumer.poll(Duration.ofMillis(100)).forEach(record -> read.add(record.value())); return read.size() >= 4; });
                Cases.same(List.of("v6", "v7", "v8", "v9"), read);
            }
        });
        cases.run("subscribes by pattern and sees a topic that comes later", () -> {
            String prefix = Cases.unique("java-pattern");
            admin.createTopics(List.of(new NewTopic(prefix + "-a", 1, (short) 1))).all().get();
            KafkaConsumer<String, String> consumer = new KafkaConsumer<>(cases.properties("group.id", prefix, "auto.offset.reset", "earliest", "metadata.max.age.ms", "500", "session.timeout.ms", "6000", "heartbeat.interval.ms", "200"),
                new StringDeserializer(), new StringDeserializer());
            consumer.subscribe(java.util.regex.Pattern.compile(prefix + "-.*"));
            Cases.eventually("the first", () -> { consumer.poll(Duration.ofMillis(100)); return consumer.assignment().size() == 1; });
            admin.createTopics(List.of(new NewTopic(prefix + "-b", 2, (short) 1))).all().get();
            Cases.eventually("the later", () -> { consumer.poll(Duration.ofMillis(100)); return consumer.assignment().size() == 3; });
            consumer.close();
        });
    }
}
