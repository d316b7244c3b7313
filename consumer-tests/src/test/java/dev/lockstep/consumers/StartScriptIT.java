package dev.lockstep.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of dist/ beside lockstep.jar: the archive is made, used, and no obstacle where it does not fit. */
@Timeout(120)
class StartScriptIT {

    @TempDir
    private Path directory;

    @Test
    void anArchiveIsUsedAndOneThatDoesNotFitChangesNothing() throws Exception {
        copy(Path.of(System.getProperty("lockstep.jar")));
        Path start = copy(Path.of("../dist/lockstep"));
        Path make = copy(Path.of("../dist/lockstep-archive"));

        String without = version(start);
        assertThat(loadedFromArchive()).isFalse();

        String archive = run(List.of(make.toString())).strip();
        assertThat(Path.of(archive)).exists();
        // There is no recording: the classes of the Flight Recorder would keep the first client waiting.
        assertThat(loaded("jdk.jfr.internal.")).isFalse();
        assertThat(version(start)).isEqualTo(without);
        assertThat(loadedFromArchive()).isTrue();
        if (Runtime.version().feature() < 25) { // an AOT cache has no class files as old as picocli's
            assertThat(loaded("picocli.CommandLine source: shared objects file"))
                    .isTrue();
        }

        Files.writeString(Path.of(archive), "no archive");
        assertThat(version(start)).isEqualTo(without);
        assertThat(loadedFromArchive()).isFalse();
    }

    /** What it prints on both streams, so that a warning of the JVM is seen. */
    private String version(Path start) throws Exception {
        String printed = run(List.of(start.toString(), "--version"));
        assertThat(printed).startsWith("Lockstep ");
        return printed;
    }

    private boolean loadedFromArchive() throws IOException {
        return loaded("dev.lockstep.server.Main source: shared objects file");
    }

    private boolean loaded(String text) throws IOException {
        try (Stream<String> lines = Files.lines(directory.resolve("classes.log"))) {
            return lines.anyMatch(line -> line.contains(text));
        }
    }

    private Path copy(Path file) throws IOException {
        return Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
    }

    private String run(List<String> command) throws Exception {
        Path log = directory.resolve("output.txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("LOCKSTEP_JAVA_OPTIONS", "-Xlog:class+load:file=" + directory.resolve("classes.log"));
        Process process = builder.start();
        boolean ended = process.waitFor(100, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        String printed = Files.readString(log);
        assertThat(ended && process.exitValue() == 0).as(printed).isTrue();
        return printed;
    }
}
