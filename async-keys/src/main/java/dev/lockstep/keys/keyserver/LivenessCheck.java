package dev.lockstep.keys.keyserver;

/** Whether a key server that owes answers is still there: asked with a ping after a silence, given up after another. */
final class LivenessCheck {

    private final long silenceNanos;
    private long heardAt;
    private long askedAt;
    private long pingId;

    LivenessCheck(long silenceNanos) {
        this.silenceNanos = silenceNanos;
    }

    /** Something arrived, or the first of the open requests was sent. */
    void heard(long now) {
        heardAt = now;
    }

    void asked(long id, long now) {
        pingId = id;
        askedAt = now;
    }

    /** Returns whether this was the answer to our question. */
    boolean answered(long id) {
        boolean ours = pingId != 0 && id == pingId;
        if (ours) {
            pingId = 0;
        }
        return ours;
    }

    boolean wantsPing(long now) {
        return pingId == 0 && now - heardAt - silenceNanos >= 0;
    }

    /** Returns whether the question has gone without an answer, and without any other, for too long. */
    boolean isOver(long now) {
        return pingId != 0 && now - dueNanos() >= 0;
    }

    /** Returns when to look again. */
    long dueNanos() {
        long from = pingId == 0 || heardAt - askedAt > 0 ? heardAt : askedAt;
        return from + silenceNanos;
    }

    void reset() {
        pingId = 0;
    }
}
