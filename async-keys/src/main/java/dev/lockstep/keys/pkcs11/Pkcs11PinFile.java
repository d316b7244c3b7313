package dev.lockstep.keys.pkcs11;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A PIN in a file, which is read at each login, so that it can be changed there. A pipe gives it only once: a second reader
 * finds an empty one at its end, or waits for a writer that does not come. So what anything but a regular file gave is
 * remembered, until the last token that was opened with it is closed. Safe for any thread.
 */
final class Pkcs11PinFile implements Pkcs11Pin {

    /** PKCS#11 leaves the length to the token; this is far more than any takes. */
    private static final int MOST_BYTES = 1024;

    private final Path file;
    private int users;
    private char @Nullable [] remembered;

    Pkcs11PinFile(Path file) {
        this.file = file;
    }

    @Override
    public synchronized char[] get() throws OperationException {
        char[] known = remembered;
        if (known != null) {
            return known.clone();
        }
        boolean givesItAgain = Files.isRegularFile(file);
        char[] pin = read();
        if (pin.length == 0) {
            throw new OperationException(Reason.KEY_UNAVAILABLE, "the PIN file is empty: " + file);
        }
        if (!givesItAgain) {
            remembered = pin.clone();
        }
        return pin;
    }

    @Override
    public synchronized void use() {
        users++;
    }

    @Override
    public synchronized void release() {
        if (--users == 0 && remembered != null) {
            Arrays.fill(remembered, '\0');
            remembered = null;
        }
    }

    private char[] read() throws OperationException {
        // A direct one: from an array the JDK would read into a buffer of its own, and not wipe that.
        ByteBuffer bytes = ByteBuffer.allocateDirect(MOST_BYTES + 1);
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            int read = 0;
            while (read >= 0 && bytes.hasRemaining()) {
                read = channel.read(bytes);
            }
            if (!bytes.hasRemaining()) {
                throw new OperationException(
                        Reason.KEY_UNAVAILABLE, file + " is longer than any PIN; is it the right file?");
            }
            return decode(bytes.flip());
        } catch (IOException e) {
            throw new OperationException(Reason.KEY_UNAVAILABLE, "the PIN file cannot be read: " + file, e);
        } finally {
            bytes.clear().put(new byte[bytes.capacity()]);
        }
    }

    private static char[] decode(ByteBuffer bytes) {
        CharBuffer chars = StandardCharsets.UTF_8.decode(bytes);
        int end = chars.limit();
        // Editors and echo end a file with a line break, which is no part of the PIN.
        while (end > 0 && (chars.get(end - 1) == '\n' || chars.get(end - 1) == '\r')) {
            end--;
        }
        char[] pin = new char[end];
        chars.get(pin);
        Arrays.fill(chars.array(), '\0');
        return pin;
    }
}
