package dev.lockstep.tls.internal.handshake;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Puts another table in the place of the library's own, which every connection uses, until it is closed. */
final class LiveTable implements AutoCloseable {

    private final Map<Field, Object> before = new HashMap<>();

    private LiveTable(TransitionTable other) {
        for (Field field : TransitionTable.class.getDeclaredFields()) {
            field.setAccessible(true);
            Object own = get(field, ServerHandshake.TABLE);
            before.put(field, own instanceof Map<?, ?> map ? new HashMap<>(map) : copy(field, own));
            set(field, get(field, other));
        }
    }

    /** From now on connections move as this table says. */
    static LiveTable of(TransitionTable other) {
        return new LiveTable(other);
    }

    @Override
    public void close() {
        before.forEach(LiveTable::set);
    }

    private static Object copy(Field field, Object own) {
        return field.getType() == List.class
                ? new ArrayList<>((Collection<?>) own)
                : new HashSet<>((Collection<?>) own);
    }

    private static Object get(Field field, TransitionTable table) {
        try {
            return field.get(table);
        } catch (IllegalAccessException e) {
            throw new LinkageError("a table of another form", e);
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static void set(Field field, Object content) {
        try {
            Object own = field.get(ServerHandshake.TABLE);
            if (!Modifier.isFinal(field.getModifiers())) {
                field.set(ServerHandshake.TABLE, content);
            } else if (own instanceof Map map) {
                map.clear();
                map.putAll((Map) content);
            } else {
                ((Collection) own).clear();
                ((Collection) own).addAll((Collection) content);
            }
        } catch (IllegalAccessException e) {
            throw new LinkageError("a table of another form", e);
        }
    }
}
