package dev.lockstep.server.keyserver;

/** Why a client that arrives is not served. */
enum Refusal {
    NO_KEY("no key is for it"),

    /** For now: an answer would be final, so there is none. */
    NO_PLACE("too many connections are open");

    private final String reason;

    Refusal(String reason) {
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
