package dev.lockstep.interop.tlsfuzzer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the data files of the harness. */
final class Resources {
    private Resources() {}

    /** A file of the directory {@code tlsfuzzer} of the test resources. */
    static String text(String name) throws IOException {
        try (InputStream in = Resources.class.getResourceAsStream("/tlsfuzzer/" + name)) {
            if (in == null) {
                throw new IOException("no resource tlsfuzzer/" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The cells of every line but the comments, the heading among them. */
    static List<List<String>> table(String name) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        for (String line : text(name).lines().toList()) {
            if (!line.isBlank() && !line.startsWith("#")) {
                rows.add(List.of(line.split("\t", -1)));
            }
        }
        return rows;
    }
}
