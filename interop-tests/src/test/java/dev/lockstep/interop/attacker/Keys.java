package dev.lockstep.interop.attacker;

import java.util.List;

/** How the server's key answers. */
enum Keys {
    /** In the step that asks. */
    INLINE("inline", List.of("--key-inline")),
    /** Later, the handshake being suspended meanwhile: long enough for an attack to arrive. */
    SLOW("after " + Keys.DELAY_MILLIS + " ms", List.of("--key-delay-ms", Integer.toString(Keys.DELAY_MILLIS)));

    private static final int DELAY_MILLIS = 120;

    private final String title;
    private final List<String> options;

    Keys(String title, List<String> options) {
        this.title = title;
        this.options = options;
    }

    List<String> options() {
        return options;
    }

    @Override
    public String toString() {
        return title;
    }
}
