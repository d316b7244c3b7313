package dev.lockstep.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** NSS keeps its roots in a database that {@code certutil} makes. */
final class NssDatabase {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private NssDatabase() {}

    /** Makes a database in {@code directory}, which is created, with the root in the PEM file {@code trust}. */
    static void create(Path directory, Path trust) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        certutil("-N", "-d", "sql:" + directory, "--empty-password");
        certutil("-A", "-d", "sql:" + directory, "-n", "root", "-t", "CT,,", "-i", trust.toString());
    }

    private static void certutil(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("certutil"));
        command.addAll(List.of(arguments));
        Program.Finished result = Program.run(command, LIMIT);
        if (result.exit() != 0) {
            throw new IOException(String.join(" ", command) + "\n" + result.output());
        }
    }
}
