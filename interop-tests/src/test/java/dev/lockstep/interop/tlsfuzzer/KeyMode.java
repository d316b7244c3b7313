package dev.lockstep.interop.tlsfuzzer;

import java.util.List;

/** Where the private keys of the server are: the whole list is run with each. */
enum KeyMode {
    INLINE("inline", "--key-inline"),
    DELAYED("after 20 ms", "--key-delay-ms", "20");

    private final String title;
    private final List<String> options;

    KeyMode(String title, String... options) {
        this.title = title;
        this.options = List.of(options);
    }

    /** What the report calls it. */
    String title() {
        return title;
    }

    List<String> options() {
        return options;
    }
}
