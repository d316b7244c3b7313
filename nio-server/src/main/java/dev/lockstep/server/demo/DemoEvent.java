package dev.lockstep.server.demo;

import java.util.Locale;

/** An event for the page: a JSON object in one line of ASCII. */
final class DemoEvent {

    private final StringBuilder json = new StringBuilder(120);

    /** @param millis when it happened, in milliseconds of the demo's own clock */
    private DemoEvent(String kind, double millis) {
        json.append("{\"kind\":\"").append(kind).append('"');
        with("t", millis);
    }

    static DemoEvent of(String kind, double millis) {
        return new DemoEvent(kind, millis);
    }

    DemoEvent with(String name, long number) {
        json.append(",\"").append(name).append("\":").append(number);
        return this;
    }

    DemoEvent with(String name, double number) {
        json.append(",\"").append(name).append("\":").append(String.format(Locale.ROOT, "%.3f", number));
        return this;
    }

    DemoEvent with(String name, String text) {
        json.append(",\"").append(name).append("\":\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
                json.append(c);
            } else {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        json.append('"');
        return this;
    }

    /** Returns the event as {@code text/event-stream} carries it. */
    String message() {
        return "data: " + json + "}\n\n";
    }
}
