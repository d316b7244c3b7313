package dev.lockstep.server.pem;

import dev.lockstep.server.UsageError;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Where the password of encrypted keys comes from: a file or the environment, never an argument others could see. */
public final class KeyPassword {

    static final String VARIABLE = "LOCKSTEP_KEY_PASSWORD";

    private KeyPassword() {}

    /**
     * The password, or null when there is none. The caller wipes the array.
     *
     * @param file its first line is the password; null to ask the environment
     */
    public static char @Nullable [] find(@Nullable Path file, UnaryOperator<@Nullable String> environment)
            throws UsageError {
        if (file == null) {
            String value = environment.apply(VARIABLE);
            return value == null ? null : value.toCharArray();
        }
        String line =
                PemFiles.text("--key-password-file", file).lines().findFirst().orElse("");
        if (line.isEmpty()) {
            throw new UsageError("--key-password-file", file + " has an empty first line", "put the password there");
        }
        return line.toCharArray();
    }
}
