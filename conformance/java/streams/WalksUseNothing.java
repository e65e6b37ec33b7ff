package org.apache.kafka.streams.state.internals;

import java.lang.reflect.Field;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.internals.metrics.StreamsMetricsImpl;

/** What a store has in a cache, of which a walk over all of it (a window store's `fetchAll`) uses nothing: which entry is given up next does not hang on it. All else is Java's. */
public final class WalksUseNothing extends NamedCache {
    /** The walk asks for each key right after it was told of it. */
    private Bytes walked;

    private WalksUseNothing(String name, StreamsMetricsImpl metrics) {
        super(name, metrics);
    }

    /** In place of the empty caches of those stores. */
    public static void replace(ThreadCache cache, StreamsMetricsImpl metrics, Set<String> storeNames) {
        try {
            Map<String, NamedCache> caches = cachesOf(cache);
            for (Map.Entry<String, NamedCache> entry : caches.entrySet()) {
                NamedCache own = entry.getValue();
                if (!storeNames.contains(ThreadCache.underlyingStoreNamefromCacheName(own.name()))) continue;
                if (!own.isEmpty()) throw new IllegalStateException("something was put into the cache of " + own.name() + " already");
                WalksUseNothing other = new WalksUseNothing(own.name(), metrics);
                other.setListener((ThreadCache.DirtyEntryFlushListener) field(NamedCache.class, "listener").get(own));
                entry.setValue(other);
            }
        } catch (ReflectiveOperationException problem) {
            throw new IllegalStateException("this version of Kafka Streams keeps its caches elsewhere", problem);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, NamedCache> cachesOf(ThreadCache cache) throws ReflectiveOperationException {
        return (Map<String, NamedCache>) field(ThreadCache.class, "caches").get(cache);
    }

    private static Field field(Class<?> of, String name) throws ReflectiveOperationException {
        Field field = of.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    @Override
    synchronized Iterator<Bytes> allKeys() {
        return walk(super.allKeys());
    }

    @Override
    synchronized Iterator<Bytes> reverseAllKeys() {
        return walk(super.reverseAllKeys());
    }

    private Iterator<Bytes> walk(Iterator<Bytes> keys) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return keys.hasNext();
            }

            @Override
            public Bytes next() {
                return walked = keys.next();
            }
        };
    }

    @Override
    synchronized LRUCacheEntry get(Bytes key) {
        if (key != walked) return super.get(key);
        walked = null;
        for (LRUNode node = head(); node != null; node = node.next()) if (node.key().equals(key)) return node.entry();
        return null;
    }
}
