import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/** The processors that a case's topology may name. Those with a store keep in it how many records of each key (as text) there were. */
final class CaseProcessors {
    private static final Duration PUNCTUATION_INTERVAL = Duration.ofMillis(10);

    private CaseProcessors() {}

    static ProcessorSupplier<Object, Object, Object, Object> supplier(String name, StoreBuilder<?> store, String globalStore, Instant start) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<Object, Object, Object, Object> get() {
                return new Any(name, store == null ? globalStore : store.name(), start);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return store == null ? null : Set.of(store);
            }
        };
    }

    static FixedKeyProcessorSupplier<Object, Object, Object> fixedKeySupplier(String name, StoreBuilder<?> store, String globalStore) {
        return new FixedKeyProcessorSupplier<>() {
            @Override
            public FixedKeyProcessor<Object, Object, Object> get() {
                return new FixedKey(name, store == null ? globalStore : store.name());
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return store == null ? null : Set.of(store);
            }
        };
    }

    /** What fills a global store: the value's number under the key's text. */
    static ProcessorSupplier<Object, Object, Void, Void> keeper(String storeName) {
        return () -> new Processor<>() {
            private KeyValueStore<Object, Object> store;

            @Override
            public void init(ProcessorContext<Void, Void> context) {
                store = context.getStateStore(storeName);
            }

            @Override
            public void process(Record<Object, Object> record) {
                store.put(CaseFunctions.text(record.key()), record.value() == null ? null : CaseFunctions.number(record.value()));
            }
        };
    }

    /** The value that goes on: the count behind the value where one is kept. */
    private static Object valueOn(String name, KeyValueStore<Object, Object> store, Object key, Object value) {
        if (store == null) return value;
        if (name.equals("readGlobal")) return CaseFunctions.text(value) + "#" + CaseFunctions.text(store.get(CaseFunctions.text(key)));
        if (name.equals("changeInStore")) return CaseFunctions.text(value) + "#" + CaseFunctions.text(changed(store, CaseFunctions.text(key), value));
        Object kept = store.get(CaseFunctions.text(key));
        long count = CaseFunctions.number(kept) + 1;
        store.put(CaseFunctions.text(key), count);
        return name.equals("countInStore") ? CaseFunctions.text(value) + "#" + count : value;
    }

    /** What the store had of the key, as the call that the value's first character stands for gives it. */
    private static Object changed(KeyValueStore<Object, Object> store, String key, Object value) {
        long number = CaseFunctions.number(value);
        String text = CaseFunctions.text(value);
        switch (text.isEmpty() ? ' ' : text.charAt(0)) {
            case 'a':
                return store.putIfAbsent(key, number);
            case 'b':
                return store.delete(key);
            case 'c':
                return store.get(key);
            default:
                store.put(key, number);
                return null;
        }
    }

    private static Headers headersOn(String name, Headers headers, Object value) {
        if (!name.equals("addHeader")) return headers;
        Headers more = new RecordHeaders(headers);
        more.add("value", value == null ? null : CaseFunctions.text(value).getBytes(StandardCharsets.UTF_8));
        return more;
    }

    private static final class Any implements Processor<Object, Object, Object, Object> {
        private final String name;
        private final String storeName;
        private final Instant start;
        private ProcessorContext<Object, Object> context;
        private KeyValueStore<Object, Object> store;

        Any(String name, String storeName, Instant start) {
            this.name = name;
            this.storeName = storeName;
            this.start = start;
        }

        @Override
        public void init(ProcessorContext<Object, Object> context) {
            this.context = context;
            if (storeName != null) store = context.getStateStore(storeName);
            if (name.equals("flushOnStreamTime")) schedule(PunctuationType.STREAM_TIME);
            if (name.equals("flushOnWallClock")) schedule(PunctuationType.WALL_CLOCK_TIME);
        }

        private void schedule(PunctuationType clock) {
            if (start == null) context.schedule(PUNCTUATION_INTERVAL, clock, this::flush);
            else context.schedule(start, PUNCTUATION_INTERVAL, clock, this::flush);
        }

        private void flush(long timestamp) {
            try (KeyValueIterator<Object, Object> all = store.all()) {
                while (all.hasNext()) {
                    KeyValue<Object, Object> entry = all.next();
                    context.forward(new Record<>(entry.key, (Object) ("flushed " + CaseFunctions.text(entry.value)), timestamp));
                }
            }
        }

        @Override
        public void process(Record<Object, Object> record) {
            Object value = valueOn(name, store, record.key(), record.value());
            if (name.startsWith("flush")) return;
            context.forward(record.withValue(value).withHeaders(headersOn(name, record.headers(), record.value())));
        }
    }

    private static final class FixedKey implements FixedKeyProcessor<Object, Object, Object> {
        private final String name;
        private final String storeName;
        private FixedKeyProcessorContext<Object, Object> context;
        private KeyValueStore<Object, Object> store;

        FixedKey(String name, String storeName) {
            this.name = name;
            this.storeName = storeName;
        }

        @Override
        public void init(FixedKeyProcessorContext<Object, Object> context) {
            this.context = context;
            if (storeName != null) store = context.getStateStore(storeName);
        }

        @Override
        public void process(FixedKeyRecord<Object, Object> record) {
            Object value = valueOn(name, store, record.key(), record.value());
            if (name.startsWith("flush")) return;
            context.forward(record.withValue(value).withHeaders(headersOn(name, record.headers(), record.value())));
        }
    }
}
