package dev.lockstep.server.audit;

import org.jspecify.annotations.Nullable;

/** Follows the lines of a log, file after file, and says what is wrong with the first that does not follow. */
final class ChainCheck {

    private final @Nullable CheckpointKey key;
    private @Nullable String chain;
    private @Nullable String first;
    private boolean due;
    private long uncovered;
    private long seq;
    private long file;
    private boolean numbered;
    private boolean atHead;
    private LogLine.@Nullable Chained read;

    private ChainCheck(@Nullable String chain, boolean numbered, @Nullable CheckpointKey key) {
        this.key = key;
        this.chain = chain;
        this.numbered = numbered;
    }

    /**
     * A log from its very first line on, with a checkpoint before its first use.
     *
     * @param key demands and checks checkpoints; null to pass over them
     */
    static ChainCheck fromStart(@Nullable CheckpointKey key) {
        ChainCheck check = new ChainCheck(Chain.START, true, key);
        check.due = true;
        return check;
    }

    /** A log from the file on that follows the chain value {@code previous}. */
    static ChainCheck after(String previous, @Nullable CheckpointKey key) {
        return new ChainCheck(previous, false, key);
    }

    /** One file whose head line is believed. */
    static ChainCheck ofOneFile(@Nullable CheckpointKey key) {
        return new ChainCheck(null, false, key);
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
            if (first == null) {
                first = chain;
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
        wrong = uncovered(line);
        if (wrong != null) {
            return wrong;
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

    private @Nullable String uncovered(LogLine line) {
        if (line.entry() instanceof Entry.Checkpoint checkpoint) {
            if (key != null && !key.accepts(line.seq(), chain(), checkpoint.mac())) {
                return "altered: this checkpoint was not made with the key, or not for the lines before it";
            }
            due = false;
            uncovered = 0;
        } else if (line.entry() instanceof KeyUse) {
            if (key != null && (due || uncovered >= KeyUseLog.CHECKPOINT_INTERVAL)) {
                return "missing: a checkpoint is due before this line";
            }
            uncovered++;
        }
        return null;
    }

    /** How many uses follow the last checkpoint. */
    long uncovered() {
        return uncovered;
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

    /** The chain value that the first line follows; null before it was read. */
    @Nullable
    String first() {
        return first;
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
