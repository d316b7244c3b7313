package dev.lockstep.jmh.growth;

import java.util.List;

/** What there can be many of in one server, and the figure that should stay where it is. */
public enum Growing {
    NAMES("build(), per host name", 1, 100, 1000, 10_000),
    AUTHORITIES("handshake, so many authorities trusted for clients", 1, 10, 100, 500),
    CREDENTIALS("handshake, so many credentials to choose from", 1, 8, 64),
    IDLE("handshake before an idle connection, and its heap", 100, 1000, 20_000);

    private final String title;
    private final List<Integer> counts;

    Growing(String title, Integer... counts) {
        this.title = title;
        this.counts = List.of(counts);
    }

    /** For tables. */
    public String title() {
        return title;
    }

    /** How many there are, from few to many. */
    public List<Integer> counts() {
        return counts;
    }
}
