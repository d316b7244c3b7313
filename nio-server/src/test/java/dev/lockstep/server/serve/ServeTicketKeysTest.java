package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Spawned;
import dev.lockstep.server.TestFiles;
import dev.lockstep.testkit.util.Needed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Server processes that share files of ticket keys, and OpenSSL's client that carries its session from one to another. */
@Timeout(240)
@Tag("one-jdk")
class ServeTicketKeysTest {

    @TempDir
    static Path directory;

    private static TestFiles files;

    @BeforeAll
    static void makeFiles() throws Exception {
        Needed.programs("openssl procps", "openssl", "kill");
        files = new TestFiles(directory);
    }

    private static Path keyFile(String name) throws Exception {
        byte[] content = new byte[80];
        new SecureRandom().nextBytes(content);
        return Files.write(directory.resolve(name), content);
    }

    private static Spawned serve(Path... ticketKeys) throws Exception {
        List<String> args = new ArrayList<>(
                List.of("serve", "--port", "0", "--cert", files.ecCert.toString(), "--key", files.ecKey.toString()));
        for (Path file : ticketKeys) {
            args.addAll(List.of("--ticket-keys", file.toString()));
        }
        return Spawned.start(Map.of(), List.of(), args.toArray(String[]::new));
    }

    /** Connects with the session in {@code sessionIn}, if there is one, and leaves the one that comes in {@code sessionOut}. */
    private static boolean resumes(Spawned server, Path sessionIn, Path sessionOut) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "openssl",
                "s_client",
                "-tls1_2",
                "-connect",
                "127.0.0.1:" + server.port(),
                "-sess_out",
                sessionOut.toString()));
        if (sessionIn != null) {
            command.addAll(List.of("-sess_in", sessionIn.toString()));
        }
        Process client = new ProcessBuilder(command).redirectErrorStream(true).start();
        client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        client.getOutputStream().flush();
        String printed = new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (!client.waitFor(30, TimeUnit.SECONDS)) {
            client.destroyForcibly();
            throw new AssertionError("openssl does not end: " + printed);
        }
        assertThat(printed)
                .contains("HTTP/1.0 200 OK")
                .containsPattern("(?m)^(New|Reused), TLSv1\\.2, Cipher is ECDHE");
        return printed.contains("\nReused, ");
    }

    @Test
    void processesWithTheSameFileResumeEachOthersSessionsAndAThirdFallsBackToAFullHandshake() throws Exception {
        Path shared = keyFile("shared.key");
        Path session = directory.resolve("session.pem");
        Path other = directory.resolve("other.pem");
        try (Spawned one = serve(shared);
                Spawned two = serve(shared);
                Spawned third = serve()) {
            assertThat(resumes(one, null, session)).isFalse();
            assertThat(resumes(two, session, other)).as("one's session at two").isTrue();
            assertThat(resumes(one, session, other)).as("one's session at one").isTrue();
            assertThat(resumes(third, session, other))
                    .as("one's session at the third")
                    .isFalse();
            assertThat(resumes(two, null, session)).isFalse();
            assertThat(resumes(one, session, other)).as("two's session at one").isTrue();
        }
    }

    /** The files change in place: the new key is the second one everywhere before it is the first one anywhere. */
    @Test
    void keysAreRotatedInTheirFilesWithoutLosingASession() throws Exception {
        Path first = keyFile("first.key");
        Path second = keyFile("second.key");
        byte[] old = Files.readAllBytes(first);
        byte[] next = Files.readAllBytes(second);
        Path before = directory.resolve("before.pem");
        Path after = directory.resolve("after.pem");
        Path other = directory.resolve("other.pem");
        try (Spawned one = serve(first, second);
                Spawned two = serve(first, second)) {
            assertThat(resumes(one, null, before)).isFalse();
            assertThat(nameOfTicket(before)).isEqualTo(Arrays.copyOf(old, 16));
            Files.write(first, next);
            Files.write(second, old);
            reload(one, 2);
            assertThat(resumes(one, before, other)).as("an old ticket").isTrue();
            assertThat(resumes(one, null, after)).isFalse();
            assertThat(nameOfTicket(after)).isEqualTo(Arrays.copyOf(next, 16));
            assertThat(resumes(two, after, other))
                    .as("a new ticket at a server that has not rotated yet")
                    .isTrue();
            reload(two, 2);
            assertThat(resumes(two, before, other)).as("an old ticket").isTrue();
            assertThat(resumes(two, after, other)).as("a new ticket").isTrue();
        }
    }

    private static void reload(Spawned server, int generation) throws Exception {
        Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(server.pid())).start();
        assertThat(kill.waitFor(20, TimeUnit.SECONDS)).isTrue();
        server.await("reloaded: configuration " + generation + " ");
    }

    /** The first 16 bytes of the ticket in a session file, as OpenSSL shows them. */
    private static byte[] nameOfTicket(Path session) throws Exception {
        Process show = new ProcessBuilder("openssl", "sess_id", "-in", session.toString(), "-noout", "-text")
                .redirectErrorStream(true)
                .start();
        String text = new String(show.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(show.waitFor(20, TimeUnit.SECONDS)).isTrue();
        Matcher line = Pattern.compile("0000 - ((?:[0-9a-f]{2}[ -]){16})").matcher(text);
        assertThat(line.find()).as(text).isTrue();
        return HexFormat.of().parseHex(line.group(1).replaceAll("[ -]", ""));
    }
}
