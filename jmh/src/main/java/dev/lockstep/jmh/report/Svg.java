package dev.lockstep.jmh.report;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A picture of labelled bars, which follows the reader's light or dark colours. */
final class Svg {
    static final int BAR = 13;

    /** Light and dark colours of a subject, by a name that is a class of the style sheet too. */
    private static final Map<String, String[]> COLOURS = new LinkedHashMap<>();

    static {
        COLOURS.put("ours", new String[] {"#1b7837", "#4caf6d"});
        COLOURS.put("providers", new String[] {"#7fbf7b", "#a6dba0"});
        COLOURS.put("jsse", new String[] {"#8c8c8c", "#9aa0a6"});
        COLOURS.put("java", new String[] {"#d8a35d", "#d8a35d"});
        COLOURS.put("native", new String[] {"#4a90c2", "#6baed6"});
        COLOURS.put("floor", new String[] {"#d9d9d9", "#444c56"});
    }

    private final StringBuilder body = new StringBuilder();
    private final int width;

    Svg(int width) {
        this.width = width;
    }

    void text(int x, int y, int size, boolean bold, String text) {
        body.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" font-size=\"%d\"%s>%s</text>%n",
                x,
                y,
                size,
                bold ? " font-weight=\"bold\"" : "",
                escaped(text)));
    }

    /** @param colour one of the names above */
    void bar(int x, int y, double length, String colour, String label) {
        body.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"%d\" class=\"%s\"/>%n",
                x,
                y,
                Math.max(1, length),
                BAR - 2,
                colour));
        text(x + (int) Math.max(1, length) + 5, y + BAR - 4, 10, false, label);
    }

    String of(int height) {
        StringBuilder style = new StringBuilder();
        StringBuilder dark = new StringBuilder();
        COLOURS.forEach((name, colours) -> {
            style.append(".%s { fill: %s }\n".formatted(name, colours[0]));
            dark.append("  .%s { fill: %s }\n".formatted(name, colours[1]));
        });
        return String.format(Locale.ROOT, """
            <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif">
            <style>
            .page { fill: #ffffff } text { fill: #1f2328 }
            %s@media (prefers-color-scheme: dark) {
              .page { fill: #0d1117 } text { fill: #e6edf3 }
            %s}
            </style>
            <rect class="page" width="100%%" height="100%%"/>
            %s</svg>
            """, width, height, style, dark, body);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
