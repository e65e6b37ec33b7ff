import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.clients.producer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.*;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.*;

/** Java's producer and consumer, record by record: `RecordCases BOOTSTRAP`. */
public final class RecordCases {
    private static Cases cases;
    private static Admin admin;

    private static String makeTopic(Map<String, String> configs) throws Exception {
        String topic = Cases.unique("java-record");
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(configs))).all().get();
        return topic;
    }

    private static KafkaProducer<byte[], byte[]> producer(String... pairs) {
        return new KafkaProducer<>(cases.properties(pairs), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<ConsumerRecord<byte[], byte[]>> readAll(String topic, int count, String... pairs) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(cases.properties(pairs), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            Cases.eventually(count + " records", () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(read::add);
                return read.size() >= count;
            });
        }
        Cases.same(count, read.size());
        return read;
    }

    private static void inOrder(List<ConsumerRecord<byte[], byte[]>> read) {
        for (int index = 0; index < read.size(); index++) {
            Cases.same((long) index, read.get(index).offset());
            Cases.same("value-" + index, new String(read.get(index).value(), StandardCharsets.UTF_8));
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String topic, int from, int count) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int index = from; index < from + count; index++) sent.add(producer.send(new ProducerRecord<>(topic, 0, null, bytes("value-" + index))));
        producer.flush();
        for (int index = 0; index < count; index++) Cases.same((long) from + index, sent.get(index).get().offset());
    }

    public static void main(String[] args) {
        cases = new Cases(args[0]);
        admin = Admin.create(cases.properties());
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            cases.run("writes and reads with " + codec, () -> {
                String topic = makeTopic(Map.of());
                try (KafkaProducer<byte[], byte[]> producer = producer("compression.type", codec, "linger.ms", "5")) { send(producer, topic, 0, 2_000); }
                inOrder(readAll(topic, 2_000));
            });
        }
        cases.run("a topic's own compression.type recompresses", () -> {
            String topic = makeTopic(Map.of("compression.type", "zstd"));
            try (KafkaProducer<byte[], byte[]> producer = producer("compression.type", "gzip", "linger.ms", "5")) { send(producer, topic, 0, 500); }
            inOrder(readAll(topic, 500));
        });
        cases.run("five batches in flight stay in order, idempotently", () -> {
            String topic = makeTopic(Map.of());
            try (KafkaProducer<byte[], byte[]> producer = producer("batch.size", "200", "max.in.flight.requests.per.connection", "5")) { send(producer, topic, 0, 3_000); }
            inOrder(readAll(topic, 3_000));
        });
        cases.run("acks=0 and acks=1", () -> {
            String topic = makeTopic(Map.of());
            try (KafkaProducer<byte[], byte[]> producer = producer("acks", "1", "enable.idempotence", "false")) { send(producer, topic, 0, 100); }
            try (KafkaProducer<byte[], byte[]> producer = producer("acks", "0", "enable.idempotence", "false")) {
                for (int index = 100; index < 200; index++) producer.send(new ProducerRecord<>(topic, 0, null, bytes("value-" + index)));
            }
            inOrder(readAll(topic, 200));
        });
        cases.run("headers with repeated keys, null keys, null values, own timestamps", () -> {
            String topic = makeTopic(Map.of());
            try (KafkaProducer<byte[], byte[]> producer = producer()) {
                ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, 0, 1_700_000_000_123L, bytes("k"), bytes("v"));
                record.headers().add("h", bytes("1")).add("h", bytes("2")).add("n", null);
                producer.send(record).get();
                producer.send(new ProducerRecord<>(topic, 0, null, null)).get();
            }
            List<ConsumerRecord<byte[], byte[]>> read = readAll(topic, 2);
            Cases.same(1_700_000_000_123L, read.get(0).timestamp());
            Cases.same(TimestampType.CREATE_TIME, read.get(0).timestampType());
            Cases.same(3, read.get(0).headers().toArray().length);
            Cases.same(null, read.get(0).headers().lastHeader("n").value());
            Cases.check(read.get(1).key() == null && read.get(1).value() == null, "nulls stay null");
        });
        cases.run("LogAppendTime replaces the timestamp and answers it", () -> {
            String topic = makeTopic(Map.of("message.timestamp.type", "LogAppendTime"));
            long before = System.currentTimeMillis();
            RecordMetadata answer;
            try (KafkaProducer<byte[], byte[]> producer = producer("compression.type", "lz4")) { answer = producer.send(new ProducerRecord<>(topic, 0, 5L, null, bytes("value-0"))).get(); }
            ConsumerRecord<byte[], byte[]> read = readAll(topic, 1).get(0);
            Cases.same(TimestampType.LOG_APPEND_TIME, read.timestampType());
            Cases.check(read.timestamp() >= before - 1000, "timestamp " + read.timestamp());
            Cases.same(read.timestamp(), answer.timestamp());
        });
        cases.run("a timestamp too far from now is refused", () -> {
            String topic = makeTopic(Map.of("message.timestamp.after.max.ms", "1000"));
            try (KafkaProducer<byte[], byte[]> producer = producer("retries", "0")) {
                Cases.fails(InvalidTimestampException.class, () -> producer.send(new ProducerRecord<>(topic, 0, System.currentTimeMillis() + 3_600_000L, null, bytes("x"))).get());
            }
        });
        cases.run("a batch beyond max.message.bytes is refused", () -> {
            String topic = makeTopic(Map.of("max.message.bytes", "2000"));
            try (KafkaProducer<byte[], byte[]> producer = producer()) {
                Cases.fails(RecordTooLargeException.class, () -> producer.send(new ProducerRecord<>(topic, 0, null, new byte[5000])).get());
                producer.send(new ProducerRecord<>(topic, 0, null, new byte[100])).get();
            }
        });
        cases.run("a record without key on a compacted topic is refused", () -> {
            String topic = makeTopic(Map.of("cleanup.policy", "compact"));
            try (KafkaProducer<byte[], byte[]> producer = producer("retries", "0")) {
                Cases.fails(InvalidRecordException.class, () -> producer.send(new ProducerRecord<>(topic, 0, null, bytes("x"))).get());
                producer.send(new ProducerRecord<>(topic, 0, bytes("k"), bytes("x"))).get();
            }
        });
        cases.run("one batch comes back even above every fetch limit", () -> {
            String topic = makeTopic(Map.of());
            try (KafkaProducer<byte[], byte[]> producer = producer()) {
                for (int index = 0; index < 3; index++) producer.send(new ProducerRecord<>(topic, 0, null, new byte[300_000])).get();
            }
            readAll(topic, 3, "fetch.max.bytes", "1000", "max.partition.fetch.bytes", "1000");
        });
        cases.run("a long poll waits for fetch.min.bytes and ends at fetch.max.wait.ms", () -> {
            String topic = makeTopic(Map.of());
            try (KafkaProducer<byte[], byte[]> producer = producer(); KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                    cases.properties("fetch.min.bytes", "1000000", "fetch.max.wait.ms", "700"), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
                TopicPartition partition = new TopicPartition(topic, 0);
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                producer.send(new ProducerRecord<>(topic, 0, null, bytes("value-0"))).get();
                int[] count = {0};
                Cases.eventually("it comes at the end of the wait", () -> { count[0] += consumer.poll(Duration.ofMillis(2000)).count(); return count[0] == 1; });
            }
        });
        cases.run("read_committed reads what no transaction wrote", () -> {
            String topic = makeTopic(Map.of());
            try (KafkaProducer<byte[], byte[]> producer = producer()) { send(producer, topic, 0, 50); }
            inOrder(readAll(topic, 50, "isolation.level", "read_committed"));
        });
        cases.run("auto-creates a topic on first use", () -> {
            String topic = Cases.unique("java-auto");
            try (KafkaProducer<byte[], byte[]> producer = producer()) {
                producer.send(new ProducerRecord<>(topic, bytes("x"))).get();
                Cases.same(4, producer.partitionsFor(topic).size());
            }
            Cases.check(admin.listTopics().names().get().containsAll(Set.of(topic)), "listed");
        });
        admin.close();
        cases.exit();
    }
}
