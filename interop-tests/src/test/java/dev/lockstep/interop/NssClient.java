package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * NSS's {@code tstclnt}, its trust kept in a database that {@code certutil} makes. It reads its input until it can
 * read, and a closed pipe cannot be read, so it gets a file: one request, the payload in a header, one answer.
 */
final class NssClient implements Peer {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final Pattern ANSWER = Pattern.compile("(?m)^HTTP/1\\.[01] 200 ");

    private final Path directory;
    private final Map<Path, Path> databases = new ConcurrentHashMap<>();

    NssClient(Path directory) {
        this.directory = directory;
    }

    @Override
    public String name() {
        return "NSS";
    }

    @Override
    public void require() {
        Tools.require(List.of("tstclnt", "certutil"), "libnss3-tools");
    }

    /** NSS has no Ed25519 or Ed448 in TLS, and does not offer rsa_pss_pss_* unless told to. */
    @Override
    public Set<KeyKind> kinds() {
        return EnumSet.complementOf(EnumSet.of(KeyKind.ED25519, KeyKind.ED448, KeyKind.RSA_PSS_2048));
    }

    @Override
    public Service service() {
        return Service.HTTP;
    }

    @Override
    public Exchange talk(Target target, String payload) throws IOException, InterruptedException {
        return talk(target, List.of(), payload);
    }

    Exchange talk(Target target, List<String> options, String payload) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("tstclnt", "-4", "-h", "127.0.0.1", "-a", target.host()));
        command.addAll(List.of("-p", Integer.toString(target.port()), "-V", "tls1.2:tls1.2", "-v"));
        command.addAll(List.of("-d", "sql:" + database(target.trust())));
        command.addAll(options);
        Path request = Files.createTempFile(Files.createDirectories(directory), "request", ".txt");
        Files.writeString(request, "GET / HTTP/1.0\r\nX-Payload: " + payload.replace("\n", "") + "\r\n\r\n");
        command.addAll(List.of("-A", request.toString()));
        Program.Finished result = Program.run(command, LIMIT);
        Files.delete(request);
        Exchange.Outcome outcome = Exchange.Outcome.FAILED;
        if (result.exit() == 0 && ANSWER.matcher(result.output()).find()) {
            outcome = Exchange.Outcome.COMPLETED;
        } else if (result.exit() != 0 && result.output().contains("authentication of server cert failed")) {
            outcome = Exchange.Outcome.CERTIFICATE_REFUSED;
        }
        return new Exchange(outcome, String.join(" ", command) + "\n" + result.output());
    }

    private Path database(Path trust) {
        return databases.computeIfAbsent(trust, this::makeDatabase);
    }

    private Path makeDatabase(Path trust) {
        try {
            Path database = Files.createTempDirectory(Files.createDirectories(directory), "nssdb");
            NssDatabase.create(database, trust);
            return database;
        } catch (IOException e) {
            throw new IllegalStateException("cannot make the NSS database", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the NSS database was made", e);
        }
    }
}
