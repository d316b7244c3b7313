package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --version} names the commit, where the build could know it. */
class VersionTest {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @ParameterizedTest
    @ValueSource(strings = {"", "serve", "keyserver", "demo", "audit"})
    void theCommitOfTheBuildIsNamed(String command) throws Exception {
        String[] args =
                Stream.of(command, "--version").filter(word -> !word.isEmpty()).toArray(String[]::new);
        Running program = Running.finished(Map.of(), args);
        assertThat(program.exitCode()).isZero();
        boolean repository = Files.exists(Path.of("..", ".git", "HEAD"));
        assertThat(program.out().lines().toList()).hasSize(3).satisfies(lines -> {
            assertThat(lines.get(0)).matches("Lockstep \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
            assertThat(lines.get(1)).matches(repository ? "Commit: [0-9a-f]{40}" : "Commit: ([0-9a-f]{40}|unknown)");
            assertThat(lines.get(2))
                    .startsWith("JDK: ")
                    .contains(Runtime.version().toString());
        });
    }

    private static String commit(String built, String archived) {
        Properties build = new Properties();
        build.setProperty("commit", built);
        build.setProperty("archive", archived);
        return Version.commit(build);
    }

    @Test
    void anArchiveHasTheCommitOfItsOwnAndAPlaceholderIsNone() {
        assertThat(commit(COMMIT, "$Format:%H$")).isEqualTo(COMMIT);
        assertThat(commit("${git.commit.id}", COMMIT)).isEqualTo(COMMIT);
        assertThat(commit("${git.commit.id}", "$Format:%H$")).isEqualTo("unknown");
        assertThat(Version.commit(new Properties())).isEqualTo("unknown");
    }
}
