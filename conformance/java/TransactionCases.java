import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.*;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Java's transactional producer, read_committed consumer and the admin calls about transactions against a cluster: `TransactionCases BOOTSTRAP`. */
public final class TransactionCases {
    private static Cases cases;
    private static Admin admin;

    private static String makeTopic(int partitions) throws Exception {
        String topic = Cases.unique("java-txn");
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
        return topic;
    }

    private static KafkaProducer<String, String> producer(String id, String... pairs) {
        Properties properties = cases.properties("transactional.id", id, "linger.ms", "0");
        for (int index = 0; index < pairs.length; index += 2) properties.put(pairs[index], pairs[index + 1]);
        return new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<String, String> consumer(String isolation, String... pairs) {
        Properties properties = cases.properties("isolation.level", isolation, "auto.offset.reset", "earliest", "enable.auto.commit", "false", "fetch.max.wait.ms", "50");
        for (int index = 0; index < pairs.length; index += 2) properties.put(pairs[index], pairs[index + 1]);
        return new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
    }

    private static List<TopicPartition> partitionsOf(String topic, int count) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (int partition = 0; partition < count; partition++) partitions.add(new TopicPartition(topic, partition));
        return partitions;
    }

    /** Everything up to the end that the isolation level shows, in order of partition and offset. */
    private static List<String> read(String topic, int partitions, String isolation) {
        try (KafkaConsumer<String, String> consumer = consumer(isolation)) {
            List<TopicPartition> all = partitionsOf(topic, partitions);
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            Map<TopicPartition, List<String>> values = new HashMap<>();
            long deadline = System.currentTimeMillis() + 20_000;
            while (all.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                Cases.check(System.currentTimeMillis() < deadline, "all is read up to " + ends + ", and " + values + " was");
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(50))) {
                    values.computeIfAbsent(new TopicPartition(record.topic(), record.partition()), key -> new ArrayList<>()).add(record.value());
                }
            }
            List<String> read = new ArrayList<>();
            for (TopicPartition partition : all) read.addAll(values.getOrDefault(partition, List.of()));
            return read;
        }
    }

    private static void transact(KafkaProducer<String, String> producer, boolean commits, String topic, int partition, String... values) {
        producer.beginTransaction();
        for (String value : values) producer.send(new ProducerRecord<>(topic, partition, null, value));
        producer.flush();
        if (commits) producer.commitTransaction();
        else producer.abortTransaction();
    }

    private static TransactionDescription describe(String id) throws Exception {
        return admin.describeTransactions(List.of(id)).description(id).get();
    }

    private static void untilComplete(String id) throws Exception {
        Cases.eventually("the markers of " + id + " are written", () -> !describe(id).state().toString().startsWith("Prepare"));
    }

    private static void commitsAndAborts() throws Exception {
        String topic = makeTopic(3);
        String id = Cases.unique("id");
        List<String> committed = new ArrayList<>();
        List<String> all = new ArrayList<>();
        try (KafkaProducer<String, String> producer = producer(id)) {
            producer.initTransactions();
            for (int round = 0; round < 60; round++) {
                boolean commits = round % 3 != 1;
                producer.beginTransaction();
                for (int partition = 0; partition < 3; partition++) producer.send(new ProducerRecord<>(topic, partition, null, "v" + round));
                if (commits) producer.commitTransaction();
                else {
                    producer.flush();
                    producer.abortTransaction();
                }
                all.add("v" + round);
                if (commits) committed.add("v" + round);
            }
        }
        untilComplete(id);
        List<String> expected = new ArrayList<>();
        List<String> expectedAll = new ArrayList<>();
        for (int partition = 0; partition < 3; partition++) {
            expected.addAll(committed);
            expectedAll.addAll(all);
        }
        Cases.same(expected, read(topic, 3, "read_committed"));
        Cases.same(expectedAll, read(topic, 3, "read_uncommitted"));
    }

    private static void staysBehindAnOpenTransaction() throws Exception {
        String topic = makeTopic(1);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaProducer<String, String> open = producer(Cases.unique("id")); KafkaProducer<String, String> other = producer(Cases.unique("id"))) {
            open.initTransactions();
            other.initTransactions();
            transact(other, true, topic, 0, "before");
            open.beginTransaction();
            open.send(new ProducerRecord<>(topic, 0, null, "open")).get();
            transact(other, true, topic, 0, "behind");
            Cases.same(List.of("before"), read(topic, 1, "read_committed"));
            Cases.same(List.of("before", "open", "behind"), read(topic, 1, "read_uncommitted"));
            Map<TopicPartition, OffsetSpec> latest = Map.of(partition, OffsetSpec.latest());
            long stable = admin.listOffsets(latest, new ListOffsetsOptions(org.apache.kafka.common.IsolationLevel.READ_COMMITTED)).partitionResult(partition).get().offset();
            Cases.same(2L, stable);
            open.commitTransaction();
            Cases.eventually("what was behind is seen", () -> read(topic, 1, "read_committed").equals(List.of("before", "open", "behind")));
        }
    }

    private static void offsetsOfATransaction() throws Exception {
        String source = makeTopic(1);
        String sink = makeTopic(1);
        String group = Cases.unique("java-txn-group");
        String id = Cases.unique("id");
        TopicPartition partition = new TopicPartition(source, 0);
        try (KafkaProducer<String, String> producer = producer(id); KafkaConsumer<String, String> consumer = consumer("read_committed", "group.id", group)) {
            producer.initTransactions();
            transact(producer, true, source, 0, "a", "b", "c");
            consumer.subscribe(List.of(source));
            List<String> read = new ArrayList<>();
            Cases.eventually("the source is read", () -> {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) read.add(record.value());
                return read.size() == 3;
            });
            producer.beginTransaction();
            for (String value : read) producer.send(new ProducerRecord<>(sink, 0, null, value + "!"));
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(2)), consumer.groupMetadata());
            producer.abortTransaction();
            untilComplete(id);
            Cases.same(Map.of(), admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get());
            producer.beginTransaction();
            for (String value : read) producer.send(new ProducerRecord<>(sink, 0, null, value + "?"));
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(3, "why")), consumer.groupMetadata());
            producer.commitTransaction();
            untilComplete(id);
            OffsetAndMetadata committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().get(partition);
            Cases.same("3 why", committed.offset() + " " + committed.metadata());
            Cases.same(List.of("a?", "b?", "c?"), read(sink, 1, "read_committed"));
            // A member of a generation that is over may not commit.
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(sink, 0, null, "late"));
            ConsumerGroupMetadata stale = new ConsumerGroupMetadata(group, 99, "nobody", java.util.Optional.empty());
            Throwable problem = null;
            try {
                producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(4)), stale);
                producer.commitTransaction();
            } catch (RuntimeException expected) {
                problem = expected;
            }
            Cases.check(problem instanceof CommitFailedException, "a stale member is refused: " + problem);
            producer.abortTransaction();
        }
        Cases.same(List.of("a?", "b?", "c?"), read(sink, 1, "read_committed"));
    }

    private static void pendingOffsetsAreWaitedFor() throws Exception {
        String topic = makeTopic(1);
        String group = Cases.unique("java-txn-group");
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaProducer<String, String> producer = producer(Cases.unique("id")); KafkaConsumer<String, String> stable = consumer("read_committed", "group.id", group)) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, null, "a"));
            producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(1)), new ConsumerGroupMetadata(group));
            producer.flush();
            Throwable problem = null;
            try {
                stable.committed(java.util.Set.of(partition), Duration.ofMillis(700));
            } catch (RuntimeException expected) {
                problem = expected;
            }
            Cases.check(problem instanceof TimeoutException, "an offset in doubt is waited for: " + problem);
            producer.commitTransaction();
            Cases.same(1L, stable.committed(java.util.Set.of(partition), Duration.ofSeconds(10)).get(partition).offset());
        }
    }

    private static void fencing() throws Exception {
        String topic = makeTopic(1);
        String id = Cases.unique("id");
        try (KafkaProducer<String, String> first = producer(id); KafkaProducer<String, String> second = producer(id)) {
            first.initTransactions();
            first.beginTransaction();
            first.send(new ProducerRecord<>(topic, 0, null, "lost")).get();
            second.initTransactions();
            transact(second, true, topic, 0, "kept");
            Throwable problem = null;
            try {
                first.send(new ProducerRecord<>(topic, 0, null, "late"));
                first.commitTransaction();
            } catch (RuntimeException expected) {
                problem = expected;
            }
            Cases.check(problem instanceof ProducerFencedException || problem instanceof InvalidProducerEpochException, "the first is fenced: " + problem);
            transact(second, true, topic, 0, "also kept");
        }
        Cases.eventually("only the second's records are seen", () -> read(topic, 1, "read_committed").equals(List.of("kept", "also kept")));
    }

    private static void fencedByAdmin() throws Exception {
        String topic = makeTopic(1);
        String id = Cases.unique("id");
        try (KafkaProducer<String, String> producer = producer(id)) {
            producer.initTransactions();
            transact(producer, true, topic, 0, "kept");
            FenceProducersResult fenced = admin.fenceProducers(List.of(id));
            Cases.check(fenced.producerId(id).get() >= 0 && fenced.epochId(id).get() > 0, "the fence has an epoch");
            Throwable problem = null;
            try {
                transact(producer, true, topic, 0, "late");
            } catch (RuntimeException expected) {
                problem = expected;
            }
            Cases.check(problem instanceof ProducerFencedException || problem instanceof InvalidProducerEpochException, "the producer is fenced: " + problem);
        }
        Cases.same(List.of("kept"), read(topic, 1, "read_committed"));
    }

    private static void overdue() throws Exception {
        String topic = makeTopic(1);
        String id = Cases.unique("id");
        try (KafkaProducer<String, String> producer = producer(id, "transaction.timeout.ms", "1000"); KafkaProducer<String, String> other = producer(Cases.unique("id"))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, null, "overdue")).get();
            other.initTransactions();
            transact(other, true, topic, 0, "behind");
            Cases.eventually("it is aborted", () -> describe(id).state() == TransactionState.COMPLETE_ABORT);
            Cases.same(List.of("behind"), read(topic, 1, "read_committed"));
            Throwable problem = null;
            try {
                producer.send(new ProducerRecord<>(topic, 0, null, "late")).get();
                producer.commitTransaction();
            } catch (Exception expected) {
                problem = expected;
            }
            Cases.check(problem != null, "the producer learns of it");
        }
        Cases.same(List.of("behind"), read(topic, 1, "read_committed"));
        try (KafkaProducer<String, String> again = producer(id)) {
            again.initTransactions();
            transact(again, true, topic, 0, "again");
        }
        Cases.eventually("another goes on under the id", () -> read(topic, 1, "read_committed").equals(List.of("behind", "again")));
    }

    private static void nothingInIt() throws Exception {
        String topic = makeTopic(1);
        try (KafkaProducer<String, String> producer = producer(Cases.unique("id"))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.commitTransaction();
            producer.beginTransaction();
            producer.abortTransaction();
            transact(producer, true, topic, 0, "a");
            producer.beginTransaction();
            producer.abortTransaction();
            transact(producer, true, topic, 0, "b");
        }
        Cases.eventually("both are seen", () -> read(topic, 1, "read_committed").equals(List.of("a", "b")));
    }

    private static void wide() throws Exception {
        String topic = makeTopic(40);
        List<String> expected = new ArrayList<>();
        try (KafkaProducer<String, String> producer = producer(Cases.unique("id"), "batch.size", "1024")) {
            producer.initTransactions();
            for (int round = 0; round < 3; round++) {
                producer.beginTransaction();
                for (int partition = 0; partition < 40; partition++) {
                    for (int index = 0; index < 20; index++) producer.send(new ProducerRecord<>(topic, partition, null, round + "-" + index));
                }
                if (round == 1) producer.abortTransaction();
                else producer.commitTransaction();
            }
        }
        for (int partition = 0; partition < 40; partition++) {
            for (int round : new int[] {0, 2}) for (int index = 0; index < 20; index++) expected.add(round + "-" + index);
        }
        Cases.eventually("all of both is seen", () -> read(topic, 40, "read_committed").equals(expected));
    }

    private static void describedAndListed() throws Exception {
        String topic = makeTopic(2);
        String id = Cases.unique("listed");
        try (KafkaProducer<String, String> producer = producer(id)) {
            producer.initTransactions();
            Cases.same(TransactionState.EMPTY, describe(id).state());
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, null, "a")).get();
            producer.send(new ProducerRecord<>(topic, 1, null, "b")).get();
            TransactionDescription description = describe(id);
            Cases.same(TransactionState.ONGOING, description.state());
            Cases.same(new java.util.HashSet<>(partitionsOf(topic, 2)), description.topicPartitions());
            Cases.same(60_000L, description.transactionTimeoutMs());
            Cases.check(description.transactionStartTimeMs().isPresent(), "it has begun");
            ListTransactionsOptions ongoing = new ListTransactionsOptions().filterStates(List.of(TransactionState.ONGOING)).filterOnTransactionalIdPattern(id + ".*");
            List<TransactionListing> listed = new ArrayList<>(admin.listTransactions(ongoing).all().get());
            Cases.same(1, listed.size());
            Cases.same(id + " " + description.producerId(), listed.get(0).transactionalId() + " " + listed.get(0).producerId());
            Cases.same(0, admin.listTransactions(ongoing.filterOnDuration(3_600_000)).all().get().size());
            List<ProducerState> producers = admin.describeProducers(partitionsOf(topic, 1)).partitionResult(new TopicPartition(topic, 0)).get().activeProducers();
            Cases.same(1, producers.size());
            Cases.same(0L, producers.get(0).currentTransactionStartOffset().getAsLong());
            producer.commitTransaction();
            untilComplete(id);
            Cases.same(TransactionState.COMPLETE_COMMIT, describe(id).state());
            producers = admin.describeProducers(partitionsOf(topic, 1)).partitionResult(new TopicPartition(topic, 0)).get().activeProducers();
            Cases.check(producers.get(0).currentTransactionStartOffset().isEmpty(), "nothing is open");
        }
        Throwable problem = null;
        try {
            describe(Cases.unique("nobody"));
        } catch (ExecutionException expected) {
            problem = expected.getCause();
        }
        Cases.check(problem instanceof TransactionalIdNotFoundException, "an unknown id is not found: " + problem);
    }

    private static void abortedByHand() throws Exception {
        String topic = makeTopic(1);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaProducer<String, String> hanging = producer(Cases.unique("id"))) {
            hanging.initTransactions();
            hanging.beginTransaction();
            hanging.send(new ProducerRecord<>(topic, 0, null, "hangs")).get();
            ProducerState state = admin.describeProducers(List.of(partition)).partitionResult(partition).get().activeProducers().get(0);
            admin.abortTransaction(new AbortTransactionSpec(partition, state.producerId(), (short) state.producerEpoch(), state.coordinatorEpoch().orElse(0))).all().get();
            Cases.same(List.of(), read(topic, 1, "read_committed"));
            try (KafkaProducer<String, String> other = producer(Cases.unique("id"))) {
                other.initTransactions();
                transact(other, true, topic, 0, "goes on");
            }
            Cases.eventually("the partition goes on", () -> read(topic, 1, "read_committed").equals(List.of("goes on")));
        }
    }

    /** The classic protocol: what producers do while the cluster's transaction.version is below 2. */
    private static void classicProtocol() throws Exception {
        setVersion((short) 0, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE);
        try {
            commitsAndAborts();
            offsetsOfATransaction();
            fencing();
            nothingInIt();
            overdue();
        } finally {
            setVersion((short) 2, FeatureUpdate.UpgradeType.UPGRADE);
        }
        commitsAndAborts();
    }

    private static void setVersion(short level, FeatureUpdate.UpgradeType type) throws Exception {
        admin.updateFeatures(Map.of("transaction.version", new FeatureUpdate(level, type)), new UpdateFeaturesOptions()).all().get();
        Cases.eventually("the feature is at " + level, () -> {
            FinalizedVersionRange range = admin.describeFeatures().featureMetadata().get().finalizedFeatures().get("transaction.version");
            return (range == null ? 0 : range.maxVersionLevel()) == level;
        });
    }

    public static void main(String[] args) {
        cases = new Cases(args[0]);
        admin = Admin.create(cases.properties());
        cases.run("what is committed is read, in order and once; what is aborted is not", TransactionCases::commitsAndAborts);
        cases.run("a reader of committed records stays behind an open transaction", TransactionCases::staysBehindAnOpenTransaction);
        cases.run("offsets are committed with the records, or not at all", TransactionCases::offsetsOfATransaction);
        cases.run("an offset in doubt is waited for", TransactionCases::pendingOffsetsAreWaitedFor);
        cases.run("another producer under the same id fences the one before", TransactionCases::fencing);
        cases.run("fenceProducers fences", TransactionCases::fencedByAdmin);
        cases.run("an overdue transaction is aborted, and its producer finds out", TransactionCases::overdue);
        cases.run("transactions with nothing in them", TransactionCases::nothingInIt);
        cases.run("a transaction of many partitions and batches", TransactionCases::wide);
        cases.run("transactions and their producers are described and listed", TransactionCases::describedAndListed);
        cases.run("a hanging transaction is aborted by hand", TransactionCases::abortedByHand);
        cases.run("the classic protocol, and back", TransactionCases::classicProtocol);
        admin.close();
        cases.exit();
    }
}
