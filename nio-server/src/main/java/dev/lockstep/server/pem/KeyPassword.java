package dev.lockstep.server.pem;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.files.InputFile;
import dev.lockstep.server.files.TextEncoding;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Where the password of encrypted keys comes from: a file or the environment, never an argument others could see. */
public final class KeyPassword {

    static final String VARIABLE = "LOCKSTEP_KEY_PASSWORD";

    /** What to do when there is none. */
    static final String FIX = "use --key-password-file FILE or the environment variable " + VARIABLE;

    private KeyPassword() {}

    /**
     * The password, or null when there is none. The caller wipes the array.
     *
     * @param file its first line is the password, in UTF-8 or, if it is not UTF-8, Latin-1; a pipe is read once. Null to
     *     ask the environment
     */
    public static char @Nullable [] find(@Nullable Path file, UnaryOperator<@Nullable String> environment)
            throws UsageError {
        if (file == null) {
            String value = environment.apply(VARIABLE);
            return value == null ? null : value.toCharArray();
        }
        byte[] content = InputFile.bytes("--key-password-file", file);
        byte[] text = TextEncoding.withoutMark(content);
        try {
            int end = 0;
            while (end < text.length && text[end] != '\n' && text[end] != '\r') {
                end++;
            }
            if (end == 0) {
                throw new UsageError(
                        "--key-password-file", file + " has an empty first line", "put the password there");
            }
            return decode(ByteBuffer.wrap(text, 0, end));
        } finally {
            Arrays.fill(content, (byte) 0);
            Arrays.fill(text, (byte) 0);
        }
    }

    private static char[] decode(ByteBuffer line) {
        CharBuffer chars;
        try {
            chars = StandardCharsets.UTF_8.newDecoder().decode(line.duplicate());
        } catch (CharacterCodingException e) {
            chars = StandardCharsets.ISO_8859_1.decode(line);
        }
        char[] password = new char[chars.remaining()];
        chars.get(password);
        Arrays.fill(chars.array(), '\0');
        return password;
    }
}
