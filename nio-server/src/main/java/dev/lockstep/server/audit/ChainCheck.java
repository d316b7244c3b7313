package dev.lockstep.server.audit;

import org.jspecify.annotations.Nullable;

/** Follows the lines of a log, file after file, and says what is wrong with the first that does not follow. */
final class ChainCheck {

    private @Nullable String chain;
    private long seq;
    private long file;
    private boolean numbered;
    private boolean atHead;
    private LogLine.@Nullable Chained read;

    private ChainCheck(@Nullable String chain, boolean numbered) {
        this.chain = chain;
        this.numbered = numbered;
    }

    /** A log from its very first line on. */
    static ChainCheck fromStart() {
        return new ChainCheck(Chain.START, true);
    }

    /** A log from the file on that follows the chain value {@code previous}. */
    static ChainCheck after(String previous) {
        return new ChainCheck(previous, false);
    }

    /** One file whose head line is believed. */
    static ChainCheck ofOneFile() {
        return new ChainCheck(null, false);
    }

    /** The next line is the first of a file. */
    void beginFile() {
        atHead = true;
    }

    /** Takes a line, without its line end. Answers null when it follows, and otherwise what is wrong. */
    @Nullable
    String accept(String text) {
        LogLine.Chained next;
        try {
            next = LogLine.parse(text);
        } catch (MalformedLineException e) {
            return "altered: it " + e.getMessage();
        }
        LogLine line = next.line();
        if (line.entry() instanceof Entry.Head head) {
            if (!atHead) {
                return "out of place: only the first line of a file names its file";
            }
            if (chain == null) {
                chain = head.previous();
            }
            if (!numbered) {
                seq = line.seq() - 1;
                file = head.file() - 1;
                numbered = true;
            }
        } else if (atHead) {
            return "missing: the line that begins a file should stand here";
        }
        String wrong = misplaced(line);
        if (wrong != null) {
            return wrong;
        }
        if (!Chain.next(String.valueOf(chain), next.text()).equals(next.chain())) {
            return "altered: its chain value does not follow from its text and the chain value before";
        }
        atHead = false;
        chain = next.chain();
        seq = line.seq();
        if (line.entry() instanceof Entry.Head head) {
            file = head.file();
        }
        read = next;
        return null;
    }

    private @Nullable String misplaced(LogLine line) {
        if (line.seq() > seq + 1) {
            return "missing, out of order or altered: seq " + line.seq() + " stands where " + (seq + 1) + " belongs";
        }
        if (line.seq() <= seq) {
            return "repeated, out of order or altered: seq " + line.seq() + " stands where " + (seq + 1) + " belongs";
        }
        if (line.entry() instanceof Entry.Head head) {
            if (head.file() != file + 1) {
                return "out of order or altered: file " + head.file() + " stands where " + (file + 1) + " belongs";
            }
            if (!head.previous().equals(chain)) {
                return "altered: it does not name the chain value that the file before ends with";
            }
        }
        return null;
    }

    /** The chain value of the last line that followed, or what the first has to follow. */
    String chain() {
        return chain == null ? Chain.START : chain;
    }

    /** The number of the last line that followed. */
    long seq() {
        return seq;
    }

    /** The number of the file that the last line is in. */
    long file() {
        return file;
    }

    /** The last line that followed. */
    LogLine.@Nullable Chained read() {
        return read;
    }
}
