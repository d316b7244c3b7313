package dev.lockstep.crypto;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** What an object of this library holds in its arrays, for tests that it was wiped. Reads private fields. */
public final class Held {
    private Held() {}

    /** Returns the fields whose arrays are not all zeros, those of its parts as {@code part.field}. */
    public static List<String> by(Object root) {
        List<String> found = new ArrayList<>();
        collect(root, "", found);
        return found;
    }

    private static void collect(Object owner, String path, List<String> found) {
        for (Class<?> type = owner.getClass(); isOurs(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                Object value = valueOf(field, owner);
                if (value instanceof byte[] || value instanceof long[]) {
                    if (!isZero(value)) {
                        found.add(path + field.getName());
                    }
                } else if (value != null && isOurs(value.getClass())) {
                    collect(value, path + field.getName() + ".", found);
                }
            }
        }
    }

    private static boolean isOurs(Class<?> type) {
        return type.getName().startsWith("dev.lockstep.") && !type.isEnum();
    }

    private static Object valueOf(Field field, Object owner) {
        if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) {
            return null;
        }
        try {
            field.setAccessible(true);
            return field.get(owner);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isZero(Object array) {
        return array instanceof byte[] bytes
                ? IntStream.range(0, bytes.length).allMatch(i -> bytes[i] == 0)
                : LongStream.of((long[]) array).allMatch(word -> word == 0);
    }
}
