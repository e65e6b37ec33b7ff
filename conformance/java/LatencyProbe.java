import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What kafka-e2e-latency measures (one record at a time, produced, acknowledged, consumed), in microseconds instead of whole milliseconds:
 * `LatencyProbe BOOTSTRAP TOPIC RECORDS RECORD_BYTES ACKS`.
 */
public final class LatencyProbe {
    public static void main(String[] args) throws Exception {
        String topic = args[1];
        int records = Integer.parseInt(args[2]);
        int warmUp = Math.max(records / 2, 2000);
        Properties producing = new Properties();
        producing.put("bootstrap.servers", args[0]);
        producing.put("linger.ms", "0");
        producing.put("acks", args[4]);
        if (!args[4].equals("all")) producing.put("enable.idempotence", "false");
        Properties consuming = new Properties();
        consuming.put("bootstrap.servers", args[0]);
        consuming.put("fetch.max.wait.ms", "500");
        consuming.put("auto.offset.reset", "latest");
        long[] micros = new long[records];
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
             KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToEnd(List.of(partition));
            consumer.position(partition);
            byte[] value = new byte[Integer.parseInt(args[3])];
            for (int index = -warmUp; index < records; index++) {
                long start = System.nanoTime();
                producer.send(new ProducerRecord<>(topic, 0, null, value)).get();
                while (consumer.poll(Duration.ofSeconds(10)).isEmpty()) {
                    if (System.nanoTime() - start > 60_000_000_000L) throw new IllegalStateException("a record was lost");
                }
                if (index >= 0) micros[index] = (System.nanoTime() - start) / 1000;
            }
        }
        Arrays.sort(micros);
        System.out.println("{\"p50Us\":" + micros[records / 2] + ",\"p99Us\":" + micros[records * 99 / 100] + ",\"p999Us\":" + micros[(int) (records * 999L / 1000)] + ",\"maxUs\":" + micros[records - 1] + "}");
    }
}
