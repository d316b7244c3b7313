package dev.lockstep.jmh.slow;

import dev.lockstep.jmh.engine.LockstepEngine;
import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.tls.provider.CryptoProviders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Lockstep with its key server in a process of its own, whose keys are as slow as the others'. */
final class SlowKeyServer implements SlowServer {
    private static final int START_MILLIS = 30_000;
    private static final int PAUSE_MILLIS = 50;

    private final Path directory;
    private final Process process;
    private final Selector selector;
    private final KeyServerKeys keys;
    private final SlowLockstep server;

    SlowKeyServer() throws GeneralSecurityException {
        try {
            directory = Files.createTempDirectory("lockstep-slow");
            Path socket = directory.resolve("keys.sock");
            process = start(socket);
            // A measurement that fails is not closed.
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
            awaitFile(socket);
            X509Certificate certificate = certificate(directory.resolve("ec.pem"));
            selector = Selector.open();
            keys = KeyServerKeys.unix(socket).build();
            keys.register(selector);
            server = SlowLockstep.of(LockstepEngine.builder(SlowKeyBenchmark.SCENARIO, CryptoProviders.NONE)
                    .credential(keys.credential(List.of(certificate)))
                    .build());
            while (!keys.isConnected()) {
                turn(true);
            }
        } catch (IOException e) {
            throw new GeneralSecurityException("the key server does not start", e);
        }
    }

    private Process start(Path socket) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.lockstep.server.Main",
                        "keyserver",
                        "--socket=" + socket,
                        "--demo-keys=" + directory,
                        "--demo-key-delay-ms=" + SlowKind.KEY_MILLIS,
                        "--rate=0",
                        "--log-level=error")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private void awaitFile(Path socket) throws IOException {
        try {
            for (int i = 0; i < START_MILLIS / PAUSE_MILLIS; i++) {
                if (Files.exists(socket)) {
                    return;
                }
                if (process.waitFor(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                    throw new IOException("exit status " + process.exitValue());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroy();
        throw new IOException("no socket after " + START_MILLIS + " ms");
    }

    private static X509Certificate certificate(Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    @Override
    public Session accept(Runnable wake) {
        return server.accept(wake);
    }

    @Override
    public boolean turn(boolean wait) throws IOException {
        if (wait) {
            selector.select(PAUSE_MILLIS);
        } else {
            selector.selectNow();
        }
        for (SelectionKey key : selector.selectedKeys()) {
            keys.onReady(key);
        }
        selector.selectedKeys().clear();
        keys.tick(System.nanoTime());
        return true;
    }

    @Override
    public void close() {
        keys.close();
        process.destroy();
        try (Stream<Path> files = Files.walk(directory)) {
            selector.close();
            process.waitFor(START_MILLIS, TimeUnit.MILLISECONDS);
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println(directory + " is left behind: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
