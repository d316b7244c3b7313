package dev.lockstep.server.serve;

import dev.lockstep.server.UsageError;
import dev.lockstep.tls.credential.Credential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What goes beside a certificate: an OCSP response (RFC 6066 section 8) and signed certificate timestamps (RFC 6962). */
final class StaplingOptions {

    @Option(
            names = "--ocsp",
            paramLabel = "FILE",
            description = "The OCSP response, in DER, for the --cert with the same number; a new one is read when the"
                    + " file changes.")
    private List<Path> responses = new ArrayList<>();

    @Option(
            names = "--sct",
            paramLabel = "FILE",
            description = "A signed certificate timestamp, in binary form, for the first --cert. Repeatable.")
    private List<Path> timestamps = new ArrayList<>();

    /** Every file that is read. */
    List<Path> files() {
        List<Path> files = new ArrayList<>(responses);
        files.addAll(timestamps);
        return files;
    }

    /** Whether everything here has its certificate. */
    void requireCertificates(int certificates) throws UsageError {
        if (responses.size() > certificates) {
            throw new UsageError(
                    "--ocsp",
                    "there are " + responses.size() + " and " + certificates + " --cert",
                    "give at most one for each --cert, in the same order");
        }
        if (!timestamps.isEmpty() && certificates == 0) {
            throw new UsageError("--sct", "there is no --cert", "add the --cert that the log has signed for");
        }
    }

    /**
     * The credential with what belongs to it.
     *
     * @param index the number of its --cert, from 0
     */
    Credential addTo(Credential credential, int index) throws UsageError {
        Credential more = credential;
        if (index == 0 && !timestamps.isEmpty()) {
            List<byte[]> scts = new ArrayList<>();
            for (Path file : timestamps) {
                scts.add(bytes("--sct", file));
            }
            try {
                more = more.withSignedCertificateTimestamps(scts);
            } catch (IllegalArgumentException e) {
                throw UsageError.of("--sct", e);
            }
        }
        if (index < responses.size()) {
            Path file = responses.get(index);
            more = more.withOcspResponse(bytes("--ocsp", file));
            String defect = more.stapledResponse(Instant.now()).defect();
            if (defect != null) {
                throw new UsageError("--ocsp", file + ": " + defect, "fetch a current response for the certificate");
            }
        }
        return more;
    }

    private static byte[] bytes(String option, Path file) throws UsageError {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UsageError(option, file + " cannot be read (" + e.getMessage() + ")", "give a readable file");
        }
    }
}
