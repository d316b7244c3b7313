package dev.lockstep.server.demo;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.files.OutputFile;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.jspecify.annotations.Nullable;

/**
 * Keys that are made in the process that serves them, with certificates for localhost from an authority that is thrown
 * away. What others need is written to a directory: ca.pem, rsa.pem, ec.pem.
 */
public final class DemoKeys {

    private static final List<String> NAMES = List.of("rsa", "ec");

    private final Path directory;
    private final boolean kept;

    private final Map<String, KeyPair> made = new LinkedHashMap<>();

    /** Null when the keys of the files serve. */
    private final @Nullable ThrowawayCa ca;

    private DemoKeys(Path directory, boolean kept, @Nullable ThrowawayCa ca) {
        this.directory = directory;
        this.kept = kept;
        this.ca = ca;
    }

    /**
     * Makes the keys, or finds those of an earlier time, and adds them. Nothing is written yet.
     *
     * @param kept whether they are kept in files too, for their owner alone, and used again when those are there
     */
    public static DemoKeys addTo(ServedKeys keys, Path directory, boolean kept, Instant now)
            throws UsageError, IOException {
        if (kept && allThere(directory)) {
            for (String name : NAMES) {
                keys.add("demo " + name, load(directory.resolve(name + ".key")));
            }
            return new DemoKeys(directory, true, null);
        }
        try {
            ThrowawayCa ca = new ThrowawayCa(now);
            DemoKeys demo = new DemoKeys(directory, kept, ca);
            for (String name : NAMES) {
                KeyPair pair = name.equals("rsa") ? ca.rsa() : ca.ec();
                demo.made.put(name, pair);
                keys.add("demo " + name, pair.getPrivate());
            }
            return demo;
        } catch (GeneralSecurityException e) {
            throw new IOException("the demo keys cannot be made", e);
        }
    }

    /**
     * Writes what others need, in place of what an earlier run has written: not before it is known that no key server listens, which
     * may have the keys of the certificates that are there.
     */
    public void write() throws UsageError, IOException {
        ThrowawayCa authority = ca;
        if (authority == null) {
            return;
        }
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("ca.pem"), ThrowawayCa.pem(authority.certificate()));
            for (Map.Entry<String, KeyPair> each : made.entrySet()) {
                if (kept) {
                    writePrivate(
                            directory.resolve(each.getKey() + ".key"),
                            each.getValue().getPrivate());
                }
                Files.writeString(
                        directory.resolve(each.getKey() + ".pem"),
                        ThrowawayCa.pem(authority.issueForLocalhost(each.getValue())));
            }
        } catch (FileAlreadyExistsException e) {
            throw new UsageError(
                    "--demo-keys",
                    e.getFile() + " is there already, and not all that belongs to it",
                    "give a new directory");
        } catch (IOException e) {
            throw new UsageError(
                    "--demo-keys", OutputFile.cause(e), "give a directory that can be made, or that you may write to");
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificates of the demo keys cannot be made", e);
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
