package dev.lockstep.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Running;
import dev.lockstep.server.Spawned;
import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code lockstep demo} and the line that it tells people to try, run as it is. */
@Timeout(120)
@Tag("one-jdk")
class DemoTest {

    @Test
    void theLineThatIsPrintedLoadsThePageAndTheKeyWorksInAnotherProcess() throws Exception {
        long child;
        Path directory;
        try (Running demo = Running.start("demo", "--port", "0")) {
            String[] curl = curlLine(demo.awaitLine("try: "));
            assertThat(demo.out())
                    .startsWith("Open https://localhost:" + demo.port() + "/ in a browser")
                    .containsPattern("^.*\nThe browser warns, because ");
            child = Long.parseLong(find(demo.out(), "process (\\d+) is the key server"));
            directory = Path.of(find(demo.out(), "asks at (\\S+)/keys\\.sock"));
            assertThat(child).isNotEqualTo(ProcessHandle.current().pid());
            assertThat(demo.out()).contains("process " + ProcessHandle.current().pid() + " is this TLS server");
            assertThat(ProcessHandle.of(child).orElseThrow().parent()).contains(ProcessHandle.current());
            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .contains("ca.pem", "ec.pem", "rsa.pem", "key-use.log", "keys.sock")
                        .noneMatch(name -> name.endsWith(".key"));
            }

            String page = run(curl);
            assertThat(page)
                    .contains("_ECDSA_")
                    .containsPattern(
                            "The key took \\d{3,}\\.\\d ms\\. Meanwhile the same thread served 0 other connections");
            assertThat(demo.awaitLine("RESUME")).containsSubsequence("#1 SUSPEND SIGN", "#1 RESUME  SIGN after ");
            assertThat(demo.awaitLine("\"operation\":\"sign:ecdsa_secp256r1_sha256\""))
                    .containsPattern("KEYLOG  \\{\"seq\":2,.*\"result\":\"ok\"");
            assertThat(demo.out()).doesNotContain("STATE");

            List<String> rsa = new ArrayList<>(Arrays.asList(curl));
            rsa.addAll(List.of("--ciphers", "ECDHE-RSA-AES256-GCM-SHA384"));
            assertThat(run(rsa.toArray(String[]::new))).contains("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
            demo.awaitLine("\"operation\":\"sign:rsa_pss");
            Running audit = Running.finished(
                    Map.of(),
                    "audit",
                    "verify",
                    directory.resolve("key-use.log").toString());
            assertThat(audit.out()).startsWith("intact: 3 lines in 1 files");
        }
        assertThat(ProcessHandle.of(child))
                .as("the key server ended with the demo")
                .isEmpty();
        assertThat(directory).doesNotExist();
    }

    @Test
    void bothProcessesEndInGoodOrderWhenTheDemoIsToldTo() throws Exception {
        try (Spawned demo = Spawned.start(Map.of(), List.of(), "demo", "--port", "0")) {
            ProcessHandle child = child(demo);
            Path directory = Path.of(demo.await("asks at (\\S+)/keys\\.sock").group(1));
            demo.await("try: ");
            demo.terminate();
            assertThat(demo.exitCode()).isEqualTo(128 + 15); // what a JVM answers to SIGTERM
            child.onExit().get(30, TimeUnit.SECONDS);
            assertThat(directory).doesNotExist();
        }
    }

    @Test
    void aControlCReachesBothAndEndsBoth() throws Exception {
        try (Spawned demo = Spawned.start(Map.of(), List.of(), "demo", "--port", "0")) {
            ProcessHandle child = child(demo);
            demo.await("try: ");
            // What a terminal does: SIGINT for every process of the group.
            List<String> interrupt = List.of("kill", "-INT", Long.toString(demo.pid()), Long.toString(child.pid()));
            try (Spawned kill = Spawned.start(Map.of(), interrupt)) {
                assertThat(kill.exitCode()).as(kill.printed()).isZero();
            }
            assertThat(demo.exitCode()).isEqualTo(128 + 2);
            child.onExit().get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void aKeyServerThatEndsAloneIsNoticed() throws Exception {
        try (Running demo = Running.start("demo", "--port", "0")) {
            String pid = find(demo.awaitLine("try: "), "process (\\d+) is the key server");
            ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly();
            demo.awaitLine("process " + pid + ", the key server, has ended");
        }
    }

    @Test
    void theKeyServerEndsEvenWhenTheDemoIsKilled() throws Exception {
        try (Spawned demo = Spawned.start(Map.of(), List.of(), "demo", "--port", "0")) {
            ProcessHandle child = child(demo);
            demo.await("try: ");
            demo.handle().destroyForcibly();
            child.onExit().get(30, TimeUnit.SECONDS);
            assertThat(child.isAlive()).isFalse();
        }
    }

    @Test
    void anOccupiedPortIsReportedBeforeAnythingIsStarted() throws Exception {
        try (ServerSocket occupying = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            String port = Integer.toString(occupying.getLocalPort());
            Running demo = Running.finished(Map.of(), "demo", "--port", port);
            assertThat(demo.exitCode()).isEqualTo(2);
            assertThat(demo.err())
                    .isEqualTo("--port: " + port + " on 127.0.0.1 is in use; choose another, or 0 for a free one\n");
            assertThat(demo.out()).isEmpty();
        }
    }

    private static ProcessHandle child(Spawned demo) throws Exception {
        long pid = Long.parseLong(demo.await("process (\\d+) is the key server").group(1));
        ProcessHandle child = ProcessHandle.of(pid).orElseThrow();
        assertThat(child.parent()).contains(demo.handle());
        return child;
    }

    private static String find(String output, String regex) {
        Matcher matcher = Pattern.compile(regex).matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        return matcher.group(1);
    }

    @Test
    void theAuthorityIsNewEachTime() throws Exception {
        try (Running first = Running.start("demo", "--port", "0");
                Running second = Running.start("demo", "--port", "0")) {
            String[] other = curlLine(second.awaitLine("try: "));
            String[] line = curlLine(first.awaitLine("try: "));
            assertThat(line[2]).isNotEqualTo(other[2]);
            line[2] = other[2]; // the wrong authority
            assertThat(exitCode(line)).isIn(35, 60); // curl: the peer's certificate is not accepted
        }
    }

    private static String[] curlLine(String output) {
        Matcher line = Pattern.compile("try: (curl --cacert \\S+ https://localhost:\\d+/connection)")
                .matcher(output);
        assertThat(line.find()).isTrue();
        return line.group(1).split(" ");
    }

    private static String run(String... command) throws Exception {
        Process process = start(command);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private static int exitCode(String... command) throws Exception {
        Process process = start(command);
        process.getInputStream().readAllBytes();
        return process.waitFor();
    }

    private static Process start(String... command) throws IOException {
        List<String> quiet = new ArrayList<>(Arrays.asList(command));
        quiet.addAll(1, List.of("-sS", "--noproxy", "*"));
        Needed.programs("curl", "curl");
        return new ProcessBuilder(quiet).redirectErrorStream(true).start();
    }
}
