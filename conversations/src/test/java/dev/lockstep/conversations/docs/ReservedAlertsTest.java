package dev.lockstep.conversations.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.spec.AlertDescription;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Alerts that have a number, so that they can be read, and that are never sent. */
class ReservedAlertsTest {

    @ParameterizedTest
    @EnumSource(names = {"DECRYPTION_FAILED", "NO_CERTIFICATE", "EXPORT_RESTRICTION"})
    void noLineOfTheProtocolNamesAReservedAlert(AlertDescription reserved) throws IOException {
        // RFC 5246 7.2.2-6, 7.2.2-7, 7.2.2-8
        try (Stream<Path> files = Files.walk(Path.of("..", "tls-core", "src", "main", "java"))) {
            List<Path> naming = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("AlertDescription.java"))
                    .filter(file -> read(file).contains(reserved.name()))
                    .toList();
            assertThat(naming).isEmpty();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
