package dev.lockstep.server;

import dev.lockstep.testkit.util.Needed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A SoftHSM token that holds the keys of {@link TestFiles}, for a process that is told so by its environment. */
public final class TokenFiles {

    public static final String PIN = "1234";

    public static final Path LIBRARY = Stream.of(
                    "/usr/lib/softhsm",
                    "/usr/lib/x86_64-linux-gnu/softhsm",
                    "/usr/lib/aarch64-linux-gnu/softhsm",
                    "/usr/lib64/pkcs11")
            .map(place -> Path.of(place, "libsofthsm2.so"))
            .filter(Files::exists)
            .findFirst()
            .orElse(Path.of("/usr/lib/softhsm/libsofthsm2.so"));

    private final Path directory;

    /** The token; without the programs it needs a test is skipped and says so, in CI it fails. */
    public TokenFiles(Path directory, TestFiles files) throws Exception {
        this.directory = directory;
        Needed.programs("softhsm2 opensc", LIBRARY.toString(), "softhsm2-util", "pkcs11-tool");
        Files.createDirectories(tokens());
        Files.writeString(
                configuration(),
                "directories.tokendir = " + tokens() + "\nobjectstore.backend = file\nlog.level = ERROR\n");
        run("softhsm2-util", "--init-token", "--free", "--label", "lockstep", "--so-pin", "5678", "--pin", PIN);
        load(files.rsaKey, files.rsaCert, "01");
        load(files.ecKey, files.ecCert, "02");
        Files.writeString(pinFile(), PIN + "\n");
        Files.setPosixFilePermissions(pinFile(), PosixFilePermissions.fromString("rw-------"));
    }

    /** Where this JVM's own token belongs: SoftHSM reads the environment alone, which the build sets. */
    public static Path ownDirectory() throws IOException {
        String settings = System.getenv("SOFTHSM2_CONF");
        if (settings == null) {
            throw Needed.absent("SOFTHSM2_CONF is not set; the build does that");
        }
        Path directory = Path.of(settings).getParent();
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return Files.createDirectories(directory);
    }

    private void load(Path key, Path certificate, String id) throws Exception {
        importKey(key, id);
        addCertificate(certificate, id);
    }

    /** Adds a private key without a certificate. */
    public void importKey(Path key, String id) throws Exception {
        run(
                "softhsm2-util",
                "--import",
                key.toString(),
                "--token",
                "lockstep",
                "--label",
                id,
                "--id",
                id,
                "--pin",
                PIN);
    }

    /** Adds a certificate in PEM. */
    public void addCertificate(Path certificate, String id) throws Exception {
        Path der = directory.resolve(id + ".der");
        Files.write(der, KeyServerLoop.certificate(certificate).getEncoded());
        run(
                "pkcs11-tool",
                "--module",
                LIBRARY.toString(),
                "--token-label",
                "lockstep",
                "--login",
                "--pin",
                PIN,
                "--write-object",
                der.toString(),
                "--type",
                "cert",
                "--id",
                id);
    }

    public Path tokens() {
        return directory.resolve("tokens");
    }

    public Path pinFile() {
        return directory.resolve("pin");
    }

    private Path configuration() {
        return directory.resolve("softhsm2.conf");
    }

    /** What a process needs in its environment to find the token. */
    public Map<String, String> variables() {
        return Map.of("SOFTHSM2_CONF", configuration().toString());
    }

    private void run(String... command) throws Exception {
        Path output = directory.resolve("tool.out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(variables());
        Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command[0] + " does not end");
        }
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + Files.readString(output));
        }
    }
}
