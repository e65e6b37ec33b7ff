import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Java's transactional producer at full speed: `TransactionBench BOOTSTRAP TOPIC SECONDS RECORD_BYTES RECORDS_PER_TRANSACTION|0 [COMMIT_EVERY_MS]`; prints one line of JSON. */
public final class TransactionBench {
    public static void main(String[] args) {
        String topic = args[1];
        long warmUpNanos = 2_000_000_000L;
        long endNanos = Long.parseLong(args[2]) * 1_000_000_000L + warmUpNanos;
        byte[] value = new byte[Integer.parseInt(args[3])];
        int perTransaction = Integer.parseInt(args[4]);
        long everyNanos = args.length > 5 ? Long.parseLong(args[5]) * 1_000_000L : Long.MAX_VALUE;
        for (int index = 0; index < value.length; index++) value[index] = (byte) ('a' + index * 7 % 26);
        Properties properties = new Properties();
        properties.put("bootstrap.servers", args[0]);
        properties.put("transactional.id", "bench-" + System.nanoTime());
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            long records = 0;
            long transactions = 0;
            long commitNanos = 0;
            long start = System.nanoTime();
            boolean warm = false;
            while (System.nanoTime() - start < endNanos) {
                if (!warm && System.nanoTime() - start > warmUpNanos) {
                    warm = true;
                    records = transactions = commitNanos = 0;
                    endNanos -= warmUpNanos;
                    start = System.nanoTime();
                }
                producer.beginTransaction();
                long begun = System.nanoTime();
                int sent = 0;
                while (perTransaction > 0 ? sent < perTransaction : System.nanoTime() - begun < everyNanos) {
                    producer.send(new ProducerRecord<>(topic, value));
                    sent++;
                }
                long ending = System.nanoTime();
                producer.commitTransaction();
                commitNanos += System.nanoTime() - ending;
                records += sent;
                transactions++;
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(java.util.Locale.ROOT, "{\"recordsPerSecond\":%.0f,\"transactionsPerSecond\":%.1f,\"commitMs\":%.3f}%n", records / seconds, transactions / seconds, commitNanos / 1e6 / transactions);
        }
    }
}
