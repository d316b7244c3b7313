package dev.lockstep.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The inputs in {@code src/test/resources/seeds}, a directory for each target: examples, and what once was a finding. A file
 * {@code *.hex} has bytes in hexadecimal digits and comments from {@code #} to the end of a line; others are as they stand.
 */
final class Seeds {

    private static final Path DIRECTORY = Path.of("src", "test", "resources", "seeds");

    private Seeds() {}

    /** Returns a target's seeds by file name, in its order. */
    static Map<String, byte[]> of(Targets target) throws IOException {
        Map<String, byte[]> seeds = new TreeMap<>();
        try (Stream<Path> files = Files.list(DIRECTORY.resolve(target.id()))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                byte[] content = Files.readAllBytes(file);
                seeds.put(name, name.endsWith(".hex") ? decoded(content) : content);
            }
        }
        return seeds;
    }

    private static byte[] decoded(byte[] hex) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new String(hex, StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceFirst("#.*", "").replaceAll("\\s", ""))
                .forEach(line -> bytes.writeBytes(HexFormat.of().parseHex(line)));
        return bytes.toByteArray();
    }
}
