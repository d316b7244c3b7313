package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import dev.lockstep.testkit.util.Chromium;
import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Chromium without a screen: loads the page and prints its document. A home and a profile of its own hold its root; its
 * network log says what was agreed.
 */
final class ChromiumClient implements Peer {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String UNTRUSTED = "\"net_error\":-202";

    /** What its network log says of a handshake that came to its end. */
    private static final Pattern CONNECTED =
            Pattern.compile("\"is_resumed\":(true|false),[^}]*\"version\":\"TLS 1\\.2\"");

    /** What its network log says of an answer. */
    private static final Pattern ANSWERED = Pattern.compile("\"headers\":\\[\"HTTP/1\\.[01] 200 OK\"");

    /** A page of our own that loads the address after its hash into a frame, and then again into another. */
    private static final String TWICE = Path.of("src", "test", "clients", "twice.html")
            .toAbsolutePath()
            .toUri()
            .toString();

    private final Path directory;

    ChromiumClient(Path directory) {
        this.directory = directory;
    }

    @Override
    public String name() {
        return "Chromium";
    }

    @Override
    public void require() {
        Needed.programs("chromium-headless-shell", "chromium-headless-shell");
        Needed.programs("libnss3-tools", "certutil");
    }

    /** It offers neither P-521 nor the schemes of the others. */
    @Override
    public Set<KeyKind> kinds() {
        return EnumSet.of(KeyKind.RSA_2048, KeyKind.RSA_4096, KeyKind.P256, KeyKind.P384);
    }

    @Override
    public Set<Resumption> resumptions() {
        return EnumSet.allOf(Resumption.class);
    }

    @Override
    public boolean hasIdentity() {
        return false;
    }

    @Override
    public Service service() {
        return Service.HTTP;
    }

    @Override
    public Exchange talk(Target target, Visit visit) throws IOException, InterruptedException {
        Path home = Files.createTempDirectory(Files.createDirectories(directory), "chromium");
        NssDatabase.create(home.resolve(".pki").resolve("nssdb"), target.trust(), visit.identity());
        Path log = home.resolve("net.json");
        String page = "https://" + target.host() + ":" + target.port() + "/?"
                + visit.payload().replace("\n", "");
        List<String> command = Chromium.command(
                home.resolve("profile"),
                "--log-net-log=" + log,
                "--host-resolver-rules=MAP *.lockstep.test 127.0.0.1",
                "--dump-dom",
                visit.resumes() ? TWICE + "#" + page : page);
        try (Program browser = Program.start(command, Map.of("HOME", home.toString()), Path.of("."))) {
            browser.endInput();
            int exit = browser.awaitExit(LIMIT);
            String agreed = Files.readString(log);
            List<Boolean> resumed = CONNECTED
                    .matcher(agreed)
                    .results()
                    .map(match -> match.group(1).equals("true"))
                    .toList();
            long pages = ANSWERED.matcher(agreed).results().count();
            boolean loaded = browser.output()
                    .contains(visit.resumes() ? "<title>both loaded</title>" : "<title>Lockstep</title>");
            Exchange.Outcome outcome = Exchange.Outcome.FAILED;
            if (exit == 0 && loaded && resumed.size() == visit.connections() && pages == visit.connections()) {
                outcome = Exchange.Outcome.COMPLETED;
            } else if (agreed.contains(UNTRUSTED) && !loaded) {
                outcome = Exchange.Outcome.CERTIFICATE_REFUSED;
            }
            return new Exchange(
                    outcome,
                    visit.resumes() && resumed.equals(List.of(false, true)),
                    String.join(" ", command) + "\n" + browser.output());
        }
    }
}
