import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One of Java's consumers in a group: `GroupMember BOOTSTRAP TOPIC PROPERTY=VALUE…`. Prints `owns N` when its assignment changes and `read PARTITION OFFSET` for each
 * record; commits by itself; commits and closes when its standard input ends.
 */
public final class GroupMember {
    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", args[0]);
        properties.put("auto.offset.reset", "earliest");
        properties.put("fetch.max.wait.ms", "100");
        for (int index = 2; index < args.length; index++) {
            int at = args[index].indexOf('=');
            properties.put(args[index].substring(0, at), args[index].substring(at + 1));
        }
        boolean[] closing = {false};
        Thread reader = new Thread(() -> {
            try {
                while (System.in.read() >= 0) { }
            } catch (Exception ignored) {
                // Its end is what is waited for.
            }
            closing[0] = true;
        });
        reader.setDaemon(true);
        reader.start();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(args[1]), new ConsumerRebalanceListener() {
                // Its own commits come before a cooperative rebalance, while records are still read until the revocation.
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) { consumer.commitSync(); }
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) { }
            });
            while (!closing[0]) pollOnce(consumer);
            // A commit in the middle of a rebalance is refused, and close() would say nothing of it: what was read would be read again.
            while (!isCommitted(consumer)) pollOnce(consumer);
        }
        System.out.println("closed");
    }
    private static int owned = -1;

    private static void pollOnce(KafkaConsumer<byte[], byte[]> consumer) {
        StringBuilder lines = new StringBuilder();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50)))
            lines.append("read ").append(record.partition()).append(' ').append(record.offset()).append('\n');
        int now = consumer.assignment().size();
        if (now != owned) lines.append("owns ").append(owned = now).append('\n');
        System.out.print(lines);
        System.out.flush();
    }

    private static boolean isCommitted(KafkaConsumer<byte[], byte[]> consumer) {
        try {
            consumer.commitSync();
            return true;
        } catch (RebalanceInProgressException | CommitFailedException refused) {
            return false;
        }
    }
}
