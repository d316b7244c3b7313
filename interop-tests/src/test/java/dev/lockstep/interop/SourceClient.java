package dev.lockstep.interop;

import dev.lockstep.interop.Setup.Service;
import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A small client of this project's own on the TLS library of others. Its source lies in {@code src/test/clients}, and
 * what is there in a compiled language is compiled when first needed. All of them take the same arguments and say the
 * same lines.
 */
final class SourceClient implements Peer {
    private static final Path SOURCES = Path.of("src", "test", "clients").toAbsolutePath();
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int REFUSED = 2;

    /** Stand for files in a command that compiles. */
    private static final String SOURCE = "{source}";

    private static final String PROGRAM = "{program}";

    /** Stands for no certificate in the arguments. */
    private static final String NONE = "-";

    private final String name;
    private final String source;
    private final List<String> programs;
    private final String debianPackages;
    private final List<String> compile;
    private final Set<KeyKind> kinds;
    private final Set<Resumption> resumptions;
    private final Path directory;
    private @Nullable List<String> command;

    private SourceClient(
            String name,
            String source,
            List<String> programs,
            String debianPackages,
            List<String> compile,
            Set<KeyKind> kinds,
            Set<Resumption> resumptions,
            Path directory) {
        this.name = name;
        this.source = source;
        this.programs = programs;
        this.debianPackages = debianPackages;
        this.compile = compile;
        this.kinds = kinds;
        this.resumptions = resumptions;
        this.directory = directory.resolve("clients");
    }

    static SourceClient go(Path directory) {
        return new SourceClient(
                "Go",
                "client.go",
                List.of("go"),
                "golang-go",
                List.of("go", "build", "-o", PROGRAM, SOURCE),
                EnumSet.complementOf(EnumSet.of(KeyKind.RSA_PSS_2048, KeyKind.ED448)),
                EnumSet.of(Resumption.TICKET),
                directory);
    }

    static SourceClient mbedTls(Path directory) {
        return new SourceClient(
                "Mbed TLS",
                "mbedtls.c",
                List.of("cc"),
                "gcc libc6-dev libmbedtls-dev",
                List.of("cc", "-o", PROGRAM, SOURCE, "-lmbedtls", "-lmbedx509", "-lmbedcrypto"),
                EnumSet.complementOf(EnumSet.of(KeyKind.RSA_PSS_2048, KeyKind.ED25519, KeyKind.ED448)),
                EnumSet.allOf(Resumption.class),
                directory);
    }

    static SourceClient wolfSsl(Path directory) {
        return new SourceClient(
                "wolfSSL",
                "wolfssl.c",
                List.of("cc"),
                "gcc libc6-dev libwolfssl-dev",
                List.of("cc", "-o", PROGRAM, SOURCE, "-lwolfssl"),
                EnumSet.complementOf(EnumSet.of(KeyKind.RSA_PSS_2048)),
                EnumSet.allOf(Resumption.class),
                directory);
    }

    static SourceClient node(Path directory) {
        return new SourceClient(
                "Node",
                "client.js",
                List.of("node"),
                "nodejs",
                List.of(),
                EnumSet.allOf(KeyKind.class),
                EnumSet.allOf(Resumption.class),
                directory);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void require() {
        Needed.programs(debianPackages, programs.toArray(String[]::new));
        try {
            command();
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + source + " was compiled", e);
        }
    }

    @Override
    public Set<KeyKind> kinds() {
        return kinds;
    }

    @Override
    public Set<Resumption> resumptions() {
        return resumptions;
    }

    /** Go has it since 1.21. */
    @Override
    public boolean hasExtendedMasterSecret() {
        return !source.endsWith(".go") || GoVersion.minor() >= 21;
    }

    @Override
    public boolean hasIdentity() {
        return true;
    }

    @Override
    public Service service() {
        return Service.ECHO;
    }

    @Override
    public Exchange talk(Target target, Visit visit) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(command());
        words.addAll(List.of(Integer.toString(target.port()), target.host()));
        KeyMaterial identity = visit.identity();
        words.add(target.trust().toString());
        words.add(identity == null ? NONE : identity.chain().toString());
        words.add(identity == null ? NONE : identity.key().toString());
        words.add(Integer.toString(visit.connections()));
        try (Program client = Program.start(words)) {
            client.send(visit.payload().getBytes(StandardCharsets.US_ASCII));
            client.endInput();
            int exit = client.awaitExit(LIMIT);
            Exchange.Outcome outcome = Exchange.Outcome.FAILED;
            if (exit == 0 && reports(client.output()) == visit.connections()) {
                outcome = Exchange.Outcome.COMPLETED;
            } else if (exit == REFUSED && client.output().contains("certificate refused:")) {
                outcome = Exchange.Outcome.CERTIFICATE_REFUSED;
            }
            boolean resumed = client.output().contains("connection 2: version=TLSv1.2 resumed=yes ");
            return new Exchange(outcome, resumed, String.join(" ", words) + "\n" + client.output());
        }
    }

    private static long reports(String said) {
        return said.lines()
                .filter(line -> line.matches("connection \\d: version=TLSv1\\.2 .*"))
                .count();
    }

    /** The words that start it; compiles it the first time. */
    private synchronized List<String> command() throws IOException, InterruptedException {
        if (command == null) {
            command = compile.isEmpty()
                    ? List.of(programs.get(0), SOURCES.resolve(source).toString())
                    : List.of(compiled().toString());
        }
        return command;
    }

    private Path compiled() throws IOException, InterruptedException {
        Path program = Files.createDirectories(directory).resolve(source + ".run");
        List<String> words = compile.stream()
                .map(word ->
                        word.replace(SOURCE, SOURCES.resolve(source).toString()).replace(PROGRAM, program.toString()))
                .toList();
        // Go: one file without a module, nothing fetched, nothing kept outside the build directory.
        Map<String, String> environment = Map.of(
                "GO111MODULE",
                "off",
                "CGO_ENABLED",
                "0",
                "GOCACHE",
                directory.resolve("go-cache").toString());
        try (Program compiler = Program.start(words, environment, Path.of("."))) {
            compiler.endInput();
            int exit = compiler.awaitExit(LIMIT);
            String said = compiler.output();
            if (exit != 0 && (said.contains("No such file or directory") || said.contains("cannot find -l"))) {
                throw Needed.absent(
                        "not installed: the library of " + name + " (apt-get install " + debianPackages + ")");
            }
            if (exit != 0) {
                throw new IOException(String.join(" ", words) + "\n" + said);
            }
        }
        return program;
    }
}
