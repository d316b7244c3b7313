package dev.lockstep.keys.pkcs11;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Supplier;

/** Where a token's PIN comes from, asked at each login and not kept, unless it comes only once. Safe for any thread. */
@FunctionalInterface
interface Pkcs11Pin {

    /**
     * Returns the PIN, in an array that the caller wipes. Never an empty one: a token may count that as a wrong PIN.
     *
     * @throws OperationException when there is none now
     */
    char[] get() throws OperationException;

    /** One more token is opened with this PIN. */
    default void use() {}

    /** A token for which {@link #use} was called is closed, or was not opened: what is remembered for the last one is wiped. */
    default void release() {}

    static Pkcs11Pin of(Supplier<char[]> supplier) {
        Objects.requireNonNull(supplier, "supplier");
        return () -> {
            char[] pin;
            try {
                pin = supplier.get();
            } catch (RuntimeException e) { // boundary: code of the application, on a thread of the pool
                throw new OperationException(Reason.KEY_UNAVAILABLE, "the PIN supplier failed", e);
            }
            if (pin == null || pin.length == 0) {
                throw new OperationException(
                        Reason.KEY_UNAVAILABLE, "the PIN supplier answered " + (pin == null ? "null" : "an empty PIN"));
            }
            return pin;
        };
    }

    static Pkcs11Pin file(Path file) {
        return new Pkcs11PinFile(Objects.requireNonNull(file, "file"));
    }

    static Pkcs11Pin environment(String variable) {
        Objects.requireNonNull(variable, "variable");
        return () -> {
            String value = System.getenv(variable);
            if (value == null || value.isEmpty()) {
                throw new OperationException(
                        Reason.KEY_UNAVAILABLE, "the environment has no " + variable + "; set it to the token's PIN");
            }
            return value.toCharArray();
        };
    }
}
