package dev.lockstep.interop;

import java.util.regex.Pattern;

/** What clients that load the server's page have in common. */
final class HttpClients {
    private static final Pattern PAGE = Pattern.compile("(?s)<title>Lockstep</title>.*?</body></html>");

    private HttpClients() {}

    /** How often the page is there from its first to its last line. */
    static long pages(String text) {
        return PAGE.matcher(text).results().count();
    }
}
