package dev.lockstep.server.ops;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Signals of the operating system. The JDK has them in {@code sun.misc} only, which is supported and warns at compile time
 * in a way that no option turns off: so it is called by reflection.
 */
public final class Signals implements AutoCloseable {

    private final @Nullable Method restore;
    private final @Nullable Object signal;
    private final @Nullable Object before;

    private Signals(@Nullable Method restore, @Nullable Object signal, @Nullable Object before) {
        this.restore = restore;
        this.signal = signal;
        this.before = before;
    }

    /**
     * Runs {@code action}, on a thread of the JVM, each time the process gets the signal, until the result is closed. Does
     * nothing where there is no such signal: on another system, with -Xrs, or without the module jdk.unsupported.
     *
     * @param name without SIG, for example HUP
     */
    public static Signals handle(String name, Runnable action) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            Object made = type.getConstructor(String.class).newInstance(name);
            Method handle = type.getMethod("handle", type, handler);
            return new Signals(handle, made, handle.invoke(null, made, proxy));
        } catch (InvocationTargetException e) {
            return new Signals(null, null, null); // no such signal on this system, or the JVM was started with -Xrs
        } catch (ReflectiveOperationException e) {
            return new Signals(null, null, null); // a runtime without the module jdk.unsupported
        }
    }

    /** The signal has the effect that it had before. */
    @Override
    public void close() {
        if (restore != null && before != null) {
            try {
                Object unused = restore.invoke(null, signal, before);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e); // what was possible before is possible now
            }
        }
    }
}
