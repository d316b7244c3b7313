package dev.lockstep.interop.tlsfuzzer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One conversation as the observer saw it.
 *
 * @param name its name in the script
 * @param passed whether it ran to its end
 * @param cause what went wrong and what was expected; empty if it passed
 */
record Observation(String name, boolean passed, String cause) {

    static List<Observation> read(Path file) throws IOException {
        List<Observation> observations = new ArrayList<>();
        if (!Files.exists(file)) {
            return observations;
        }
        for (String line :
                Files.readString(file, StandardCharsets.UTF_8).lines().toList()) {
            String[] cells = line.split("\t", -1);
            if (cells.length == 4) {
                boolean passed = cells[1].equals("ok");
                observations.add(
                        new Observation(cells[0], passed, passed ? "" : cells[2] + " <- expected " + cells[3]));
            }
        }
        return observations;
    }
}
