package dev.lockstep.server.audit;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What came of reading one file.
 *
 * @param lines how many lines followed from each other
 * @param bytes how long they are together
 * @param wrong what is wrong with the line after them, null when there is none
 * @param torn whether that line is the last and has no line end
 */
record FileCheck(long lines, long bytes, @Nullable String wrong, boolean torn) {

    /** The beginning of a file. */
    static final FileCheck NOTHING = new FileCheck(0, 0, null, false);

    /**
     * Reads a file to its end or to the first line that does not follow.
     *
     * @param chains is told the chain value of each line that follows
     */
    static FileCheck read(InputStream in, ChainCheck check, Consumer<String> chains) throws IOException {
        check.beginFile();
        return NOTHING.continued(in, check, chains);
    }

    /** What comes of reading further; {@code in} begins with the line that was wrong, or has come to be there since. */
    FileCheck continued(InputStream in, ChainCheck check, Consumer<String> chains) throws IOException {
        LineReader reader = new LineReader(in);
        long now = lines;
        long read = bytes;
        while (true) {
            switch (reader.next()) {
                case LINE -> {
                    String fault = check.accept(reader.line());
                    if (fault != null) {
                        return new FileCheck(now, read, fault, false);
                    }
                    now++;
                    read += reader.bytes();
                    chains.accept(check.chain());
                }
                case TORN -> {
                    return new FileCheck(now, read, "cut off: it has no line end", true);
                }
                case OVERLONG -> {
                    String fault = "altered: it is longer than " + LogLine.MAX_BYTES + " bytes";
                    return new FileCheck(now, read, fault, false);
                }
                case END -> {
                    String fault = now == 0 ? "missing: the file is empty" : null;
                    return new FileCheck(now, read, fault, false);
                }
            }
        }
    }
}
