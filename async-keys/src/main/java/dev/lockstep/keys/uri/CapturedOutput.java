package dev.lockstep.keys.uri;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The standard output with what one thread prints kept apart; what all others print meanwhile goes where it went before, in
 * the encoding of that stream, which only its own methods know.
 */
final class CapturedOutput extends PrintStream {

    private final ByteArrayOutputStream captured;
    private final PrintStream before;
    private final Thread owner;
    /** Threads may hold this stream for longer than it is the standard output. */
    private volatile boolean ended;

    private CapturedOutput(ByteArrayOutputStream captured, PrintStream before) {
        super(captured, true, StandardCharsets.UTF_8);
        this.captured = captured;
        this.before = before;
        this.owner = Thread.currentThread();
    }

    /** Captures what the calling thread prints until it calls {@link #end}. One at a time in a process. */
    static CapturedOutput begin() {
        CapturedOutput stream = new CapturedOutput(new ByteArrayOutputStream(), System.out);
        System.setOut(stream);
        return stream;
    }

    /** Puts the standard output back and returns what the thread has printed. */
    String end() {
        ended = true;
        if (System.out == this) { // or it has been replaced meanwhile, by code that is to have its way
            System.setOut(before);
        }
        return captured.toString(StandardCharsets.UTF_8);
    }

    private boolean isCaptured() {
        return !ended && Thread.currentThread() == owner;
    }

    @Override
    public void write(int octet) {
        if (isCaptured()) {
            super.write(octet);
        } else {
            before.write(octet);
        }
    }

    @Override
    public void write(byte[] octets, int offset, int length) {
        if (isCaptured()) {
            super.write(octets, offset, length);
        } else {
            before.write(octets, offset, length);
        }
    }

    @Override
    public void println() {
        if (isCaptured()) {
            super.println();
        } else {
            before.println();
        }
    }

    @Override
    public void flush() {
        if (isCaptured()) {
            super.flush();
        } else {
            before.flush();
        }
    }

    /** The stream is not the closing thread's alone. */
    @Override
    public void close() {
        flush();
    }

    @Override
    public void print(boolean value) {
        if (isCaptured()) {
            super.print(value);
        } else {
            before.print(value);
        }
    }

    @Override
    public void println(boolean value) {
        if (isCaptured()) {
            super.println(value);
        } else {
            before.println(value);
        }
    }

    @Override
    public void print(char value) {
        if (isCaptured()) {
            super.print(value);
        } else {
            before.print(value);
        }
    }

    @Override
    public void println(char value) {
        if (isCaptured()) {
            super.println(value);
        } else {
            before.println(value);
        }
    }

    @Override
    public void print(int value) {
        if (isCaptured()) {
            super.print(value);
        } else {
            before.print(value);
        }
    }

    @Override
    public void println(int value) {
        if (isCaptured()) {
            super.println(value);
        } else {
            before.println(value);
        }
    }

    @Override
    public void print(long value) {
        if (isCaptured()) {
            super.print(value);
        } else {
            before.print(value);
        }
    }

    @Override
    public void println(long value) {
        if (isCaptured()) {
            super.println(value);
        } else {
            before.println(value);
        }
    }

    @Override
    public void print(float value) {
        if (isCaptured()) {
            super.print(value);
        } else {
            before.print(value);
        }
    }

    @Override
    public void println(float value) {
        if (isCaptured()) {
            super.println(value);
        } else {
            before.println(value);
        }
    }

    @Override
    public void print(double value) {
        if (isCaptured()) {
            super.print(value);
        } else {
            before.print(value);
        }
    }

    @Override
    public void println(double value) {
        if (isCaptured()) {
            super.println(value);
        } else {
            before.println(value);
        }
    }

    @Override
    public void print(char[] value) {
        if (isCaptured()) {
            super.print(value);
        } else {
            before.print(value);
        }
    }

    @Override
    public void println(char[] value) {
        if (isCaptured()) {
            super.println(value);
        } else {
            before.println(value);
        }
    }

    @Override
    public void print(@Nullable String value) {
        if (isCaptured()) {
            super.print(value);
        } else {
            before.print(value);
        }
    }

    @Override
    public void println(@Nullable String value) {
        if (isCaptured()) {
            super.println(value);
        } else {
            before.println(value);
        }
    }

    @Override
    public void print(@Nullable Object value) {
        if (isCaptured()) {
            super.print(value);
        } else {
            before.print(value);
        }
    }

    @Override
    public void println(@Nullable Object value) {
        if (isCaptured()) {
            super.println(value);
        } else {
            before.println(value);
        }
    }
}
