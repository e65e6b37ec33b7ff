import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.kstream.internals.SessionWindow;
import org.apache.kafka.streams.kstream.internals.TimeWindow;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.apache.kafka.streams.state.DslSessionParams;
import org.apache.kafka.streams.state.DslWindowParams;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.SessionBytesStoreSupplier;
import org.apache.kafka.streams.state.WindowBytesStoreSupplier;
import org.apache.kafka.streams.state.internals.InMemorySessionStore;
import org.apache.kafka.streams.state.internals.InMemoryWindowStore;

/**
 * Stores in memory from which a fold that emits on close finds the windows that closed, although the newest record has just moved them out of what the store retains: the one fault of
 * Java's that Ottla does not copy. All else, also what is read by key, is what Java's own stores do.
 */
public final class RememberingStores extends BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers {
    @Override
    public WindowBytesStoreSupplier windowStore(DslWindowParams params) {
        WindowBytesStoreSupplier own = super.windowStore(params);
        if (!emitsOnClose(params.emitStrategy())) return own;
        return new SuppliedStores.Windows(
            own,
            () -> new RememberingWindows(own.name(), own.retentionPeriod(), own.windowSize(), own.metricsScope()));
    }

    @Override
    public SessionBytesStoreSupplier sessionStore(DslSessionParams params) {
        SessionBytesStoreSupplier own = super.sessionStore(params);
        if (!emitsOnClose(params.emitStrategy())) return own;
        // A session that ends exactly gap and grace before stream time is still open.
        return new SuppliedStores.Sessions(
            own,
            own.segmentIntervalMs(),
            () -> new RememberingSessions(own.name(), own.retentionPeriod() + 1, own.metricsScope()));
    }

    private static boolean emitsOnClose(EmitStrategy strategy) {
        return strategy != null && strategy.type() == EmitStrategy.StrategyType.ON_WINDOW_CLOSE;
    }

    static class RememberingWindows extends InMemoryWindowStore {
        private final NavigableMap<Long, NavigableMap<Bytes, byte[]>> byStart = new TreeMap<>();
        private final long windowSize;
        private long observed = -1;

        RememberingWindows(String name, long retention, long windowSize, String scope) {
            super(name, retention, windowSize, false, scope);
            this.windowSize = windowSize;
        }

        @Override
        public void put(Bytes key, byte[] value, long start) {
            super.put(key, value, start);
            observed = Math.max(observed, start);
            if (start <= observed - retentionPeriod()) return;
            NavigableMap<Bytes, byte[]> keys = byStart.computeIfAbsent(start, none -> new TreeMap<>());
            if (value == null) keys.remove(key);
            else keys.put(key, value);
        }

        @Override
        public KeyValueIterator<Windowed<Bytes>, byte[]> fetchAll(long from, long to) {
            List<KeyValue<Windowed<Bytes>, byte[]>> found = new ArrayList<>();
            byStart.subMap(from, true, to, true).forEach((start, keys) -> keys.forEach((key, value) -> {
                long end = start + windowSize < 0 ? Long.MAX_VALUE : start + windowSize;
                found.add(KeyValue.pair(new Windowed<>(key, new TimeWindow(start, end)), value));
            }));
            return new Found(found);
        }
    }

    static class RememberingSessions extends InMemorySessionStore {
        private final NavigableMap<Long, NavigableMap<Bytes, NavigableMap<Long, byte[]>>> byEnd = new TreeMap<>();
        private long observed = -1;

        RememberingSessions(String name, long retention, String scope) {
            super(name, retention, scope);
        }

        @Override
        public void put(Windowed<Bytes> session, byte[] value) {
            super.put(session, value);
            long end = session.window().end();
            observed = Math.max(observed, end);
            if (end <= observed - retentionPeriod()) return;
            if (value == null) forget(session);
            else startsOf(session).put(session.window().start(), value);
        }

        @Override
        public void remove(Windowed<Bytes> session) {
            super.remove(session);
            forget(session);
        }

        @Override
        public KeyValueIterator<Windowed<Bytes>, byte[]> findSessions(long earliestEnd, long latestEnd) {
            List<KeyValue<Windowed<Bytes>, byte[]>> found = new ArrayList<>();
            byEnd.subMap(earliestEnd, true, latestEnd, true).forEach((end, keys) -> keys.forEach((key, starts) -> starts.descendingMap().forEach((start, value) ->
                found.add(KeyValue.pair(new Windowed<>(key, new SessionWindow(start, end)), value)))));
            return new Found(found);
        }

        private void forget(Windowed<Bytes> session) {
            startsOf(session).remove(session.window().start());
        }

        private NavigableMap<Long, byte[]> startsOf(Windowed<Bytes> session) {
            return byEnd.computeIfAbsent(session.window().end(), none -> new TreeMap<>()).computeIfAbsent(session.key(), none -> new TreeMap<>());
        }
    }

    private static final class Found implements KeyValueIterator<Windowed<Bytes>, byte[]> {
        private final Iterator<KeyValue<Windowed<Bytes>, byte[]>> entries;
        private KeyValue<Windowed<Bytes>, byte[]> next;

        Found(List<KeyValue<Windowed<Bytes>, byte[]>> entries) {
            this.entries = entries.iterator();
        }

        @Override
        public boolean hasNext() {
            return next != null || entries.hasNext();
        }

        @Override
        public KeyValue<Windowed<Bytes>, byte[]> next() {
            if (next == null && !entries.hasNext()) throw new NoSuchElementException();
            KeyValue<Windowed<Bytes>, byte[]> taken = next == null ? entries.next() : next;
            next = null;
            return taken;
        }

        @Override
        public Windowed<Bytes> peekNextKey() {
            if (next == null) next = entries.next();
            return next.key;
        }

        @Override
        public void close() {}
    }
}
