package dev.lockstep.tls.setting;

/**
 * A setting that is accepted and has no effect as it stands, which is likely to be a mistake. Its text is
 * {@code field: reason; fix}.
 *
 * @param field the name of the setting, as its setter spells it
 * @param reason what has no effect, and why
 * @param fix what to do about it, in the imperative
 */
public record ConfigWarning(String field, String reason, String fix) {

    @Override
    public String toString() {
        return field + ": " + reason + "; " + fix;
    }
}
