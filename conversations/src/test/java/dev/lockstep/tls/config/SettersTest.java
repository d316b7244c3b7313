package dev.lockstep.tls.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.credential.Credential;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every setter refuses null, and lists that hold it, at once and by the setting's name; by reflection, so that none is forgotten. */
class SettersTest {

    private static final Credential CREDENTIAL =
            Credential.local(TestIdentity.P256.chain(), TestIdentity.P256.privateKey());

    static Stream<Arguments> setters() {
        return Stream.of(TlsServerConfigBuilder.class, ConnectionOptions.class)
                .flatMap(owner -> Stream.of(owner.getMethods()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getReturnType() == method.getDeclaringClass())
                .flatMap(method -> IntStream.range(0, method.getParameterCount())
                        .filter(i -> !method.getParameterTypes()[i].isPrimitive())
                        .mapToObj(i -> Arguments.of(method, i)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("setters")
    void nullIsRefused(Method setter, int position) {
        for (Object nothing : nothings(setter.getParameterTypes()[position])) {
            Object[] arguments = IntStream.range(0, setter.getParameterCount())
                    .mapToObj(i -> i == position ? nothing : something(setter.getParameterTypes()[i]))
                    .toArray();
            Object owner = setter.getDeclaringClass() == ConnectionOptions.class
                    ? ConnectionOptions.NONE
                    : TlsServerConfig.builder().credential(CREDENTIAL);
            Throwable refusal = catchThrowable(() -> call(setter, owner, arguments));
            assertThat(refusal).isInstanceOf(NullPointerException.class).hasMessage(settingOf(setter));
        }
    }

    private static String settingOf(Method setter) {
        String name = setter.getName();
        return name.startsWith("with") ? Character.toLowerCase(name.charAt(4)) + name.substring(5) : name;
    }

    /** Null, and what holds it. */
    private static List<Object> nothings(Class<?> type) {
        if (type == List.class) {
            return Arrays.asList(null, Collections.singletonList(null));
        }
        if (type.isArray() && !type.componentType().isPrimitive()) {
            return Arrays.asList(null, Array.newInstance(type.componentType(), 1));
        }
        return Collections.singletonList(null);
    }

    private static Object something(Class<?> type) {
        if (type == String.class) {
            return "www.example.org";
        }
        if (type == Credential.class) {
            return CREDENTIAL;
        }
        if (type == ClientAuthentication.class) {
            return ClientAuthentication.none();
        }
        if (type.isArray()) {
            return Array.newInstance(type.componentType(), 0);
        }
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null);
    }

    private static void call(Method setter, Object owner, Object... arguments) throws Throwable {
        try {
            setter.invoke(owner, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
