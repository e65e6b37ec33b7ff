import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * One of Java's clients in the history of a workload, told what to do line by line. `HistoryClient BOOTSTRAP TOPIC producer TRANSACTIONAL_ID` takes `begin`, `send PARTITION VALUE`,
 * `commit`, `abort`, and answers `done`, `failed abortable|fatal TEXT`, and for each record `sent VALUE OFFSET` or `unsent VALUE`. `HistoryClient BOOTSTRAP TOPIC consumer
 * ISOLATION PARTITIONS` takes `poll`, and answers `read PARTITION FROM NEXT`, `record PARTITION OFFSET VALUE`, and `done`. Closes when its standard input ends.
 */
public final class HistoryClient {
    private static final Duration POLL = Duration.ofMillis(100);

    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", args[0]);
        properties.put("request.timeout.ms", "3000");
        properties.put("retry.backoff.ms", "20");
        properties.put("reconnect.backoff.ms", "20");
        properties.put("reconnect.backoff.max.ms", "300");
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        if (args[2].equals("producer")) produce(properties, args[1], args[3], orders);
        else consume(properties, args[1], args[3], Integer.parseInt(args[4]), orders);
    }

    private static void produce(Properties properties, String topic, String transactionalId, BufferedReader orders) throws Exception {
        properties.put("transactional.id", transactionalId);
        properties.put("max.block.ms", "60000");
        properties.put("delivery.timeout.ms", "60000");
        properties.put("batch.size", "300");
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            boolean isReady = false;
            for (String line = orders.readLine(); line != null; line = orders.readLine()) {
                String[] words = line.split(" ");
                try {
                    switch (words[0]) {
                        case "begin" -> {
                            if (!isReady) producer.initTransactions();
                            isReady = true;
                            producer.beginTransaction();
                            say("done");
                        }
                        case "send" -> {
                            String value = words[2];
                            producer.send(new ProducerRecord<>(topic, Integer.parseInt(words[1]), null, value), (metadata, error) ->
                                say(error == null ? "sent " + value + " " + metadata.offset() : "unsent " + value));
                        }
                        case "commit" -> {
                            producer.commitTransaction();
                            say("done");
                        }
                        case "abort" -> {
                            producer.abortTransaction();
                            say("done");
                        }
                        default -> throw new IllegalArgumentException(line);
                    }
                } catch (KafkaException | IllegalStateException error) {
                    if (words[0].equals("send")) say("unsent " + words[2]);
                    else say("failed " + (isFatal(error) ? "fatal" : "abortable") + " " + error);
                }
            }
        }
    }

    private static boolean isFatal(Exception error) {
        return error instanceof IllegalStateException || error instanceof ProducerFencedException || error instanceof OutOfOrderSequenceException
            || error instanceof TimeoutException;
    }

    private static void consume(Properties properties, String topic, String isolation, int partitions, BufferedReader orders) throws Exception {
        properties.put("isolation.level", isolation);
        properties.put("auto.offset.reset", "earliest");
        properties.put("fetch.max.wait.ms", "100");
        properties.put("enable.auto.commit", "false");
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> places = new ArrayList<>();
            for (int partition = 0; partition < partitions; partition++) places.add(new TopicPartition(topic, partition));
            consumer.assign(places);
            Map<TopicPartition, Long> from = new HashMap<>();
            for (String line = orders.readLine(); line != null; line = orders.readLine()) {
                ConsumerRecords<String, String> records = consumer.poll(POLL);
                for (TopicPartition place : places) {
                    if (records.records(place).isEmpty()) continue;
                    long next = records.nextOffsets().get(place).offset();
                    say("read " + place.partition() + " " + from.getOrDefault(place, 0L) + " " + next);
                    from.put(place, next);
                    for (ConsumerRecord<String, String> record : records.records(place))
                        say("record " + place.partition() + " " + record.offset() + " " + record.value());
                }
                say("done");
            }
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
