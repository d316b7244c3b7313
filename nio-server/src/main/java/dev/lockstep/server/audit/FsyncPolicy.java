package dev.lockstep.server.audit;

/**
 * When the log waits until its lines are on the disk. Whatever the policy, it does so when a file is finished and when
 * the log is closed; a crash of the process alone loses nothing under any policy.
 *
 * @param interval 0: otherwise never; 1: after each line; N: after every N lines
 */
public record FsyncPolicy(int interval) {

    /** Left to the operating system: a power failure may take the last seconds. */
    public static final FsyncPolicy NEVER = new FsyncPolicy(0);

    /** No operation's line is lost, at the cost of a disk write for each. */
    public static final FsyncPolicy EACH = new FsyncPolicy(1);

    /** @throws IllegalArgumentException when {@code interval} is negative */
    public FsyncPolicy {
        if (interval < 0) {
            throw new IllegalArgumentException("interval: " + interval + " is negative; use 0 for never");
        }
    }

    /** After every {@code lines} lines; a power failure takes at most one line less than that. */
    public static FsyncPolicy every(int lines) {
        if (lines < 1) {
            throw new IllegalArgumentException("lines: " + lines + " is below 1; use NEVER for never");
        }
        return new FsyncPolicy(lines);
    }

    /**
     * The policy that {@code text} names: {@code never}, {@code each}, or the number of lines.
     *
     * @throws IllegalArgumentException when it names none
     */
    public static FsyncPolicy parse(String text) {
        return switch (text) {
            case "never" -> NEVER;
            case "each" -> EACH;
            default -> {
                int lines = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
                if (lines == 0) {
                    throw new IllegalArgumentException(
                            "fsync: '" + text + "' is no policy; use never, each or a number of lines");
                }
                yield every(lines);
            }
        };
    }

    boolean isDue(int unsynced) {
        return interval > 0 && unsynced >= interval;
    }
}
