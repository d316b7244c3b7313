package dev.lockstep.keys.pkcs11;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;

/** Where a token's PIN comes from, asked at each login and not kept. */
@FunctionalInterface
interface Pkcs11Pin {

    /** PKCS#11 leaves the length to the token; this is far more than any takes. */
    int MOST_BYTES = 1024;

    /** Returns the PIN, in an array that the caller wipes. */
    char[] get() throws OperationException;

    static Pkcs11Pin of(Supplier<char[]> supplier) {
        Objects.requireNonNull(supplier, "supplier");
        return () -> {
            char[] pin;
            try {
                pin = supplier.get();
            } catch (RuntimeException e) { // boundary: code of the application, on a thread of the pool
                throw new OperationException(Reason.KEY_UNAVAILABLE, "the PIN supplier failed", e);
            }
            if (pin == null) {
                throw new OperationException(Reason.KEY_UNAVAILABLE, "the PIN supplier answered null");
            }
            return pin;
        };
    }

    static Pkcs11Pin file(Path file) {
        Objects.requireNonNull(file, "file");
        return () -> {
            try {
                if (Files.size(file) > MOST_BYTES) {
                    throw new OperationException(
                            Reason.KEY_UNAVAILABLE, file + " is longer than any PIN; is it the right file?");
                }
                byte[] bytes = Files.readAllBytes(file);
                CharBuffer chars = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes));
                Arrays.fill(bytes, (byte) 0);
                int end = chars.limit();
                // Editors and echo end a file with a line break, which is no part of the PIN.
                while (end > 0 && (chars.get(end - 1) == '\n' || chars.get(end - 1) == '\r')) {
                    end--;
                }
                char[] pin = new char[end];
                chars.get(pin);
                Arrays.fill(chars.array(), '\0');
                return pin;
            } catch (IOException e) {
                throw new OperationException(Reason.KEY_UNAVAILABLE, "the PIN file cannot be read: " + file, e);
            }
        };
    }

    static Pkcs11Pin environment(String variable) {
        Objects.requireNonNull(variable, "variable");
        return () -> {
            String value = System.getenv(variable);
            if (value == null) {
                throw new OperationException(
                        Reason.KEY_UNAVAILABLE, "the environment has no " + variable + "; set it to the token's PIN");
            }
            return value.toCharArray();
        };
    }
}
