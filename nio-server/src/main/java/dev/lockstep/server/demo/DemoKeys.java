package dev.lockstep.server.demo;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.keyserver.ServedKeys;
import dev.lockstep.server.pem.PemFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/**
 * Keys that are made in the process that serves them, with certificates for localhost from an authority that is thrown
 * away. What others need is written to a directory: ca.pem, rsa.pem, ec.pem.
 */
public final class DemoKeys {

    private static final List<String> NAMES = List.of("rsa", "ec");

    private DemoKeys() {}

    /**
     * Makes the keys and adds them.
     *
     * @param kept whether they are kept in files too, for their owner alone, and used again when those are there
     */
    public static void addTo(ServedKeys keys, Path directory, boolean kept, Instant now)
            throws UsageError, IOException {
        try {
            Files.createDirectories(directory);
            if (kept && allThere(directory)) {
                for (String name : NAMES) {
                    keys.add("demo " + name, load(directory.resolve(name + ".key")));
                }
                return;
            }
            ThrowawayCa ca = new ThrowawayCa(now);
            Files.writeString(directory.resolve("ca.pem"), ThrowawayCa.pem(ca.certificate()));
            for (String name : NAMES) {
                KeyPair pair = name.equals("rsa") ? ca.rsa() : ca.ec();
                keys.add("demo " + name, pair.getPrivate());
                if (kept) {
                    writePrivate(directory.resolve(name + ".key"), pair.getPrivate());
                }
                Files.writeString(directory.resolve(name + ".pem"), ThrowawayCa.pem(ca.issueForLocalhost(pair)));
            }
        } catch (FileAlreadyExistsException e) {
            throw new UsageError(
                    "--demo-keys",
                    e.getFile() + " is there already, and not all that belongs to it",
                    "give a new directory");
        } catch (GeneralSecurityException e) {
            throw new IOException("the demo keys cannot be made", e);
        }
    }

    /** The files of a directory in which keys are kept. */
    public static List<Path> keyFiles(Path directory) {
        return NAMES.stream().map(name -> directory.resolve(name + ".key")).toList();
    }

    private static boolean allThere(Path directory) {
        return Files.exists(directory.resolve("ca.pem"))
                && NAMES.stream()
                        .allMatch(name -> Files.exists(directory.resolve(name + ".pem"))
                                && Files.exists(directory.resolve(name + ".key")));
    }

    private static PrivateKey load(Path file) throws UsageError {
        return PemFiles.privateKey("--demo-keys", file);
    }

    private static void writePrivate(Path file, PrivateKey key) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                file,
                ThrowawayCa.pem(new JcaPKCS8Generator(key, null).generate()),
                StandardOpenOption.TRUNCATE_EXISTING);
    }
}
