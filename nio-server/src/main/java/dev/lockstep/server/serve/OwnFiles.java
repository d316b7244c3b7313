package dev.lockstep.server.serve;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.files.OutputFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The files that a server writes, each of which is its own: lines appended to a key would be the end of the key. */
final class OwnFiles {

    private OwnFiles() {}

    /**
     * Checks that no output is a file that is read, or another output. Devices and pipes pass, which have no content.
     *
     * @param outputs by the options that name them
     * @param read all files that are read
     */
    static void require(Map<String, Path> outputs, List<Path> read) throws UsageError {
        Map<String, Path> before = new LinkedHashMap<>();
        for (Map.Entry<String, Path> output : outputs.entrySet()) {
            String option = output.getKey();
            Path file = output.getValue();
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                continue;
            }
            for (Path input : read) {
                if (OutputFile.isSame(file, input)) {
                    throw new UsageError(
                            option, file + " is a file that this server reads", "give another path for the lines");
                }
            }
            for (Map.Entry<String, Path> other : before.entrySet()) {
                if (OutputFile.isSame(file, other.getValue())) {
                    throw new UsageError(option, file + " is the file of " + other.getKey(), "give each its own file");
                }
            }
            before.put(option, file);
        }
    }
}
