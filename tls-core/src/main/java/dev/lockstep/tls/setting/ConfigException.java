package dev.lockstep.tls.setting;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A setting that is refused, by a setter or by {@code build()}. It carries the field at fault, the reason and the fix
 * separately, so that a command line or a user interface can name its own option in place of the field; the message is
 * {@code field: reason; fix}.
 */
public final class ConfigException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String field;
    private final String reason;
    private final String fix;

    /**
     * Creates a refusal.
     *
     * @param field the name of the setting, as its setter spells it
     * @param reason what is wrong with its value
     * @param fix what to do instead, in the imperative
     */
    public ConfigException(String field, String reason, String fix) {
        this(field, reason, fix, null);
    }

    /**
     * Creates a refusal with the failure behind it.
     *
     * @param field the name of the setting, as its setter spells it
     * @param reason what is wrong with its value
     * @param fix what to do instead, in the imperative
     * @param cause the failure that revealed it, or null
     */
    public ConfigException(String field, String reason, String fix, @Nullable Throwable cause) {
        super(field + ": " + reason + "; " + fix, cause);
        this.field = Objects.requireNonNull(field, "field");
        this.reason = Objects.requireNonNull(reason, "reason");
        this.fix = Objects.requireNonNull(fix, "fix");
    }

    /**
     * Returns the refusal of a value outside of its range.
     *
     * @param range the values that are taken, in words: {@code 1 to 100}
     */
    public static ConfigException outOfRange(String field, Object value, String range) {
        return new ConfigException(field, value + " is out of range", "give " + range);
    }

    /** Returns the name of the setting at fault, as its setter spells it: {@code cipherSuites}. */
    public String field() {
        return field;
    }

    /** Returns what is wrong with its value, as part of a sentence. */
    public String reason() {
        return reason;
    }

    /** Returns what to do instead, in the imperative. */
    public String fix() {
        return fix;
    }
}
