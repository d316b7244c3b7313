package dev.lockstep.jmh.engine;

/** How an engine remembers a session, which is also how a client that comes back offers it. */
public enum Resumption {
    NONE,
    BY_ID,
    BY_TICKET;

    /** For tables. */
    public String title() {
        return switch (this) {
            case NONE -> "full";
            case BY_ID -> "by session ID";
            case BY_TICKET -> "by ticket";
        };
    }
}
