package dev.lockstep.interop;

/** What clients that load the server's page have in common. */
final class HttpClients {
    private HttpClients() {}

    /** Whether the page is there from its first to its last line. */
    static boolean hasPage(String text) {
        return text.contains("<title>Lockstep</title>") && text.contains("</body></html>");
    }
}
