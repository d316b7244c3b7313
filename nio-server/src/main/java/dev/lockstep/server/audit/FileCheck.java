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

    /**
     * Reads a file to its end or to the first line that does not follow.
     *
     * @param chains is told the chain value of each line that follows
     */
    static FileCheck read(InputStream in, ChainCheck check, Consumer<String> chains) throws IOException {
        LineReader reader = new LineReader(in);
        check.beginFile();
        long lines = 0;
        long bytes = 0;
        while (true) {
            switch (reader.next()) {
                case LINE -> {
                    String wrong = check.accept(reader.line());
                    if (wrong != null) {
                        return new FileCheck(lines, bytes, wrong, false);
                    }
                    lines++;
                    bytes += reader.bytes();
                    chains.accept(check.chain());
                }
                case TORN -> {
                    return new FileCheck(lines, bytes, "cut off: it has no line end", true);
                }
                case OVERLONG -> {
                    String wrong = "altered: it is longer than " + LogLine.MAX_BYTES + " bytes";
                    return new FileCheck(lines, bytes, wrong, false);
                }
                case END -> {
                    String wrong = lines == 0 ? "missing: the file is empty" : null;
                    return new FileCheck(lines, bytes, wrong, false);
                }
            }
        }
    }
}
