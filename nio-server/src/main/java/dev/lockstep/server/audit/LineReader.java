package dev.lockstep.server.audit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Cuts a stream into lines, holding no more than one of the allowed length whatever the stream has. */
final class LineReader {

    /** What {@link #next} found. */
    enum Kind {
        /** A line with its line end. */
        LINE,
        /** The rest of the stream, which has no line end. */
        TORN,
        /** A line longer than {@link LogLine#MAX_BYTES}; its text is not kept. */
        OVERLONG,
        /** Nothing more. */
        END
    }

    private final InputStream in;
    private final byte[] buffer = new byte[8192];
    private int from;
    private int to;
    private final byte[] line = new byte[LogLine.MAX_BYTES];
    private int length;

    LineReader(InputStream in) {
        this.in = in;
    }

    Kind next() throws IOException {
        length = 0;
        boolean any = false;
        boolean overlong = false;
        while (true) {
            if (from == to) {
                from = 0;
                to = Math.max(0, in.read(buffer));
                if (to == 0) {
                    return any ? Kind.TORN : Kind.END;
                }
            }
            byte b = buffer[from++];
            any = true;
            if (b == '\n') {
                return overlong ? Kind.OVERLONG : Kind.LINE;
            }
            if (length == LogLine.MAX_BYTES - 1) { // the line end counts
                overlong = true;
            } else {
                line[length++] = b;
            }
        }
    }

    /**
     * The line that {@link #next} has read, without its line end; of an overlong one the beginning. One char a byte: no decoding
     * error hides.
     */
    String line() {
        return new String(line, 0, length, StandardCharsets.ISO_8859_1);
    }

    /** Bytes of that line, its line end included. */
    int bytes() {
        return length + 1;
    }
}
