package dev.lockstep.server.log;

import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something that happened: a sentence for people, and fields for programs. Not thread-safe until it is logged. */
public final class LogEvent {

    private final EventType type;
    private final String message;
    private final Map<String, Object> fields = new LinkedHashMap<>();
    private Level level;

    private LogEvent(EventType type, String message) {
        this.type = type;
        this.message = message;
        this.level = type.level();
    }

    /**
     * Returns an event without fields.
     *
     * @param message may contain what peers have sent: it is escaped when it is written
     */
    public static LogEvent of(EventType type, String message) {
        return new LogEvent(type, message);
    }

    /** Adds a field; null leaves it out. A number stays one, everything else is written as text. */
    public LogEvent with(String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
        return this;
    }

    /** Sets another level than that of the type. */
    public LogEvent at(Level other) {
        level = other;
        return this;
    }

    EventType type() {
        return type;
    }

    String message() {
        return message;
    }

    Map<String, Object> fields() {
        return fields;
    }

    Level level() {
        return level;
    }
}
