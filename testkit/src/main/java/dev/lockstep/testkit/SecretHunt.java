package dev.lockstep.testkit;

import dev.lockstep.tls.TlsServerConnection;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks through everything a connection still holds for secrets that it should have wiped. It reads private fields, so
 * it needs Lockstep on the class path, or {@code --add-opens} for its packages.
 */
public final class SecretHunt {

    private SecretHunt() {}

    /** Fails when any of {@code secrets} stands in a byte array or a buffer that can be reached from {@code root}. */
    public static void assertNoneIn(Object root, List<byte[]> secrets) {
        IdentityHashMap<Object, String> seen = new IdentityHashMap<>();
        Deque<Object> open = new ArrayDeque<>();
        Set<Object> mine = Collections.newSetFromMap(new IdentityHashMap<>());
        mine.addAll(secrets);
        // an all-zero "secret" of a misbehaving client stands in everything that was wiped
        List<byte[]> sought = secrets.stream().filter(SecretHunt::isTelling).toList();
        visit(root, root.getClass().getSimpleName(), seen, open);
        while (!open.isEmpty()) {
            Object next = open.poll();
            String path = Objects.requireNonNull(seen.get(next));
            byte[] bytes = bytesOf(next);
            if (bytes != null) {
                for (byte[] secret : sought) {
                    if (!mine.contains(next) && contains(bytes, secret)) {
                        throw new AssertionError("a secret is left in " + path);
                    }
                }
            } else if (next instanceof Object[] array) {
                for (int i = 0; i < array.length; i++) {
                    visit(array[i], path + "[" + i + "]", seen, open);
                }
            } else if (next instanceof Collection<?> collection) {
                collection.forEach(element -> visit(element, path + "[]", seen, open));
            } else if (next instanceof Map<?, ?> map) {
                map.values().forEach(element -> visit(element, path + "{}", seen, open));
            } else if (next.getClass().getName().startsWith("dev.lockstep.")) {
                fields(next, path, seen, open);
            }
        }
    }

    /** Fails when the handshake of a connection still has any object that holds secrets, known to the client or not. */
    public static void assertHandshakeHoldsNone(TlsServerConnection tls) {
        try {
            Field field = TlsServerConnection.class.getDeclaredField("handshake");
            field.setAccessible(true);
            Object handshake = field.get(tls);
            if ((boolean) handshake.getClass().getMethod("holdsSecrets").invoke(handshake)) {
                throw new AssertionError("the handshake still holds secrets");
            }
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("not the connection that this kit knows", e);
        }
    }

    private static void fields(Object object, String path, IdentityHashMap<Object, String> seen, Deque<Object> open) {
        for (Class<?> type = object.getClass(); type != Object.class; type = type.getSuperclass()) {
            if (!type.getName().startsWith("dev.lockstep.")) {
                return;
            }
            for (Field field : type.getDeclaredFields()) {
                if (field.getType().isPrimitive() || Modifier.isStatic(field.getModifiers())) {
                    continue;
                }
                try {
                    field.setAccessible(true);
                    visit(field.get(object), path + "." + field.getName(), seen, open);
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    private static void visit(
            @Nullable Object object, String path, IdentityHashMap<Object, String> seen, Deque<Object> open) {
        // the kit's own objects (keys, observers) may know secrets
        if (object == null
                || object.getClass().getName().startsWith(SecretHunt.class.getPackageName())
                || seen.putIfAbsent(object, path) != null) {
            return;
        }
        open.add(object);
    }

    @SuppressWarnings("ByteBufferBackingArray") // the whole array is searched, wherever the window is
    private static byte @Nullable [] bytesOf(Object object) {
        if (object instanceof byte[] bytes) {
            return bytes;
        }
        if (!(object instanceof ByteBuffer buffer)) {
            return null;
        }
        if (buffer.hasArray()) {
            return buffer.array();
        }
        ByteBuffer whole = buffer.duplicate().clear();
        byte[] copy = new byte[whole.remaining()];
        whole.get(copy);
        return copy;
    }

    private static boolean isTelling(byte[] secret) {
        for (byte b : secret) {
            if (b != 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean contains(byte[] bytes, byte[] secret) {
        for (int at = 0; at + secret.length <= bytes.length; at++) {
            int matching = 0;
            while (matching < secret.length && bytes[at + matching] == secret[matching]) {
                matching++;
            }
            if (matching == secret.length) {
                return true;
            }
        }
        return false;
    }
}
