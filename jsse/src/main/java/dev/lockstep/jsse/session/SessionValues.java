package dev.lockstep.jsse.session;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSessionBindingEvent;
import javax.net.ssl.SSLSessionBindingListener;
import org.jspecify.annotations.Nullable;

/** What an application binds to a session; every connection that continues the session sees it. Thread-safe. */
final class SessionValues {

    private final Map<String, Object> values = new ConcurrentHashMap<>();

    void put(SSLSession session, @Nullable String name, @Nullable Object value) {
        if (name == null || value == null) {
            throw new IllegalArgumentException("name and value: neither may be null");
        }
        Object previous = values.put(name, value);
        if (value instanceof SSLSessionBindingListener listener) {
            listener.valueBound(new SSLSessionBindingEvent(session, name));
        }
        unbound(session, name, previous);
    }

    @Nullable
    Object get(@Nullable String name) {
        if (name == null) {
            throw new IllegalArgumentException("name: null");
        }
        return values.get(name);
    }

    void remove(SSLSession session, @Nullable String name) {
        if (name == null) {
            throw new IllegalArgumentException("name: null");
        }
        unbound(session, name, values.remove(name));
    }

    String[] names() {
        return values.keySet().toArray(new String[0]);
    }

    private static void unbound(SSLSession session, String name, @Nullable Object previous) {
        if (previous instanceof SSLSessionBindingListener listener) {
            listener.valueUnbound(new SSLSessionBindingEvent(session, name));
        }
    }
}
