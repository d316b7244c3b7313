package dev.lockstep.tls.internal.record;

import java.nio.ByteBuffer;

/**
 * Joins alerts, which are two bytes and may be split over records or share one (RFC 5246 section 6.2.1 allows both for every
 * content type but application data).
 */
public final class AlertJoiner {
    /** What {@link #next} answers when no alert is complete. */
    public static final int NONE = -1;

    private int level = NONE;

    /**
     * Takes bytes up to the end of the first alert.
     *
     * @param fragment bytes of alert records in order; its position is moved on
     * @return {@code level << 8 | description} as sent, known or not, or {@link #NONE} when the fragment is used up
     */
    public int next(ByteBuffer fragment) {
        if (level == NONE) {
            if (!fragment.hasRemaining()) {
                return NONE;
            }
            level = fragment.get() & 0xff;
        }
        if (!fragment.hasRemaining()) {
            return NONE;
        }
        int alert = level << 8 | (fragment.get() & 0xff);
        level = NONE;
        return alert;
    }

    /** Whether half an alert is here. */
    public boolean hasPartial() {
        return level != NONE;
    }
}
