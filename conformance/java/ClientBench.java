import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Java's clients at the same tasks as those for JavaScript; prints one line of JSON. `ClientBench KIND BOOTSTRAP TOPIC` and
 * consume: WARM_UP_RECORDS RECORDS SECONDS_MAX; produce: PAYLOAD_FILE BYTES lists|promises CODEC SECONDS; latency: PAYLOAD_FILE BYTES RECORDS;
 * transactions: PAYLOAD_FILE BYTES RECORDS_PER_TRANSACTION SECONDS.
 */
public final class ClientBench {
    private static final com.sun.management.OperatingSystemMXBean SYSTEM = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static long beginNanos;
    private static long beginCpuNanos;
    private static volatile Exception failure;

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "consume" -> consume(args);
            case "produce" -> produce(args);
            case "latency" -> measureLatency(args);
            case "transactions" -> transact(args);
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    private static void begin() {
        beginNanos = System.nanoTime();
        beginCpuNanos = SYSTEM.getProcessCpuTime();
    }

    private static void print(long count, String more) throws Exception {
        double seconds = (System.nanoTime() - beginNanos) / 1e9;
        double cpuSeconds = (SYSTEM.getProcessCpuTime() - beginCpuNanos) / 1e9;
        if (failure != null) throw failure;
        long peakKiB = Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmHWM")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).sum();
        System.out.printf(Locale.ROOT, "{\"count\":%d,\"seconds\":%.6f,\"cpuSeconds\":%.6f,\"peakResidentBytes\":%d%s}%n", count, seconds, cpuSeconds, peakKiB * 1024, more);
    }

    private static void consume(String[] args) throws Exception {
        long warmUp = Long.parseLong(args[3]);
        long total = Long.parseLong(args[4]);
        long maxNanos = (long) (Double.parseDouble(args[5]) * 1e9);
        Properties properties = new Properties();
        properties.put("bootstrap.servers", args[1]);
        properties.put("group.id", "bench-" + System.nanoTime());
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(args[2]));
            long count = 0;
            long bytes = 0;
            long measuredFrom = -1;
            while (count < total && (measuredFrom < 0 || System.nanoTime() - beginNanos < maxNanos)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    bytes += record.value().length;
                    count++;
                }
                if (measuredFrom < 0 && count >= warmUp) {
                    measuredFrom = count;
                    begin();
                }
            }
            print(count - measuredFrom, ",\"bytes\":" + bytes);
        }
    }

    private static byte[][] readPayloads(String file, String bytes) throws Exception {
        byte[] all = Files.readAllBytes(Path.of(file));
        int size = Integer.parseInt(bytes);
        byte[][] payloads = new byte[all.length / size][];
        for (int i = 0; i < payloads.length; i++) payloads[i] = Arrays.copyOfRange(all, i * size, (i + 1) * size);
        return payloads;
    }

    private static KafkaProducer<byte[], byte[]> open(String bootstrap, String... more) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        for (int i = 0; i < more.length; i += 2) properties.put(more[i], more[i + 1]);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static long sendFor(KafkaProducer<byte[], byte[]> producer, String topic, byte[][] payloads, boolean isHeard, long nanos) {
        long end = System.nanoTime() + nanos;
        int count = 0;
        while ((count & 255) != 0 || System.nanoTime() < end) {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, payloads[count++ % payloads.length]);
            if (isHeard) producer.send(record, (metadata, error) -> { if (error != null) failure = error; });
            else producer.send(record);
        }
        producer.flush();
        return count;
    }

    private static void produce(String[] args) throws Exception {
        byte[][] payloads = readPayloads(args[3], args[4]);
        boolean isHeard = args[5].equals("promises");
        try (KafkaProducer<byte[], byte[]> producer = open(args[1], "linger.ms", "5", "batch.size", "65536", "compression.type", args[6])) {
            sendFor(producer, args[2], payloads, isHeard, 1_000_000_000L);
            begin();
            print(sendFor(producer, args[2], payloads, isHeard, (long) (Double.parseDouble(args[7]) * 1e9)), "");
        }
    }

    private static void measureLatency(String[] args) throws Exception {
        byte[][] payloads = readPayloads(args[3], args[4]);
        int records = Integer.parseInt(args[5]);
        long[] nanos = new long[records];
        try (KafkaProducer<byte[], byte[]> producer = open(args[1], "linger.ms", "0", "acks", "1", "enable.idempotence", "false")) {
            for (int i = -Math.min(5000, records); i < records; i++) {
                if (i == 0) begin();
                long from = System.nanoTime();
                producer.send(new ProducerRecord<>(args[2], payloads[Math.abs(i) % payloads.length])).get();
                if (i >= 0) nanos[i] = System.nanoTime() - from;
            }
            Arrays.sort(nanos);
            print(records, ",\"p50Ms\":" + nanos[records / 2] / 1e6 + ",\"p99Ms\":" + nanos[(int) (records * 0.99)] / 1e6);
        }
    }

    private static void transact(String[] args) throws Exception {
        byte[][] payloads = readPayloads(args[3], args[4]);
        int perTransaction = Integer.parseInt(args[5]);
        try (KafkaProducer<byte[], byte[]> producer = open(args[1], "transactional.id", "bench-" + System.nanoTime(), "batch.size", "65536")) {
            producer.initTransactions();
            transactFor(producer, args[2], payloads, perTransaction, 2_000_000_000L);
            begin();
            print(transactFor(producer, args[2], payloads, perTransaction, (long) (Double.parseDouble(args[6]) * 1e9)), "");
        }
    }

    private static long transactFor(KafkaProducer<byte[], byte[]> producer, String topic, byte[][] payloads, int perTransaction, long nanos) {
        long end = System.nanoTime() + nanos;
        long count = 0;
        for (; System.nanoTime() < end; count++) {
            producer.beginTransaction();
            for (int i = 0; i < perTransaction; i++) producer.send(new ProducerRecord<>(topic, payloads[i % payloads.length]));
            producer.commitTransaction();
        }
        return count;
    }
}
