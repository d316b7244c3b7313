package dev.lockstep.jsse.setting;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** Lists of names that {@code SSLParameters} have in a later Java than the one this library is compiled for. */
final class LaterParameters {

    /** From Java 20 on. */
    static final LaterParameters GROUPS = new LaterParameters("NamedGroups");

    /** From Java 19 on. */
    static final LaterParameters SCHEMES = new LaterParameters("SignatureSchemes");

    private final @Nullable Method getter;
    private final @Nullable Method setter;

    private LaterParameters(String property) {
        this.getter = find("get" + property);
        this.setter = find("set" + property, String[].class);
    }

    private static @Nullable Method find(String name, Class<?>... types) {
        try {
            return SSLParameters.class.getMethod(name, types);
        } catch (NoSuchMethodException e) {
            return null; // and so no application can have set it
        }
    }

    /** Returns the names; null where none are set. */
    @Nullable
    List<String> of(SSLParameters parameters) {
        String[] names = getter == null ? null : (String[]) call(getter, parameters);
        return names == null ? null : List.of(names);
    }

    void set(SSLParameters parameters, @Nullable List<String> names) {
        if (setter != null && names != null) {
            Object unused = call(setter, parameters, (Object) names.toArray(new String[0]));
        }
    }

    private static @Nullable Object call(Method method, SSLParameters parameters, Object... arguments) {
        try {
            return method.invoke(parameters, arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(method.getName() + ": " + e.getCause(), e);
        } catch (IllegalAccessException e) {
            throw new LinkageError(method.getName(), e); // a public method of a public class
        }
    }
}
