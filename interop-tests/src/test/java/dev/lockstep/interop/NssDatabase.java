package dev.lockstep.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** NSS keeps its roots in a database that {@code certutil} makes. */
final class NssDatabase {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private NssDatabase() {}

    /**
     * Makes a database in {@code directory}, which is created.
     *
     * @param trust the PEM file of the only root
     * @param identity the certificate of the client, or null; its name is {@link IdentityStore#ALIAS}
     */
    static void create(Path directory, Path trust, @Nullable KeyMaterial identity)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        run("certutil", "-N", "-d", "sql:" + directory, "--empty-password");
        run("certutil", "-A", "-d", "sql:" + directory, "-n", "root", "-t", "CT,,", "-i", trust.toString());
        if (identity != null) {
            Path file = directory.resolve("client.p12");
            try {
                IdentityStore.write(identity, file);
            } catch (GeneralSecurityException e) {
                throw new IOException("cannot write " + file, e);
            }
            run("pk12util", "-i", file.toString(), "-d", "sql:" + directory, "-W", IdentityStore.PASSWORD, "-K", "");
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Program.Finished result = Program.run(List.of(command), LIMIT);
        if (result.exit() != 0) {
            throw new IOException(String.join(" ", command) + "\n" + result.output());
        }
    }
}
