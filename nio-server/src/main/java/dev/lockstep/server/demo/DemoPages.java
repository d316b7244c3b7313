package dev.lockstep.server.demo;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of the page, by their paths. */
final class DemoPages {

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private final Map<String, DemoResponse> files = new LinkedHashMap<>();

    private DemoPages() {}

    /**
     * Reads them from the program.
     *
     * @param delayMillis how much time every operation of the key takes
     */
    static DemoPages load(int delayMillis) throws IOException {
        DemoPages pages = new DemoPages();
        for (String name : new String[] {"page.js", "model.js", "timeline.js", "page.css", "table.css", "icon.svg"}) {
            pages.put("/" + name, name, read(name));
        }
        String page = read("page.html")
                .replace("<!-- rows of the table -->", DemoTable.html(DemoTable.rows(read("handshake.md"))))
                .replace("<!-- milliseconds -->", Integer.toString(delayMillis))
                .replace("<!-- handshakes -->", Integer.toString(DemoBurst.HANDSHAKES));
        pages.put("/", "page.html", page);
        return pages;
    }

    @Nullable
    DemoResponse get(String path) {
        return files.get(path);
    }

    private void put(String path, String name, String text) {
        String type = TYPES.getOrDefault(name.substring(name.indexOf('.') + 1), DemoResponse.TEXT);
        files.put(path, new DemoResponse("200 OK", type, text));
    }

    private static String read(String name) throws IOException {
        try (InputStream in = DemoPages.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException(name + " is missing in this program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
