package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import dev.lockstep.testkit.util.Needed;
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
import org.jspecify.annotations.Nullable;

/**
 * NSS's {@code tstclnt}, its trust kept in a database that {@code certutil} makes. It reads its input until it can
 * read, and a closed pipe cannot be read, so it gets a file: one request, the payload in a header, one answer.
 */
final class NssClient implements Peer {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path directory;
    private final Map<Contents, Path> databases = new ConcurrentHashMap<>();

    NssClient(Path directory) {
        this.directory = directory;
    }

    @Override
    public String name() {
        return "NSS";
    }

    @Override
    public void require() {
        Needed.programs("libnss3-tools", "tstclnt", "certutil");
    }

    /** NSS has no Ed25519 or Ed448 in TLS, and does not offer rsa_pss_pss_* unless told to. */
    @Override
    public Set<KeyKind> kinds() {
        return EnumSet.complementOf(EnumSet.of(KeyKind.ED25519, KeyKind.ED448, KeyKind.RSA_PSS_2048));
    }

    @Override
    public Set<Resumption> resumptions() {
        return EnumSet.allOf(Resumption.class);
    }

    @Override
    public boolean hasIdentity() {
        return true;
    }

    @Override
    public Service service() {
        return Service.HTTP;
    }

    @Override
    public Exchange talk(Target target, Visit visit) throws IOException, InterruptedException {
        return talk(target, List.of(), visit);
    }

    Exchange talk(Target target, List<String> options, Visit visit) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("tstclnt", "-4", "-h", "127.0.0.1", "-a", target.host()));
        command.addAll(List.of("-p", Integer.toString(target.port()), "-V", "tls1.2:tls1.2", "-v"));
        command.addAll(List.of("-d", "sql:" + database(new Contents(target.trust(), visit.identity()))));
        command.addAll(options);
        if (visit.identity() != null) {
            command.addAll(List.of("-n", IdentityStore.ALIAS));
        }
        if (visit.resumes()) {
            command.addAll(List.of("-L", Integer.toString(visit.connections())));
        }
        if (visit.resumption() == Resumption.TICKET) {
            command.add("-u");
        }
        Path request = Files.createTempFile(Files.createDirectories(directory), "request", ".txt");
        Files.writeString(
                request, "GET / HTTP/1.0\r\nX-Payload: " + visit.payload().replace("\n", "") + "\r\n\r\n");
        command.addAll(List.of("-A", request.toString()));
        Program.Finished result = Program.run(command, LIMIT);
        Files.delete(request);
        Exchange.Outcome outcome = Exchange.Outcome.FAILED;
        if (result.exit() == 0 && HttpClients.pages(result.output()) == visit.connections()) {
            outcome = Exchange.Outcome.COMPLETED;
        } else if (result.exit() != 0 && result.output().contains("authentication of server cert failed")) {
            outcome = Exchange.Outcome.CERTIFICATE_REFUSED;
        }
        boolean resumed = result.output().contains("\n1 cache hits; 1 cache misses,");
        return new Exchange(outcome, resumed, String.join(" ", command) + "\n" + result.output());
    }

    private Path database(Contents contents) {
        return databases.computeIfAbsent(contents, this::makeDatabase);
    }

    private Path makeDatabase(Contents contents) {
        try {
            Path database = Files.createTempDirectory(Files.createDirectories(directory), "nssdb");
            NssDatabase.create(database, contents.trust(), contents.identity());
            return database;
        } catch (IOException e) {
            throw new IllegalStateException("cannot make the NSS database", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the NSS database was made", e);
        }
    }

    private record Contents(Path trust, @Nullable KeyMaterial identity) {}
}
