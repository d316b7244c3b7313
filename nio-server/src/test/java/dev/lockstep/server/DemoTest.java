package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code lockstep demo} and the line that it tells people to try, run as it is. */
@Timeout(120)
class DemoTest {

    @Test
    void theLineThatIsPrintedLoadsThePage() throws Exception {
        try (Running demo = Running.start("demo", "--port", "0")) {
            String[] curl = curlLine(demo.awaitLine("try: "));
            String page = run(curl);
            assertThat(page)
                    .contains("_ECDSA_")
                    .containsPattern(
                            "The key took \\d{3,}\\.\\d ms\\. Meanwhile the same thread served 0 other connections");
            assertThat(demo.awaitLine("RESUME")).containsSubsequence("#1 SUSPEND SIGN", "#1 RESUME  SIGN after ");
            assertThat(demo.out()).doesNotContain("STATE");

            List<String> rsa = new ArrayList<>(Arrays.asList(curl));
            rsa.addAll(List.of("--ciphers", "ECDHE-RSA-AES256-GCM-SHA384"));
            assertThat(run(rsa.toArray(String[]::new))).contains("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        }
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
        Matcher line = Pattern.compile("try: (curl --cacert \\S+ https://localhost:\\d+/)")
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
