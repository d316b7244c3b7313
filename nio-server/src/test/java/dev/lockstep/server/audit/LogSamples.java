package dev.lockstep.server.audit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Logs, whole and spoilt, and what the verifier says of them. */
final class LogSamples {

    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05.678901Z"), ZoneOffset.UTC);

    private LogSamples() {}

    static Path privateFile(Path file, String text) throws IOException {
        LogFiles.createPrivate(file);
        return Files.writeString(file, text);
    }

    static KeyUse use(int n) {
        return KeyUse.of(
                KeyPeer.local(1000),
                n,
                "sign:ecdsa_secp256r1_sha256",
                "server-ec",
                ("input " + n).getBytes(StandardCharsets.US_ASCII),
                "ok",
                Duration.ofNanos(412_345));
    }

    static KeyUseLog.Options options(long maxFileBytes, FsyncPolicy fsync) {
        return new KeyUseLog.Options(maxFileBytes, fsync, CLOCK);
    }

    static KeyUseLog open(Path file) throws IOException {
        return KeyUseLog.open(file, options(KeyUseLog.MAX_FILE_BYTES, FsyncPolicy.NEVER));
    }

    /** A log of one file, its lines with their line ends. */
    static List<byte[]> lines(Path directory, int uses) throws IOException {
        Path file = directory.resolve("sample.log");
        try (KeyUseLog log = open(file)) {
            for (int i = 1; i <= uses; i++) {
                log.append(use(i));
            }
        }
        return split(Files.readAllBytes(file));
    }

    static List<byte[]> split(byte[] file) {
        List<byte[]> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < file.length; i++) {
            if (file[i] == '\n') {
                lines.add(Arrays.copyOfRange(file, from, i + 1));
                from = i + 1;
            }
        }
        return lines;
    }

    static byte[] join(List<byte[]> lines) {
        int length = lines.stream().mapToInt(line -> line.length).sum();
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] line : lines) {
            System.arraycopy(line, 0, all, at, line.length);
            at += line.length;
        }
        return all;
    }

    /** The chain value of a line, taken from its text. */
    static String chainOf(byte[] line) {
        String text = new String(line, StandardCharsets.US_ASCII);
        return text.substring(text.length() - 67, text.length() - 3);
    }

    static LogVerifier.Verdict verify(byte[]... files) throws IOException {
        return verify(new LogVerifier(null, List.of()), files);
    }

    static LogVerifier.Verdict verify(LogVerifier verifier, byte[]... files) throws IOException {
        List<LogVerifier.Source> sources = new ArrayList<>();
        for (byte[] file : files) {
            String name = "file" + (sources.size() + 1);
            sources.add(new LogVerifier.Source(
                    name, (check, chains) -> FileCheck.read(new ByteArrayInputStream(file), check, chains)));
        }
        return verifier.verifySources(sources);
    }

    /** {@code file:line} of what is broken, or "intact". */
    static String place(LogVerifier.Verdict verdict) {
        return verdict instanceof LogVerifier.Broken broken ? broken.file() + ":" + broken.line() : "intact";
    }
}
