import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One of Java's share consumers: `ShareMember BOOTSTRAP TOPIC PROPERTY=VALUE…`. Prints `accepted PARTITION OFFSET DELIVERY` for each record once the broker took its word for it, in
 * implicit mode; closes when its standard input ends.
 */
public final class ShareMember {
    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", args[0]);
        properties.put("max.poll.records", "10");
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
        try (KafkaShareConsumer<byte[], byte[]> consumer = new KafkaShareConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(args[1]));
            System.out.println("ready");
            while (!closing[0]) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(50));
                if (records.isEmpty()) continue;
                boolean isTaken = consumer.commitSync().values().stream().allMatch(failure -> failure.isEmpty());
                StringBuilder lines = new StringBuilder();
                for (ConsumerRecord<byte[], byte[]> record : records)
                    lines.append(isTaken ? "accepted " : "refused ").append(record.partition()).append(' ').append(record.offset())
                        .append(' ').append(record.deliveryCount().orElse((short) 0)).append('\n');
                System.out.print(lines);
                System.out.flush();
                Thread.sleep(5);
            }
        }
        System.out.println("closed");
    }
}
