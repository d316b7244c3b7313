package dev.lockstep.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * SIGHUP, where there is one. The JDK has it in {@code sun.misc} only, which is supported and warns at compile time in a
 * way that no option turns off: so it is called by reflection.
 */
public final class HangUpSignal {

    private HangUpSignal() {}

    /**
     * Runs {@code action}, on a thread of the JVM, each time the process gets the signal.
     *
     * @return whether this is possible here
     */
    public static boolean handle(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    HangUpSignal.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            action.run();
                        }
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), proxy);
            return true;
        } catch (InvocationTargetException e) {
            return false; // no such signal on this system, or the JVM was started with -Xrs
        } catch (ReflectiveOperationException e) {
            return false; // a runtime without the module jdk.unsupported
        }
    }
}
